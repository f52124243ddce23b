"""Where ERPNext's service levels are wrong: the same input to its real functions and to ours.

Each test is a row of docs/service-levels-erpnext.md. Should one fail because ERPNext was mended, the row goes, and its
case moves to tests/rules/test_erpnext_sla_cases.py.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import frappe
import pytest
from erpnext.support.doctype.issue import issue as erpnext_issue
from erpnext.support.doctype.service_level_agreement import service_level_agreement as erpnext_sla

from support_service.service_level.calendar.working_time import (
	Calendar,
	PromiseOutOfReachError,
	Week,
	Window,
	WorkingTime,
)
from support_service.service_level.clock.rules import Entry, Event, State, fold, state
from support_service.service_level.policy.terms import Terms

HOUR = 3600
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOLIDAY = date(2026, 1, 6)


def clock(hour: float, second: int = 0) -> timedelta:
	return timedelta(hours=hour, seconds=second)


def service_level(days, start: timedelta, end: timedelta, seconds: int) -> frappe._dict:
	"""What ERPNext's own path hands to `get_expected_time_for`, without holidays."""
	return frappe._dict(
		response_time=seconds,
		resolution_time=seconds,
		support_and_resolution=[
			frappe._dict(workday=NAMES[day], start_time=start, end_time=end) for day in days
		],
		holiday_list=_holiday_list(),
	)


def _holiday_list(*days: date) -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Holiday List",
				"holiday_list_name": frappe.generate_hash(length=8),
				"from_date": "2026-01-01",
				"to_date": "2026-12-31",
				"holidays": [{"holiday_date": day, "description": "Holiday"} for day in days],
			}
		)
		.insert()
		.name
	)


def ours(days, start: float, end: float, zone: str = "UTC", **more) -> WorkingTime:
	week = Week(tuple(Window(day, round(start * HOUR), round(end * HOUR)) for day in days))
	return WorkingTime(Calendar(zone, week, name="ours", **more))


def at(text: str, zone: str = "UTC") -> int:
	return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def naive(text: str) -> datetime:
	return datetime.fromisoformat(text)


@pytest.mark.parametrize(
	("started", "paused", "resumed", "erpnexts", "our"),
	[
		# waits while nobody works: ERPNext moves the promise all the same
		("2020-03-04 04:00", "2020-03-04 04:15", "2020-03-04 05:05", "2020-03-04 16:50", "2020-03-04 16:00"),
		# two working hours of waiting: due at eight in the evening, when nobody is there
		("2026-01-05 12:00", "2026-01-05 15:00", "2026-01-05 17:00", "2026-01-05 20:00", "2026-01-06 12:00"),
		# over the weekend: two days and eighteen hours for two working hours, due in the middle of the night
		("2026-01-09 13:00", "2026-01-09 17:00", "2026-01-12 11:00", "2026-01-15 05:00", "2026-01-12 13:00"),
		("2021-11-01 19:00", "2021-11-02 11:00", "2021-11-22 01:00", "2021-11-22 06:00", "2021-11-22 15:00"),
	],
)
def test_pauses_are_counted_on_the_wall_clock_and_added_raw(started, paused, resumed, erpnexts, our):
	level = service_level(range(5), clock(10), clock(18), 6 * HOUR)
	issue = frappe.new_doc("Issue")
	issue.total_hold_time = (naive(resumed) - naive(paused)).total_seconds()
	erpnext_sla.set_resolution_by(issue, naive(started), level)
	assert issue.sla_resolution_by == naive(erpnexts)
	office = ours(range(5), 10, 18)
	assert office.add(at(started), 6 * HOUR, [(at(paused), at(resumed))]) == at(our)


@pytest.mark.parametrize("days", [1, 30])
def test_round_the_clock_loses_a_second_a_day(days):
	level = service_level(range(7), clock(0), clock(23, 59 * 60 + 59), days * 24 * HOUR)
	start = "2026-01-05 00:00:00"
	found = erpnext_sla.get_expected_time_for("resolution", level, naive(start))
	assert found == naive(start) + timedelta(days=days, seconds=days)
	assert ours(range(7), 0, 24).add(at(start), days * 24 * HOUR) == at(start) + days * 24 * HOUR


def test_a_full_day_of_24_hours_is_thrown_back_to_its_beginning():
	"""24:00 in the Time column: with a day or more left, ERPNext takes 'the end of the day' as its first minute."""
	level = service_level(range(7), clock(0), clock(24), 24 * HOUR)
	start = "2026-01-05 00:00:00"
	found = erpnext_sla.get_expected_time_for("resolution", level, naive(start))
	assert found == naive(start)  # due at once
	assert ours(range(7), 0, 24).add(at(start), 24 * HOUR) == at("2026-01-06 00:00:00")


@pytest.mark.parametrize(
	("level", "our"),
	[
		pytest.param(((), clock(9), clock(17)), ((), 9, 17), id="no support day"),
		pytest.param((range(5), clock(9), clock(9)), ((), 9, 17), id="empty interval"),
	],
)
def test_it_looks_for_a_support_day_for_ever(monkeypatch, level, our):
	looked = 0
	real = erpnext_sla.add_to_date

	def add_to_date(*args, **kwargs):
		nonlocal looked
		looked += 1
		if looked > 5000:
			raise TimeoutError
		return real(*args, **kwargs)

	monkeypatch.setattr(erpnext_sla, "add_to_date", add_to_date)
	with pytest.raises(
		TimeoutError
	):  # thirteen years on, still looking; unpatched it goes on to the year 9999
		erpnext_sla.get_expected_time_for(
			"resolution", service_level(*level, HOUR), naive("2026-01-05 09:00")
		)
	with pytest.raises(PromiseOutOfReachError, match="ten years"):
		ours(*our).add(at("2026-01-05 09:00"), HOUR)


