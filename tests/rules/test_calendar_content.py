"""What a version stores is the calendar, whole, and its name follows from it alone."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from hypothesis import given

from support_service.service_level.calendar.content import dump, load, version_name
from support_service.service_level.calendar.working_time import Calendar, Change, Week, Window
from tests.rules.test_working_time_oracle import cases, generated

HOUR = 3600
CALENDAR = Calendar(
	"Asia/Shanghai",
	Week(tuple(Window(day, 9 * HOUR, 18 * HOUR) for day in range(5)), (Window(0, 12 * HOUR, 13 * HOUR),)),
	holidays=((date(2026, 10, 1), "国庆节"),),
	changes=(Change(date(2026, 3, 1), date(2026, 3, 5), None, reason="Move"),),
	name="5×8",
)


@generated(200)
@given(cases())
def test_what_was_written_is_read(case):
	calendar = case[0]
	text = dump(calendar)
	assert dump(load(text)) == text
	assert load(text).changes == tuple(
		replace(change, week=change.week and load(dump(replace(calendar, week=change.week))).week)
		for change in calendar.changes
	)


def test_order_plays_no_part():
	windows = list(CALENDAR.week.windows)
	random.Random(3).shuffle(windows)
	assert dump(replace(CALENDAR, week=replace(CALENDAR.week, windows=tuple(windows)))) == dump(CALENDAR)


def test_every_difference_has_another_name():
	others = (
		replace(CALENDAR, zone="UTC"),
		replace(CALENDAR, name="7×24"),
		replace(CALENDAR, holidays=()),
		replace(CALENDAR, changes=()),
		replace(CALENDAR, week=replace(CALENDAR.week, breaks=())),
		replace(CALENDAR, changes=(replace(CALENDAR.changes[0], works_on_holidays=True),)),
	)
	names = {version_name(dump(calendar)) for calendar in (CALENDAR, *others)}
	assert len(names) == 1 + len(others)


def test_the_name_stays_for_ever():
	"""Stored promises name versions: the text of a calendar must not change with the code."""
	assert dump(Calendar("UTC", Week((Window(0, 0, HOUR),)), name="x")) == (
		'{"changes":[],"format":1,"holidays":[],"name":"x",'
		'"week":{"breaks":[],"windows":[[0,0,3600]]},"zone":"UTC"}'
	)
