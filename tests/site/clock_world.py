"""A customer with a policy of their own, a case of theirs, and a clock on the wall that tests can set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import frappe
import time_machine

from support_service.support_service import moves
from tests.factories import (
	make_customer,
	make_service_calendar,
	make_service_engineer,
	make_service_level_policy,
	make_service_request,
	make_service_team,
	unique,
)

ALL_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
KINDS = (
	"First Response",
	"On Site",
	"Solution Plan",
	"Business Restored",
	"Repair Complete",
	"Report Delivered",
)


@contextmanager
def at(moment: str) -> Iterator[None]:
	"""What the site's clock reads, for everything in this process."""
	local = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(frappe.utils.get_system_timezone()))
	with time_machine.travel(local, tick=False):
		yield


def round_the_clock() -> str:
	windows = [{"day": day, "from_time": "00:00:00", "to_time": "00:00:00"} for day in ALL_DAYS]
	return make_service_calendar(windows=windows).name


def target(clock: str, hours: float, **more: Any) -> dict[str, Any]:
	"""A row of a policy; waits for the customer pause it unless `more` says otherwise."""
	return {"clock": clock, "target": hours, "unit": "Hours", "pauses_for_customer": 1, **more}


def make_world(hours: float = 8, **policy: Any) -> frappe._dict:
	"""Customer, policy with every clock at `hours` of Mon–Fri 09–17, team with engineer."""
	customer = policy.pop("customer", None) or make_customer().name
	policy.setdefault("targets", [target(kind, hours) for kind in KINDS])
	policy.setdefault("scope", {"customer": customer})
	policy.setdefault("calendar", make_service_calendar().name)
	made = make_service_level_policy(**policy)
	team = make_service_team().name
	return frappe._dict(
		customer=customer,
		policy=made.name,
		calendar=made.calendar,
		team=team,
		engineer=make_service_engineer(team=team),
	)


def raise_case(world: frappe._dict, moment: str, **more: Any) -> str:
	"""A new case of the world's customer, raised at `moment` (site time)."""
	with at(moment):
		values = {"customer": world.customer, "team": world.team, "subject": unique("Case"), **more}
		return make_service_request(**values).name


def step(case: str, moment: str, action: str, **more: Any) -> Any:
	"""Make a move at `moment`, as the app; reasons and results are filled in."""
	if action in ("assign", "reassign"):
		more.setdefault("engineer", more.pop("to", None))
	if action == "resolve":
		more.setdefault("values", {"cause": "Dust", "solution": "Cleaned", "resolution": "Works again"})
	if action == "deliver_plan":
		more.setdefault("values", {"solution_plan": "Replace the board on Friday"})
	with at(moment):
		return moves.apply_move(case, action, reason=more.pop("reason", "As asked"), by_app=True, **more)


def to_work(world: frappe._dict, case: str, moment: str) -> None:
	"""Assign the world's engineer and start."""
	step(case, moment, "assign", to=world.engineer.name)
	step(case, moment, "start")


def clock(case: str, kind: str, number: int = 1) -> Any:
	"""The stored clock of `kind`, round `number`; None if there is none."""
	names = frappe.get_all("Service Clock", {"request": case, "kind": kind, "round": number}, pluck="name")
	return frappe.get_doc("Service Clock", names[0]) if names else None


def due(case: str, kind: str, number: int = 1) -> str | None:
	"""When a clock is due, as `YYYY-MM-DD HH:MM` of site time."""
	found = clock(case, kind, number)
	return found.due_at.strftime("%Y-%m-%d %H:%M") if found and found.due_at else None


def ledger(case: str, kind: str, number: int = 1) -> list[Any]:
	"""The rows of a clock's ledger in order."""
	return frappe.get_all(
		"Service Clock Entry",
		{"clock": clock(case, kind, number).name},
		["event", "at", "cause", "old_due", "new_due", "reason", "promise_no", "recorded_by"],
		order_by="no asc",
	)


def later(moment: str, **span: float) -> str:
	return str(datetime.fromisoformat(moment) + timedelta(**span))
