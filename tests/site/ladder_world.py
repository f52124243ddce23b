"""A case with one running clock and a ladder, and the hands of its clock in the test's hands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import frappe

from support_service.foundation import instants
from support_service.service_level.clock import escalation, sweep
from tests.factories import (
	make_customer,
	make_service_calendar,
	make_service_engineer,
	make_service_level_policy,
	make_service_request,
	make_service_team,
	make_user,
)

HOUR = 3600
KIND = "Business Restored"
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def always_open() -> Any:
	"""7×24."""
	return make_service_calendar(
		windows=[{"day": day, "from_time": "00:00:00", "to_time": "00:00:00"} for day in WEEK]
	)


def step(action: str = "Desk Notification", whom: str = "Team Lead", value: float = 50, **more: Any) -> dict:
	return {"clock": KIND, "point": "Percent Used", "value": value, "whom": whom, "action": action, **more}


def make_ladder_case(*steps: dict, engineer: bool = True, team: Any = None, hours: float = 4, **case: Any):
	"""A case whose `KIND` is promised in `hours` around the clock, with `steps` as its ladder.

	Returns the case, its clock's name, the team (lead, project manager, director, two engineers).
	"""
	team = team or make_service_team(
		project_manager=make_user("Service Manager").name, director=make_user("Service Manager").name
	)
	first, second = (make_service_engineer(team=team.name) for _ in range(2))
	customer = make_customer().name
	policy = make_service_level_policy(
		calendar=always_open().name,
		scope={"customer": customer},
		targets=[
			{"clock": KIND, "target": hours, "unit": "Hours", "warn_at": "80", "pauses_for_customer": 1}
		],
		ladder=list(steps),
	)
	request = make_service_request(customer=customer, team=team.name, **case)
	if engineer:
		from support_service.support_service.moves import apply_move

		request = apply_move(request.name, "assign", engineer=first.name)
	clock = frappe.db.get_value("Service Clock", {"request": request.name, "kind": KIND})
	return SimpleNamespace(
		case=request, clock=clock, team=team, engineer=first, other=second, policy=policy, customer=customer
	)


def on_duty(team: Any, engineer: str) -> None:
	"""`engineer` is on duty now and for an hour around it."""
	now = frappe.utils.now_datetime()
	team.append(
		"duty",
		{
			"engineer": engineer,
			"starts_on": frappe.utils.add_to_date(now, hours=-12),
			"ends_on": frappe.utils.add_to_date(now, hours=12),
		},
	)
	team.save()


@contextmanager
def later(hours: float) -> Iterator[None]:
	"""The wall shows a time `hours` from now (negative: before)."""
	real = instants.now
	instants.now = lambda: real() + round(hours * HOUR)
	try:
		yield
	finally:
		instants.now = real


def play(hours: float) -> None:
	"""Sweep and deliver as if `hours` had gone by."""
	with later(hours):
		sweep.sweep()
		escalation.carry_out_due(limit=5000)


def escalations(clock: str) -> list[Any]:
	"""The ladder's rows in the ledger of `clock`."""
	return frappe.get_all(
		"Service Clock Entry",
		filters={"clock": clock, "event": "Escalated"},
		fields=["name", "step", "told", "told_to", "tell_attempts", "reason", "promise_no", "at"],
		order_by="no",
	)


def notified(case: str) -> list[str]:
	"""Users with a notification about the promises of `case`, one entry per notification."""
	return frappe.get_all(
		"Notification Log",
		filters={"document_name": case, "subject": ("like", "%is due at%")},
		or_filters=None,
		pluck="for_user",
		order_by="creation",
	) + frappe.get_all(
		"Notification Log",
		filters={"document_name": case, "subject": ("like", "%is overdue%")},
		pluck="for_user",
		order_by="creation",
	)
