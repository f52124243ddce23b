"""6,300 generated calendars, pauses and moments around changes of daylight saving, against the minute-by-minute oracle.

Derandomized: every run tries the same cases, so that a green build stays green.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support_service.service_level.calendar.working_time import (
	Calendar,
	Change,
	PromiseOutOfReachError,
	Week,
	Window,
	WorkingTime,
)
from tests.effort import times
from tests.rules.slow_calendar import SlowCalendar

DAY = 86_400
QUARTER = 900

# zone -> local days around which the clock is changed, or nothing special happens
ZONES: dict[str, tuple[date, ...]] = {
	"Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
	"America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
	"Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # half an hour
	"Australia/Sydney": (date(2026, 4, 5), date(2026, 10, 4)),
	"America/Santiago": (date(2026, 4, 5), date(2026, 9, 6)),  # at midnight
	"Africa/Casablanca": (date(2026, 2, 15), date(2026, 3, 22)),  # Ramadan
	"Pacific/Apia": (date(2011, 12, 30),),  # a day that never was
	"Asia/Shanghai": (date(2026, 10, 1), date(2026, 12, 31)),
	"Asia/Kathmandu": (date(2026, 6, 14),),  # a quarter past
	"UTC": (date(2028, 2, 29),),
}


@st.composite
def windows(draw: st.DrawFn, most: int) -> tuple[Window, ...]:
	found = []
	for _ in range(draw(st.integers(0, most))):
		start = draw(st.integers(0, DAY // QUARTER - 1)) * QUARTER
		length = draw(st.integers(1, DAY // QUARTER)) * QUARTER
		for weekday in draw(st.sampled_from([range(7), range(5), (5, 6), (0,), (3,), (6,)])):
			found.append(Window(weekday, start, start + length))
	return tuple(found)


AROUND_THE_CLOCK = Week(tuple(Window(day, 0, DAY) for day in range(7)))
WEEKS = st.one_of(
	st.builds(Week, windows(3), windows(2)),
	st.builds(Week, windows(3), st.just(())),
	st.just(AROUND_THE_CLOCK),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, int, int, tuple[tuple[int, int], ...]]:
	"""A calendar, a stretch of UTC time of up to two days about a special day, and pauses."""
	zone = draw(st.sampled_from(sorted(ZONES)))
	special = draw(st.sampled_from(ZONES[zone]))
	near = st.integers(-3, 3).map(lambda days: special + timedelta(days=days))
	changes = []
	for _ in range(draw(st.integers(0, 2))):
		first = draw(near)
		last = first + timedelta(days=draw(st.integers(0, 2)))
		changes.append(Change(first, last, draw(st.none() | WEEKS), draw(st.booleans())))
	holidays = tuple((on, "Holiday") for on in draw(st.sets(near, max_size=2)))
	calendar = Calendar(zone, draw(WEEKS), holidays, tuple(changes), "generated")
	midnight = int(datetime(special.year, special.month, special.day, tzinfo=UTC).timestamp())
	start = midnight + draw(st.integers(-30 * 60, 16 * 60)) * 60 + draw(st.sampled_from([0, 0, 1, 37]))
	length = draw(st.integers(0, 40 * 60)) * 60 + draw(st.sampled_from([0, 0, 1, 59]))
	pauses = []
	for _ in range(draw(st.integers(0, 3))):
		begin = start + draw(st.integers(-300, 2400)) * 60 + draw(st.sampled_from([0, 0, 11]))
		pauses.append((begin, begin + draw(st.integers(0, 600)) * 60))
	return calendar, start, start + length, tuple(pauses)


def generated(examples: int) -> settings:
	return settings(
		max_examples=examples,
		derandomize=True,
		database=None,
		deadline=None,
		suppress_health_check=list(HealthCheck),
	)


@generated(times(1000, 3000))
@given(cases())
def test_between_equals_the_oracle(case):
	calendar, start, end, pauses = case
	assert WorkingTime(calendar).between(start, end, pauses) == SlowCalendar(calendar).between(
		start, end, pauses
	)


@generated(times(800, 2500))
@given(cases(), st.integers(0, 20 * 60), st.sampled_from([0, 0, 1, 30]))
def test_add_equals_the_oracle(case, minutes, odd):
	calendar, start, end, pauses = case
	seconds = minutes * 60 + odd
	expected = SlowCalendar(calendar).add(start, seconds, pauses, end)
	try:
		due = WorkingTime(calendar).add(start, seconds, pauses)
	except PromiseOutOfReachError:
		due = None
	if expected is not None:
		assert due == expected
	else:
		assert due is None or due >= end  # the oracle looked no further


@generated(400)
@given(cases())
def test_days_and_intervals_equal_the_oracle(case):
	calendar, start, end, _ = case
	working_time, slow = WorkingTime(calendar), SlowCalendar(calendar)
	assert {day.date: day.seconds for day in working_time.days(start, end)} == slow.by_day(start, end)
	intervals = list(working_time.intervals(start, end))
	assert all(start <= a < b <= end for a, b in intervals)
	assert all(first[1] < second[0] for first, second in pairwise(intervals))
	assert sum(b - a for a, b in intervals) == working_time.between(start, end)
	for a, b in intervals:
		assert working_time.is_open(a) and working_time.is_open(b - 1)
		assert not (working_time.is_open(b) and b < end)
		assert slow.is_open(a) and slow.is_open(b - 1)


@generated(400)
@given(cases(), st.integers(1, 50 * 366 * DAY))
def test_no_calendar_can_loop(case, seconds):
	"""Whatever is asked, the answer comes at once: a moment within ten years, or an error that says there is none."""
	calendar, start, _, pauses = case
	working_time = WorkingTime(calendar)
	began = time.process_time()
	try:
		due = working_time.add(start, seconds, pauses)
	except PromiseOutOfReachError as error:
		assert error.calendar == "generated"
	else:
		assert working_time.between(start, due, pauses) == seconds
		assert working_time.between(start, due - 1, pauses) == seconds - 1
	assert time.process_time() - began < 2
