"""Each step of a part's way, from the reservation to the bill: killed at random instants it has happened as a whole or not at all, and
repeated it has happened once; a deadlock is met by repeating the whole, of which the user learns nothing.

Submitting a visit, receiving a part, handing a loan over and taking it back have tests of their own (test_kill.py,
test_removed_part_faults.py, test_loan_race.py).
"""

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NoReturn

import frappe
import pytest

from support_service.foundation import transactions
from tests import connections
from tests.effort import times
from tests.faults.chain_steps import STEPS, Step
from tests.faults.chain_world import chain
from tests.faults.test_lock_errors import HEAVY, meanwhile
from tests.faults.world import assert_ledger_clean, fresh

INSTANTS = times(few=1, many=25)
REPEATED = [name for name, one in STEPS.items() if one.meets]


@pytest.fixture(scope="module")
def world(site) -> Iterator[SimpleNamespace]:
	with chain() as made:
		yield made
		for warehouse in (made.warehouse, made.store, made.defective, made.places.store, made.people.van):
			assert_ledger_clean(made.plain, warehouse)


@pytest.fixture
def errors_met(monkeypatch) -> list[str]:
	"""Names of the database errors that made a step start over."""
	met: list[str] = []
	start_over = transactions._start_over

	def noted(handed_in):
		met.append(type(sys.exc_info()[1]).__name__)
		start_over(handed_in)

	monkeypatch.setattr(transactions, "_start_over", noted)
	return met


def prepared(world: SimpleNamespace, one: Step) -> Any:
	subject = one.prepare(world)
	frappe.db.commit()
	assert one.look(subject) == one.before
	return subject


@pytest.mark.parametrize("name", STEPS)
def test_killed_it_has_happened_or_not_and_again_it_happens_once(site, world, name):
	one = STEPS[name]
	# first where most is lost: all is done and nothing is committed
	subject = prepared(world, one)
	assert killed(site, one, subject) == one.before
	whole = in_time(site, one, subject)
	for _instant in range(INSTANTS):
		subject = prepared(world, one)
		seen = killed(site, one, subject, after=random.uniform(0, whole * 1.1))
		assert seen in (one.before, one.after)
		if seen == one.before:
			in_time(site, one, subject)


@pytest.mark.parametrize("name", REPEATED)
def test_a_deadlock_is_repeated_as_a_whole(world, errors_met, name):
	one = STEPS[name]
	subject = prepared(world, one)
	with meanwhile(crossing(*one.meets(world, subject))):
		one.act(subject)
		frappe.db.commit()
	assert errors_met and set(errors_met) == {"QueryDeadlockError"}
	assert one.look(subject) == one.after


def crossing(first: str, second: str):
	"""Hold the row that the step locks later, let it wait for that, then ask for the one it holds."""

	def work(other, ready):
		other.sql("create temporary table weight (n int) engine=innodb")
		other.sql("insert into weight " + " union all ".join(["select 1"] * HEAVY))
		other.sql(first)
		ready()
		wait_until_somebody_waits(other)
		other.sql(second)
		other.commit()

	return work


def wait_until_somebody_waits(other: Any, seconds: float = 20) -> None:
	"""Until another connection's statement takes so long that it must be waiting for a row."""
	end = time.monotonic() + seconds
	waiting = (
		"select count(*) from information_schema.processlist"
		" where id != connection_id() and command = 'Query' and time_ms > 300"
	)
	while not other.sql(waiting)[0][0]:
		assert time.monotonic() < end, "the step never asked for the row that is held"
		time.sleep(0.05)


def killed(site: str, one: Step, subject: Any, after: float | None = None) -> Any:
	"""What can be seen of a step whose process was killed `after` seconds, by default right before its commit."""
	known = connections.open_now()
	done, say_done = os.pipe()
	pid = fork_and(site, one, subject, say_done if after is None else None)
	os.close(say_done)
	if after is None:
		assert os.read(done, 1), "it failed; see the error above"
	else:
		time.sleep(after)
	os.close(done)
	os.kill(pid, signal.SIGKILL)
	os.waitpid(pid, 0)
	connections.wait_for_end(known)
	fresh()
	return one.look(subject)


def in_time(site: str, one: Step, subject: Any) -> float:
	"""How long the whole step takes in a process of its own; afterwards it has happened."""
	started = time.monotonic()
	assert os.waitpid(fork_and(site, one, subject), 0)[1] == 0
	took = time.monotonic() - started
	fresh()
	assert one.look(subject) == one.after
	return took


def fork_and(site: str, one: Step, subject: Any, say_done: int | None = None) -> int:
	"""Take the step in a forked process with its own connection; returns its pid. It ends with 0 after the commit.

	say_done: a pipe it writes to before the commit; it waits then for its end.
	"""
	sites_path = os.getcwd()
	pid = os.fork()
	if pid:
		return pid
	act_and_exit(site, sites_path, one, subject, say_done)


def act_and_exit(site: str, sites_path: str, one: Step, subject: Any, say_done: int | None) -> NoReturn:
	code = 1
	try:
		connections.leave_the_parents()
		frappe.init(site, sites_path=sites_path, force=True)
		frappe.connect()
		frappe.set_user("Administrator")
		one.act(subject)
		if say_done is not None:
			os.write(say_done, b".")
			signal.pause()
		frappe.db.commit()
		code = 0
	except Exception as raised:
		print(repr(raised), file=sys.stderr)
	finally:
		os._exit(code)