def test_a_night_shift_cannot_be_said():
	agreement = frappe.get_doc(
		{
			"doctype": "Service Level Agreement",
			"support_and_resolution": [
				{"workday": "Monday", "start_time": "22:00:00", "end_time": "06:00:00"}
			],
		}
	)
	with pytest.raises(frappe.ValidationError):
		agreement.check_support_and_resolution()
	night = ours((0,), 22, 30)
	assert night.add(at("2026-01-05 23:00"), 4 * HOUR) == at("2026-01-06 03:00")


def test_a_break_cannot_be_said():
	morning = {"workday": "Monday", "start_time": "09:00:00", "end_time": "12:00:00"}
	afternoon = {"workday": "Monday", "start_time": "13:00:00", "end_time": "18:00:00"}
	agreement = frappe.get_doc(
		{"doctype": "Service Level Agreement", "support_and_resolution": [morning, afternoon]}
	)
	with pytest.raises(frappe.ValidationError):
		agreement.check_support_and_resolution()
	week = Week((Window(0, 9 * HOUR, 18 * HOUR),), (Window(0, 12 * HOUR, 13 * HOUR),))
	assert WorkingTime(Calendar("UTC", week)).add(at("2026-01-05 11:00"), 2 * HOUR) == at("2026-01-05 14:00")


@pytest.mark.parametrize(
	("start", "hours", "erpnexts", "really"),
	[
		("2026-03-28 12:00", 24, "2026-03-29 12:00", 23),
		("2026-10-24 12:00", 24, "2026-10-25 12:00", 25),
	],
)
def test_a_changed_clock_makes_a_promise_shorter_or_longer(start, hours, erpnexts, really):
	"""Round the clock in Berlin; ERPNext counts on naive times. (Its lost second is left out.)"""
	berlin = "Europe/Berlin"
	level = service_level(range(7), clock(0), clock(23, 59 * 60 + 59), hours * HOUR)
	found = erpnext_sla.get_expected_time_for("resolution", level, naive(start)) - timedelta(seconds=1)
	assert found == naive(erpnexts)
	assert found.replace(tzinfo=ZoneInfo(berlin)).timestamp() - at(start, berlin) == really * HOUR
	assert (
		ours(range(7), 0, 24, berlin).add(at(start, berlin), hours * HOUR) - at(start, berlin) == hours * HOUR
	)


def test_the_clock_is_that_of_the_documents_owner():
	"""One moment, two owners: two starts, so two due dates for the same fault."""
	starts = []
	for zone in ("Asia/Shanghai", "America/New_York"):
		name = f"{frappe.generate_hash(length=8)}@example.com"
		frappe.get_doc(
			{
				"doctype": "User",
				"email": name,
				"first_name": "Owner",
				"time_zone": zone,
				"send_welcome_email": 0,
			}
		).insert()
		starts.append(erpnext_sla.now_datetime(name))
	assert abs(starts[0] - starts[1]) > timedelta(hours=11)


def test_a_late_answer_and_a_timely_repair_are_called_fulfilled():
	issue = frappe.new_doc("Issue")
	issue.update(
		{
			"response_by": naive("2026-01-05 12:00"),
			"first_responded_on": naive("2026-01-05 15:00"),
			"sla_resolution_by": naive("2026-01-05 17:00"),
			"sla_resolution_date": naive("2026-01-05 16:00"),
		}
	)
	erpnext_sla.update_agreement_status(issue, apply_sla_for_resolution=1)
	assert issue.agreement_status == "Fulfilled"

	office = ours(range(5), 10, 18)
	started = Entry(Event.STARTED, at("2026-01-05 10:00"))
	found = [
		state(
			fold([started, Entry(Event.STOPPED, at(done))], ()),
			office,
			Terms(kind, target * HOUR, "", "", "", pauses_for=()),
			at("2026-01-06 00:00"),
		)
		for kind, target, done in (
			("First Response", 2, "2026-01-05 15:00"),
			("Repair Complete", 7, "2026-01-05 16:00"),
		)
	]
	assert found == [State.MISSED, State.MET]


@pytest.mark.parametrize(
	("created", "responded", "erpnexts", "our"),
	[
		# before opening and after closing of one day: a whole day, and ERPNext counts a second
		("2026-01-05 09:00", "2026-01-05 19:00", 1, 8 * HOUR),
		# the 6th is a holiday of the agreement; the report counts it as a working day
		("2026-01-05 17:00", "2026-01-07 11:00", 10 * HOUR, 2 * HOUR),
		# one month apart, on the same day of the month: taken for the same day
		("2026-02-02 11:00", "2026-03-02 12:00", 28 * 24 * HOUR + HOUR, 20 * 8 * HOUR + HOUR),
	],
)
def test_time_to_first_response(monkeypatch, created, responded, erpnexts, our):
	rows = service_level(range(5), clock(10), clock(18), HOUR).support_and_resolution
	agreement = frappe._dict(support_and_resolution=rows, holiday_list=_holiday_list(HOLIDAY))
	monkeypatch.setattr(erpnext_issue.frappe, "get_cached_doc", lambda *args: agreement)
	issue = frappe._dict(creation=naive(created))
	found = erpnext_issue.calculate_first_response_time(issue, naive(responded))
	assert found == erpnexts
	office = ours(range(5), 10, 18, holidays=((HOLIDAY, "Epiphany"),))
	assert office.between(at(created), at(responded)) == our
