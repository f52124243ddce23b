"""Cases one can check by hand; tests/rules/test_working_time_oracle.py checks thousands by machine."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from support_service.service_level.calendar.working_time import (
	Calendar,
	Change,
	Day,
	PromiseOutOfReachError,
	Week,
	Window,
	WorkingTime,
)

HOUR = 3600
DAY = 24 * HOUR


def windows(days, begin: float, end: float) -> tuple[Window, ...]:
	"""Windows (or breaks) of the same hours on several weekdays; hours after 24 are past midnight."""
	return tuple(Window(day, round(begin * HOUR), round(end * HOUR)) for day in days)


OFFICE = Week(windows(range(5), 9, 17))
OFFICE_WITH_LUNCH = Week(windows(range(5), 9, 18), windows(range(7), 12, 13))
NIGHT = Week(windows(range(5), 22, 30))
ALWAYS = Week(windows(range(7), 0, 24))


def working(zone: str, week: Week, **more) -> WorkingTime:
	return WorkingTime(Calendar(zone, week, name="test", **more))


def at(zone: str, text: str, fold: int = 0) -> int:
	"""UTC seconds of a time on the wall; fold=1 means the second of two equal readings."""
	return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp())


@pytest.mark.parametrize(
	("week", "begin", "hours", "due"),
	[
		(OFFICE, "2026-01-05 09:00", 4, "2026-01-05 13:00"),
		(OFFICE, "2026-01-05 07:00", 4, "2026-01-05 13:00"),  # before opening
		(OFFICE, "2026-01-05 19:00", 4, "2026-01-06 13:00"),  # after closing
		(OFFICE, "2026-01-05 09:00", 8, "2026-01-05 17:00"),  # not 09:00 of the next day
		(OFFICE, "2026-01-09 16:30", 4, "2026-01-12 12:30"),  # over the weekend
		(OFFICE, "2026-01-05 09:00", 40, "2026-01-09 17:00"),
		(OFFICE, "2026-01-10 12:00", 0, "2026-01-10 12:00"),
		(OFFICE, "2026-01-05 16:59:59", 1, "2026-01-06 09:59:59"),
		(OFFICE_WITH_LUNCH, "2026-01-05 11:30", 1, "2026-01-05 13:30"),
		(OFFICE_WITH_LUNCH, "2026-01-05 12:30", 1, "2026-01-05 14:00"),
		(NIGHT, "2026-01-05 23:00", 8, "2026-01-06 23:00"),  # seven hours until 06:00, one from 22:00
		(NIGHT, "2026-01-10 05:00", 2, "2026-01-12 23:00"),  # Friday's shift ends on Saturday
		(ALWAYS, "2026-01-05 23:59:59", 48, "2026-01-07 23:59:59"),
	],
)
def test_add(week, begin, hours, due):
	shanghai = working("Asia/Shanghai", week)
	assert shanghai.add(at("Asia/Shanghai", begin), hours * HOUR) == at("Asia/Shanghai", due)


@pytest.mark.parametrize(
	("zone", "day", "hours"),
	[
		("Europe/Berlin", "2026-03-29", 23),
		("Europe/Berlin", "2026-10-25", 25),
		("America/New_York", "2026-03-08", 23),
		("America/New_York", "2026-11-01", 25),
		("Australia/Lord_Howe", "2026-10-04", 23.5),
		("Australia/Lord_Howe", "2026-04-05", 24.5),
		("Australia/Sydney", "2026-10-04", 23),  # spring of the southern hemisphere
		("Australia/Sydney", "2026-04-05", 25),
		("America/Santiago", "2026-09-06", 23),  # the day begins at 01:00
		("America/Santiago", "2026-04-04", 25),
		("Asia/Shanghai", "2026-03-29", 24),
		("Asia/Kathmandu", "2026-03-29", 24),
		("Pacific/Apia", "2011-12-30", 0),  # Samoa went straight to the 31st
	],
)
def test_length_of_a_day_round_the_clock(zone, day, hours):
	start, end = at("UTC", day) - DAY, at("UTC", day) + 2 * DAY
	always = working(zone, ALWAYS)
	lengths = {found.date.isoformat(): found.seconds for found in always.days(start, end)}
	assert lengths.get(day, 0) == hours * HOUR
	assert always.between(start, end) == end - start
	assert list(always.intervals(start, end)) == [(start, end)]


def test_a_window_in_the_hour_that_is_skipped_or_doubled():
	"""02:00 to 03:00 on Sundays does not exist in spring and comes twice in autumn."""
	berlin = working("Europe/Berlin", Week((Window(6, 2 * HOUR, 3 * HOUR),)))
	spring, autumn = at("Europe/Berlin", "2026-03-29"), at("Europe/Berlin", "2026-10-25")
	assert berlin.between(spring, spring + DAY) == 0
	assert berlin.between(autumn, autumn + DAY) == 2 * HOUR
	assert berlin.add(spring, HOUR) == at("Europe/Berlin", "2026-04-05 03:00")
	assert berlin.add(autumn, HOUR + 1800) == at("Europe/Berlin", "2026-10-25 02:30", fold=1)


def test_a_window_that_begins_in_the_doubled_hour_opens_twice():
	berlin = working("Europe/Berlin", Week((Window(6, 2 * HOUR + 1800, 4 * HOUR),)))
	midnight = at("Europe/Berlin", "2026-10-25")
	assert [(a - midnight, b - midnight) for a, b in berlin.intervals(midnight, midnight + DAY)] == [
		(2 * HOUR + 1800, 3 * HOUR),
		(3 * HOUR + 1800, 5 * HOUR),
	]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 7), ("2026-10-24", 9)])
def test_a_night_shift_over_the_change_of_the_clock(day, hours):
	berlin = working("Europe/Berlin", Week((Window(5, 22 * HOUR, 30 * HOUR),)))
	noon = at("Europe/Berlin", f"{day} 12:00")
	assert berlin.between(noon, noon + DAY) == hours * HOUR


def test_the_same_office_hours_on_both_sides_of_the_change():
	"""Friday 16:00 plus two working hours is Monday 10:00 on the wall, though that weekend has 49 hours."""
	new_york = working("America/New_York", OFFICE)
	due = new_york.add(at("America/New_York", "2026-10-30 16:00"), 2 * HOUR)
	assert due == at("America/New_York", "2026-11-02 10:00")
	assert datetime.fromtimestamp(due, UTC).hour == 15


def test_lord_howe_changes_by_half_an_hour():
	island = working("Australia/Lord_Howe", Week(windows(range(7), 1, 3)))
	spring, autumn = at("Australia/Lord_Howe", "2026-10-04"), at("Australia/Lord_Howe", "2026-04-05")
	assert island.between(spring, spring + 12 * HOUR) == 1.5 * HOUR
	assert island.between(autumn, autumn + 12 * HOUR) == 2.5 * HOUR


def test_kathmandu_is_a_quarter_past():
	assert working("Asia/Kathmandu", OFFICE).add(at("UTC", "2026-01-05 00:00"), HOUR) == at(
		"UTC", "2026-01-05 04:15"
	)


def test_overlapping_windows_are_one():
	week = Week((*windows((0,), 9, 13), *windows((0,), 12, 17), *windows((0,), 10, 11)))
	monday = at("UTC", "2026-01-05")
	assert list(working("UTC", week).intervals(monday, monday + DAY)) == [
		(monday + 9 * HOUR, monday + 17 * HOUR)
	]


def test_a_break_over_midnight_cuts_both_days():
	week = Week(ALWAYS.windows, windows((0,), 23, 25))
	monday = at("UTC", "2026-01-05")
	assert list(working("UTC", week).intervals(monday, monday + 2 * DAY)) == [
		(monday, monday + 23 * HOUR),
		(monday + 25 * HOUR, monday + 48 * HOUR),
	]


def test_a_break_after_midnight_cuts_the_window_of_the_day_before():
	shift = working("UTC", Week(NIGHT.windows, windows(range(7), 2, 2.5)))
	assert shift.between(at("UTC", "2026-01-05 12:00"), at("UTC", "2026-01-06 12:00")) == 7.5 * HOUR


def test_the_day_a_window_begins_on_decides_about_a_holiday():
	shift = working("UTC", NIGHT, holidays=((date(2026, 1, 6), "Epiphany"),))
	assert shift.is_open(at("UTC", "2026-01-06 05:59:59"))  # Monday's window goes on into the holiday
	assert not shift.is_open(at("UTC", "2026-01-06 22:00"))
	assert not shift.is_open(at("UTC", "2026-01-07 05:00"))  # the holiday's window never began
	assert shift.is_open(at("UTC", "2026-01-07 22:00"))


class TestChanges:
	KEY_PERIOD = Change(date(2026, 1, 9), date(2026, 1, 11), ALWAYS, True, "7×24", "Congress")
	HOLIDAY = ((date(2026, 1, 9), "Founders' Day"),)

	def test_stronger_windows_for_some_days(self):
		calendar = working("UTC", OFFICE, changes=(self.KEY_PERIOD,), holidays=self.HOLIDAY)
		start = at("UTC", "2026-01-08 16:00")
		# an hour on Thursday, all of Friday to Sunday though Friday is a holiday, then Monday
		assert calendar.add(start, (1 + 72 + 1) * HOUR) == at("UTC", "2026-01-12 10:00")

	def test_holidays_stay_unless_the_change_says_otherwise(self):
		change = Change(date(2026, 1, 9), date(2026, 1, 11), ALWAYS)
		calendar = working("UTC", OFFICE, changes=(change,), holidays=self.HOLIDAY)
		assert calendar.between(at("UTC", "2026-01-09"), at("UTC", "2026-01-12")) == 48 * HOUR

	def test_closed_for_some_days_and_the_last_change_wins(self):
		closed = Change(date(2026, 1, 10), date(2026, 1, 10), None, reason="Move")
		calendar = working("UTC", OFFICE, changes=(self.KEY_PERIOD, closed))
		assert calendar.between(at("UTC", "2026-01-09"), at("UTC", "2026-01-12")) == 48 * HOUR
		calendar = working("UTC", OFFICE, changes=(closed, self.KEY_PERIOD))
		assert calendar.between(at("UTC", "2026-01-09"), at("UTC", "2026-01-12")) == 72 * HOUR


def test_days_explain_themselves():
	calendar = working(
		"Asia/Shanghai",
		OFFICE,
		holidays=((date(2026, 10, 1), "National Day"),),
		changes=(
			Change(date(2026, 10, 3), date(2026, 10, 3), ALWAYS, name="7×24", reason="Games"),
			Change(date(2026, 10, 5), date(2026, 10, 5), None, reason="Stocktaking"),
		),
	)
	start = at("Asia/Shanghai", "2026-09-30 16:00")
	days = calendar.days(start, calendar.add(start, 34 * HOUR))
	assert days == [
		Day(date(2026, 9, 30), HOUR),
		Day(date(2026, 10, 1), 0, "holiday", "National Day"),
		Day(date(2026, 10, 2), 8 * HOUR),
		Day(date(2026, 10, 3), 24 * HOUR, "change", "Games"),
		Day(date(2026, 10, 4), 0, "closed"),
		Day(date(2026, 10, 5), 0, "closed", "Stocktaking"),
		Day(date(2026, 10, 6), HOUR),
	]


class TestPauses:
	START = at("UTC", "2026-01-05 09:00")  # a Monday

	def test_only_working_time_of_a_pause_moves_the_promise(self):
		office = working("UTC", OFFICE)
		night = (at("UTC", "2026-01-05 16:00"), at("UTC", "2026-01-06 10:00"))  # two working hours
		assert office.add(self.START, 8 * HOUR, [night]) == at("UTC", "2026-01-06 11:00")
		weekend = (at("UTC", "2026-01-09 17:00"), at("UTC", "2026-01-12 09:00"))
		assert office.add(self.START, 44 * HOUR, [weekend]) == office.add(self.START, 44 * HOUR)

	def test_any_order_and_overlap(self):
		office = working("UTC", OFFICE)
		hour = [self.START + n * HOUR for n in range(8)]
		pauses = [(hour[4], hour[6]), (hour[1], hour[3]), (hour[2], hour[5]), (hour[3], hour[3])]
		assert office.between(self.START, hour[7], pauses) == 2 * HOUR
		assert office.add(self.START, 2 * HOUR, pauses) == hour[7]
		assert office.add(self.START, HOUR, pauses) == hour[1]

	def test_a_pause_without_end_is_out_of_reach(self):
		with pytest.raises(PromiseOutOfReachError):
			working("UTC", OFFICE).add(self.START, 2 * HOUR, [(self.START + HOUR, 2**62)])


@pytest.mark.parametrize(
	"calendar",
	[
		Calendar("UTC", Week(()), name="never"),
		Calendar("UTC", Week(windows((0,), 9, 17), windows(range(7), 0, 24)), name="all break"),
		Calendar(
			"UTC", OFFICE, changes=(Change(date(2000, 1, 1), date(2100, 1, 1), None),), name="closed for good"
		),
		Calendar(
			"UTC",
			Week((Window(0, 0, HOUR),)),
			holidays=tuple((date.fromordinal(d), "") for d in range(738000, 745000)),
			name="every day a holiday",
		),
		# the only window of the year lies in the hour that is skipped
		Calendar(
			"Europe/Berlin",
			Week(()),
			changes=(Change(date(2026, 3, 29), date(2026, 3, 29), Week((Window(6, 7200, 10800),))),),
			name="skipped",
		),
	],
	ids=lambda calendar: calendar.name,
)
def test_a_calendar_that_never_opens_says_so_at_once(calendar):
	began = time.process_time()
	with pytest.raises(PromiseOutOfReachError) as refusal:
		WorkingTime(calendar).add(at("UTC", "2026-01-05"), 1)
	assert refusal.value.calendar == calendar.name
	assert time.process_time() - began < 1


def test_ten_years_are_the_limit():
	weekly = working("UTC", Week((Window(0, 0, HOUR),)))
	start = at("UTC", "2026-01-05")
	assert weekly.add(start, 521 * HOUR) < at("UTC", "2036-01-05")
	with pytest.raises(PromiseOutOfReachError, match="ten years"):
		weekly.add(start, 523 * HOUR)


def test_a_promise_a_year_away_is_exact():
	always = working("Europe/Berlin", ALWAYS)
	start = at("UTC", "2026-01-05 00:00:07")
	assert always.add(start, 9 * 365 * DAY) == start + 9 * 365 * DAY


@pytest.mark.parametrize(
	("week", "hours"),
	[
		(OFFICE, 8),
		(OFFICE_WITH_LUNCH, 8),
		(NIGHT, 8),
		(ALWAYS, 24),
		(Week((*OFFICE.windows, *windows((5,), 9, 12))), 8),
		(Week((*windows((0,), 9, 12), *windows((1,), 9, 17))), 8),  # equally common: the longer
		(Week(NIGHT.windows, windows(range(7), 2, 3)), 7),
		(Week(()), 0),
	],
)
def test_usual_length_of_a_day(week, hours):
	assert week.usual_length() == hours * HOUR


@pytest.mark.parametrize("wrong", [(7, 0, 1), (0, -1, 1), (0, DAY, DAY + 1), (0, 5, 5), (0, 5, DAY + 6)])
def test_impossible_windows_are_refused(wrong):
	with pytest.raises(ValueError, match="not a window"):
		Window(*wrong)
