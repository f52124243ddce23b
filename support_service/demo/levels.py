"""Service levels of the demo: calendars, policies of two customers, a key period, office hours and duty of the teams."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta

import frappe
from frappe.utils import add_days, getdate, today

from support_service.demo.base import ensure
from support_service.demo.customers import customer_of
from support_service.demo.level_data import (
	CALENDARS,
	DUTY,
	DUTY_WEEKS,
	KEY_PERIODS,
	LADDER,
	OFFICE_HOURS,
	POLICIES,
)
from support_service.demo.people import email_of
from support_service.demo.people_data import DIRECTOR, TEAMS
from support_service.service_level.clock.rules import OPEN_STATES


def make_levels() -> None:
	"""Make calendars, policies and duty: what is promised to whom, and who is notified when a promise is due."""
	for name in CALENDARS:
		_make_calendar(name)
	for name in POLICIES:
		_make_policy(name)
	for team in TEAMS:
		_complete_team(team)


def summary() -> str:
	"""How many clocks of demo cases there are, by state."""
	cases = frappe.get_all("Service Request", {"intake_key": ("like", "%:demo-%")}, pluck="name")
	found = frappe.get_all("Service Clock", {"request": ("in", cases or [""])}, pluck="state")
	counts = ", ".join(f"{count} {state}" for state, count in sorted(Counter(found).items()))
	return f"  {len(found)} promises: {counts}"


def promises_of(case: str, *, only_open: bool = False) -> list[frappe._dict]:
	"""The case's clocks, the next due first."""
	filters = {"request": case}
	if only_open:
		filters["state"] = ("in", [state.value for state in OPEN_STATES])
	fields = ["kind", "state", "target_label", "due_at", "stopped_at"]
	return frappe.get_all("Service Clock", filters, fields, order_by="due_at")


def _make_calendar(name: str) -> None:
	days, start, end, pause = CALENDARS[name]
	values = {
		"time_zone": frappe.utils.get_system_timezone(),
		"windows": [{"day": day, "from_time": start, "to_time": end} for day in days],
	}
	if pause:
		values["breaks"] = [{"day": "Every Day", "from_time": pause[0], "to_time": pause[1]}]
	if name in KEY_PERIODS:
		first, last, calendar, reason = KEY_PERIODS[name]
		change = {
			"from_date": add_days(today(), first),
			"to_date": add_days(today(), last),
			"use_calendar": calendar,
			"works_on_holidays": 1,
			"reason": reason,
		}
		values["changes"] = [change]
	ensure("Service Calendar", {"calendar_name": name}, values)


def _make_policy(name: str) -> None:
	customer, calendar, rows = POLICIES[name]
	ensure(
		"Service Level Policy",
		{"policy_name": name},
		{
			"calendar": calendar,
			"customer": customer_of(customer),
			"targets": [
				{
					"clock": clock,
					"priority": priority,
					"target": target,
					"unit": unit,
					"calendar": own,
					"warn_at": "80",
					"pauses_for_customer": int(clock != "First Response"),
				}
				for clock, priority, target, unit, own in rows
			],
			"ladder": [
				{"point": point, "value": value, "whom": whom, "action": action}
				for point, value, whom, action in LADDER
			],
		},
	)


def _complete_team(team: str) -> None:
	"""Office hours, director and duty, where an admin has not filled them in."""
	doc = frappe.get_doc("Service Team", {"team_name": team})
	doc.office_hours = doc.office_hours or OFFICE_HOURS
	doc.director = doc.director or email_of(DIRECTOR)
	if not doc.duty:
		_put_on_duty(doc, [_engineer(login) for login in DUTY.get(team, ())])
	doc.save()


def _engineer(login: str) -> str:
	return frappe.db.get_value("Service Engineer", {"user": email_of(login)})


def _put_on_duty(team, engineers: list[str]) -> None:
	monday = getdate(today()) - timedelta(days=getdate(today()).weekday())
	begin = datetime.combine(monday, time(9))
	for week in range(DUTY_WEEKS if engineers else 0):
		start = begin + timedelta(weeks=week)
		shift = {"starts_on": start, "ends_on": start + timedelta(weeks=1)}
		team.append("duty", {"engineer": engineers[week % len(engineers)], **shift})
