"""From the records people edit (Service Calendar, Holiday List) to the Calendar the arithmetic works on. Only reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import frappe
from frappe.utils import cint, cstr, get_datetime, getdate, strip_html

from support_service.constants.words import N_
from support_service.service_level.calendar.wall_clock import DAY
from support_service.service_level.calendar.working_time import Calendar, Change, Week, Window

WEEKDAYS = (
	N_("Monday"),
	N_("Tuesday"),
	N_("Wednesday"),
	N_("Thursday"),
	N_("Friday"),
	N_("Saturday"),
	N_("Sunday"),
)
EVERY_DAY = N_("Every Day")


def calendar_of(doc: Any) -> Calendar:
	"""What a Service Calendar document, saved or not, says today; its used calendars and holidays are looked up."""
	weeks = _stored_weeks({row.use_calendar for row in doc.changes if row.use_calendar})
	return Calendar(
		zone=doc.time_zone,
		week=week_of(doc.windows, doc.breaks),
		holidays=holidays_of(doc.holiday_list),
		changes=tuple(
			Change(
				first=getdate(row.from_date),
				last=getdate(row.to_date),
				week=weeks.get(row.use_calendar),
				works_on_holidays=bool(cint(row.works_on_holidays)),
				name=cstr(row.use_calendar),
				reason=cstr(row.reason),
			)
			for row in doc.changes
		),
		name=cstr(doc.name or doc.calendar_name),
	)


def week_of(windows: Collection[Any], breaks: Collection[Any]) -> Week:
	"""The week of rows with day, from_time and to_time."""
	return Week(
		windows=tuple(window for row in windows for window in as_windows(row)),
		breaks=tuple(window for row in breaks for window in as_windows(row)),
	)


def as_windows(row: Any) -> list[Window]:
	"""A row of windows or breaks; where it does not end later than it starts, it goes on to the next day."""
	start, end = seconds_of(row.from_time), seconds_of(row.to_time)
	if end <= start:
		end += DAY
	days = range(7) if row.day == EVERY_DAY else [WEEKDAYS.index(row.day)]
	return [Window(day, start, end) for day in days]


def seconds_of(value: timedelta | time | str) -> int:
	"""Seconds from midnight of a Time field, in whichever shape Frappe hands it over."""
	if isinstance(value, timedelta):
		return int(value.total_seconds())
	if isinstance(value, str):
		parsed = get_datetime(f"2000-01-01 {value}")
		value = parsed.time() if isinstance(parsed, datetime) else time()
	return value.hour * 3600 + value.minute * 60 + value.second


def holidays_of(holiday_list: str | None) -> tuple[tuple[date, str], ...]:
	"""Days and their names, in order; weekly days off of the list are holidays as well."""
	if not holiday_list:
		return ()
	rows = frappe.get_all(
		"Holiday",
		filters={"parent": holiday_list, "parenttype": "Holiday List"},
		fields=["holiday_date", "description"],
		order_by="holiday_date, idx",
	)
	return tuple((row.holiday_date, strip_html(cstr(row.description)).strip()) for row in rows)


def _stored_weeks(calendars: Collection[str]) -> Mapping[str, Week]:
	"""Name → week of stored calendars, for the changes that use them."""
	if not calendars:
		return {}
	rows: dict[str, list[Any]] = {}
	for table in ("Service Calendar Window", "Service Calendar Break"):
		rows[table] = frappe.get_all(
			table,
			filters={"parent": ["in", list(calendars)], "parenttype": "Service Calendar"},
			fields=["parent", "day", "from_time", "to_time"],
			order_by="parent, idx",
		)
	windows, breaks = rows.values()
	return {
		name: week_of([w for w in windows if w.parent == name], [b for b in breaks if b.parent == name])
		for name in calendars
	}
