"""Many clocks with the same long ladder, and processes of their own that sweep them at a time of the test's choosing."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass
from typing import NoReturn

import frappe

from tests import connections
from tests.factories import (
	make_customer,
	make_service_level_policy,
	make_service_request,
	make_service_team,
)
from tests.site.ladder_world import HOUR, KIND, always_open, step

HOURS = 100  # promised; so a step at n % is reached after n hours


@dataclass(frozen=True)
class Ladders:
	"""Cases of one customer, each with one clock whose ladder has a step at every percent from 1 to `steps`."""

	cases: list[str]
	clocks: list[str]
	steps: int
	lead: str

	def check(self, reached: int) -> None:
		"""Every step up to `reached` stands in the ledger once and was told once; none after it."""
		frappe.db.rollback()
		rows = frappe.get_all(
			"Service Clock Entry",
			filters={"clock": ("in", self.clocks), "event": "Escalated"},
			fields=["clock", "step", "told", "told_to", "tell_attempts", "reason"],
			limit=0,
		)
		found = Counter((row.clock, row.step) for row in rows)
		wanted = {(clock, key(percent)) for clock in self.clocks for percent in range(1, reached + 1)}
		assert not wanted - found.keys(), "lost"
		assert not found.keys() - wanted, "too early"
		assert set(found.values()) <= {1}, "twice in the ledger"
		assert not [row for row in rows if (row.told, row.told_to) != (1, self.lead)], "not told"
		notices = Counter(
			frappe.get_all(
				"Notification Log",
				filters={
					"document_name": ("in", self.cases),
					"for_user": self.lead,
					"subject": ("like", f"{KIND}%"),
				},
				pluck="document_name",
				limit=0,
			)
		)
		assert notices == Counter({case: reached for case in self.cases} if reached else {}), "told otherwise"


def key(percent: int) -> str:
	return f"Percent Used|{percent}|Team Lead|Desk Notification"


def make_ladders(cases: int, steps: int) -> Ladders:
	team = make_service_team()
	customer = make_customer().name
	make_service_level_policy(
		calendar=always_open().name,
		scope={"customer": customer},
		targets=[{"clock": KIND, "target": HOURS, "unit": "Hours", "warn_at": "80"}],
		ladder=[step(value=percent) for percent in range(1, steps + 1)],
	)
	names = [make_service_request(customer=customer, team=team.name).name for _ in range(cases)]
	clocks = frappe.get_all("Service Clock", {"request": ("in", names)}, pluck="name")
	assert len(clocks) == cases
	frappe.db.commit()  # the sweeps are other connections
	return Ladders(names, clocks, steps, team.lead)


def fork_sweep(
	site: str, hours: float, *, chunk: int = 5, redis: str | None = None, wait_for: int = 0
) -> int:
	"""Sweep and tell in a forked process `hours` from now; returns its pid. It ends with 0 when all went through.

	redis: address of another Redis for everything Frappe keeps in one. wait_for: file descriptor; it begins when that
	is closed.
	"""
	sites_path = os.getcwd()
	pid = os.fork()
	if pid:
		return pid
	_sweep_and_exit(site, sites_path, hours, chunk, redis, wait_for)


def _sweep_and_exit(
	site: str, sites_path: str, hours: float, chunk: int, redis: str | None, wait_for: int
) -> NoReturn:
	code = 1
	try:
		connections.leave_the_parents()
		if redis:
			_use_redis(redis)
		frappe.init(site, sites_path=sites_path, force=True)
		frappe.connect()
		frappe.flags.mute_emails = True
		from support_service.foundation import instants
		from support_service.service_level.clock import escalation, sweep

		real = instants.now
		instants.now = lambda: real() + round(hours * HOUR)
		sweep.CHUNK = chunk
		if wait_for:
			os.read(wait_for, 1)
		sweep.sweep()
		# in as many runs as it takes: clocks of other tests are late at that hour, too
		while escalation.carry_out_due():
			pass
		code = 0
	except BaseException:
		import traceback

		traceback.print_exc(file=sys.stderr)
	finally:
		os._exit(code)


def _use_redis(address: str) -> None:
	for name in ("CACHE", "QUEUE", "SOCKETIO"):
		os.environ[f"FRAPPE_REDIS_{name}"] = address
	from frappe.utils import background_jobs

	frappe.cache = None
	background_jobs._redis_queue_conn = None


def run_sweep(site: str, hours: float, **how) -> None:
	"""As `fork_sweep`, waited for."""
	assert os.waitpid(fork_sweep(site, hours, **how), 0)[1] == 0
