"""Alerts become one request each, and webhooks are told everything in its order: sweeps in parallel and killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import frappe
import pytest

from support_service.service_intake.alerts import forms, process, stored
from support_service.support_service import moves
from tests import factories
from tests.effort import times
from tests.site.alert_world import alert, make_source, moment, payload, rows_of
from tests.webhook_receiver import make_case, make_webhook, receiver, run, told  # noqa: F401 - one is a fixture

SWEEP = """
import sys, frappe
frappe.init(sys.argv[1], sites_path=sys.argv[2]); frappe.connect()
frappe.conf.support_service_webhooks_anywhere = 1
sweep = frappe.get_attr(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
while sweep():
	pass
"""
DELIVERIES = "support_service.service_api.webhooks.deliveries.run"


class Sweep:
	"""A process that sweeps with a database connection of its own, once it is let go."""

	def __init__(self, site: str, function: str) -> None:
		command = [sys.executable, "-c", SWEEP, site, os.getcwd(), function]
		self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
		assert self.process.stdout.readline() == "ready\n"

	def go(self) -> None:
		self.process.stdin.write("\n")
		self.process.stdin.flush()

	def ends_well(self) -> bool:
		return self.process.wait(timeout=300) == 0

	def kill(self) -> None:
		self.process.send_signal(signal.SIGKILL)
		self.process.wait()


def in_parallel(site: str, function: str, number: int = 3) -> None:
	sweeps = [Sweep(site, function) for _ in range(number)]
	for sweep in sweeps:
		sweep.go()
	assert all([sweep.ends_well() for sweep in sweeps])


def killed_in_between(site: str, function: str, rounds: int) -> None:
	for _ in range(rounds):
		sweep = Sweep(site, function)
		sweep.go()
		time.sleep(random.uniform(0.02, 0.6))
		sweep.kill()


@pytest.fixture
def source():
	"""A source with 30 alerts of their own kind, and 30 of one kind, stored and not worked on yet."""
	source = make_source(on_resolve="Close the Request", flapping_minutes=0)
	started = moment(-10)
	for number in range(1, 31):
		stored.store(source, forms.read(source.form, payload(alert(number, started=started))))
	for number in range(30):
		again = alert(99, started=moment(-9 + number / 10))
		stored.store(source, forms.read(source.form, payload(again)))
	frappe.db.commit()  # the sweeps are other connections
	return source


def assert_one_each(source) -> None:
	frappe.db.rollback()
	while process.work_due():
		pass
	rows = rows_of(source.name)
	assert len(rows) == 60 and {row.progress for row in rows} == {"Open"}, Counter(row.error for row in rows)
	per_case = Counter(row.service_request for row in rows)
	assert sorted(per_case.values()) == [1] * 30 + [30]
	assert frappe.db.count("Service Request", {"owner": source.run_as}) == 31


def test_sweeps_of_alerts_in_parallel(site, source):
	in_parallel(site, stored.SWEEP)
	assert_one_each(source)


def test_killed_sweeps_of_alerts(site, source):
	killed_in_between(site, stored.SWEEP, times(4, 50))
	assert_one_each(source)


@pytest.fixture
def cases(receiver):  # noqa: F811
	"""Eight requests of which a webhook is to be told four things each."""
	make_webhook(receiver)
	cases = [make_case() for _ in range(8)]
	engineer = factories.make_service_engineer().name
	for step in (
		{"action": "assign", "engineer": engineer},
		{"action": "start"},
		{"action": "wait_for_parts"},
	):
		for case in cases:
			moves.apply_move(case.name, **{"reason": "x", **step})
	frappe.db.commit()  # the sweeps are other connections
	return cases


def in_order(receiver, case) -> list[tuple[str, str | None]]:  # noqa: F811
	"""What the receiver was told of a request, each once, as it came first."""
	seen = {
		content["id"]: (content["event"], content["data"].get("to_status"))
		for _headers, _body, content in reversed(receiver.got)
		if content["request"]["name"] == case.name
	}
	return list(reversed(seen.values()))


def test_sweeps_of_webhooks_in_parallel_send_once_and_in_order(site, receiver, cases):  # noqa: F811
	in_parallel(site, DELIVERIES)
	frappe.db.rollback()
	run()
	for case in cases:
		moved = frappe.get_all(
			"Service Request Move", {"request": case.name}, pluck="to_status", order_by="creation, name"
		)
		assert [to for _event, to in in_order(receiver, case)] == moved
		assert len(told(receiver, case)) == len(moved)


def test_killed_sweeps_of_webhooks_leave_nothing_out(site, receiver, cases):  # noqa: F811
	killed_in_between(site, DELIVERIES, times(4, 50))
	frappe.db.rollback()
	run()
	for case in cases:
		moved = frappe.get_all(
			"Service Request Move", {"request": case.name}, pluck="to_status", order_by="creation, name"
		)
		assert [to for _event, to in in_order(receiver, case)] == moved
