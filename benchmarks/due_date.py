"""Working out one due date, 40 working hours ahead, against ERPNext's `get_expected_time_for`.

Both know the same week (Monday to Friday 10:00–18:00) and the same holidays (all Saturdays and Sundays of two years and
twelve feasts, as ERPNext's holiday lists are made). ERPNext gets the rows of a Service Level Agreement just as its own
path hands them over, its holiday list warm in the document cache; ours is the calendar's stored version, warm in the process.
Reading policy, priority and agreement from the database is left out on both sides.

One operation is a hundred due dates from starts spread over a month; the same starts for both.

- `due-date`: ratio to ERPNext.
- `due-date-year`: a promise of ours due about a year away against ours of 40 hours.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import frappe
from erpnext.support.doctype.service_level_agreement.service_level_agreement import get_expected_time_for

from benchmarks.harness import Result, pairs, seconds
from support_service.foundation import instants
from support_service.service_level.calendar import calendars, wall_clock
from support_service.service_level.calendar.working_time import WorkingTime
from tests.factories import make_service_calendar, unique

HOURS = 40
HOURS_OF_A_YEAR = 2000
DUE_DATES = 100
WORKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
FIRST = date(2026, 1, 1)


def run() -> list[Result]:
	holiday_list = _holiday_list()
	agreement = _agreement(holiday_list)
	times = {"from_time": "10:00:00", "to_time": "18:00:00"}
	calendar = make_service_calendar(
		holiday_list=holiday_list, windows=[{"day": day, **times} for day in WORKDAYS]
	)
	version = calendars.current_version(calendar.name)
	starts = [datetime(2026, 3, 2, 11, 17) + timedelta(hours=7 * n) for n in range(DUE_DATES)]
	instants_of_starts = [instants.to_utc(start) for start in starts]
	assert [_ours(version, at, HOURS) for at in instants_of_starts] == [
		instants.to_utc(get_expected_time_for("resolution", agreement, at)) for at in starts
	], "the two disagree, so there is nothing to compare"
	_ours(version, instants_of_starts[0], HOURS_OF_A_YEAR)

	def ours(hours: int):
		return lambda: [_ours(version, at, hours) for at in instants_of_starts]

	def peer():
		return [get_expected_time_for("resolution", agreement, at) for at in starts]

	against = pairs("due-date", lambda: ours(HOURS), lambda: peer)
	against.extra = {"due_dates": DUE_DATES, **_cold(version, instants_of_starts[0])}
	far = pairs("due-date-year", lambda: ours(HOURS_OF_A_YEAR), lambda: ours(HOURS))
	far.extra = {"due_dates": DUE_DATES}
	frappe.db.rollback()
	return [against, far]


def _ours(version: str, start: int, hours: int) -> int:
	return calendars.working_time(version).add(start, hours * 3600)


def _cold(version: str, start: int) -> dict[str, float]:
	"""Milliseconds of the first due date of a calendar: as a rule, and where nothing is known of its time zone yet."""
	calendar = calendars.working_time(version).calendar

	def first() -> float:
		return seconds(lambda: WorkingTime(calendar).add(start, HOURS * 3600))

	known = min(first() for _ in range(5))
	wall_clock.offsets.cache_clear()
	return {"cold_ms": round(known * 1000, 3), "cold_zone_ms": round(first() * 1000, 3)}


def _holiday_list() -> str:
	days = {FIRST + timedelta(days=n) for n in range(2 * 365)}
	free = {day: "Weekend" for day in days if day.weekday() >= 5}
	free |= {date(2026 + n // 12, n % 12 + 1, 6): "Feast" for n in range(12)}
	doc = frappe.get_doc(
		{
			"doctype": "Holiday List",
			"holiday_list_name": unique("Holidays"),
			"from_date": FIRST,
			"to_date": max(days),
			"holidays": [{"holiday_date": day, "description": text} for day, text in sorted(free.items())],
		}
	).insert()
	return doc.name


def _agreement(holiday_list: str) -> Any:
	"""A Service Level Agreement as `get_response_and_resolution_duration` hands it to `get_expected_time_for`."""
	week = {"start_time": "10:00:00", "end_time": "18:00:00"}
	rows = frappe.get_doc(
		{
			"doctype": "Service Level Agreement",
			"service_level": unique("Level"),
			"support_and_resolution": [{"workday": day, **week} for day in WORKDAYS],
		}
	).support_and_resolution
	for row in rows:
		# as they come from the database
		row.start_time, row.end_time = map(frappe.utils.to_timedelta, (row.start_time, row.end_time))
	return frappe._dict(
		priority="Medium",
		response_time=HOURS * 3600,
		resolution_time=HOURS * 3600,
		support_and_resolution=rows,
		holiday_list=holiday_list,
	)
