"""What a clock says about itself, word for word, from cases that went through the real moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import frappe
import pytest

from support_service.service_level import api
from support_service.service_level.clock import explanation, ledger_words, recompute
from support_service.service_level.clock.rules import Event, State
from tests import factories
from tests.site import clock_world as world_of
from tests.site.clock_world import at, clock, make_world, raise_case, step, target, to_work
from tests.site.queries import count_queries

KIND = "Repair Complete"
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
OFFICE = [{"day": day, "from_time": "09:00:00", "to_time": "17:30:00"} for day in WEEK]


def holidays(*days: tuple[str, str], weekly_off: tuple[str, str] | None = None) -> str:
	"""A Holiday List with these (date, name), and a weekly day off (its first date, its name) for a year."""
	rows = [{"holiday_date": day, "description": name} for day, name in days]
	if weekly_off:
		first = date.fromisoformat(weekly_off[0])
		taken = {day for day, _ in days}
		for number in range(20):
			day = str(first + timedelta(weeks=number))
			if day not in taken:
				rows.append({"holiday_date": day, "description": weekly_off[1], "weekly_off": 1})
	return factories.insert(
		"Holiday List",
		{
			"holiday_list_name": factories.unique("Holidays"),
			"from_date": "2023-01-01",
			"to_date": "2027-12-31",
			"holidays": rows,
		},
		{},
	).name


def golden_week() -> str:
	"""China's National Day in 2026."""
	return holidays(*[(f"2026-10-0{day}", "National Day") for day in range(1, 8)])


def office(**more: Any) -> str:
	return factories.make_service_calendar(windows=OFFICE, **more).name


def promised(
	hours: float = 4, *, calendar: str | None = None, unit: str = "Hours", **more: Any
) -> frappe._dict:
	"""A customer whose repairs are promised in `hours` of office hours in Shanghai."""
	row = target(KIND, hours, unit=unit, **more)
	return make_world(calendar=calendar or office(), targets=[row])


def explained(world: frappe._dict, case: str, moment: str, language: str = "en", number: int = 1) -> str:
	"""The sentence read at `moment`; calendars of tests have names of their own, so 8×5 is put in their place."""
	with at(moment):
		said = explanation.explain(clock(case, KIND, number), language=language)
	return said.replace(world.calendar, "8×5")


@pytest.fixture
def example() -> frappe._dict:
	"""The promise of the docs: Friday 16:30, 40 min of the customer's on Monday, the weekend holds a holiday."""
	world = promised(calendar=office(holiday_list=holidays(("2023-10-01", "National Day"))))
	world.case = raise_case(world, "2023-09-29 16:30")
	to_work(world, world.case, "2023-09-29 16:40")
	step(world.case, "2023-10-02 10:00", "wait_for_customer")
	step(world.case, "2023-10-02 10:40", "resume")
	return world


def test_the_example(example: frappe._dict) -> None:
	assert explained(example, example.case, "2023-10-02 11:00") == (
		"4 h of 8×5 Shanghai time from Fri 16:30, 1 h counted on Friday, paused 40 min waiting for customer, "
		"weekend and National Day (Oct 1) skipped → Mon 12:40"
	)


def test_the_example_in_chinese(example: frappe._dict) -> None:
	assert explained(example, example.case, "2023-10-02 11:00", "zh") == (
		"自周五 16:30起按“8×5”（上海时间）计4小时，星期五计入1小时，等待客户暂停40分钟，"
		"跳过周末和National Day（10月1日） → 周一 12:40"
	)


def test_facts_add_up(example: frappe._dict) -> None:
	with at("2023-10-02 11:00"):
		found = explanation.facts(clock(example.case, KIND))
	assert sum(day.seconds for day in found.counted) == found.target == 4 * 3600
	assert [(pause.cause, pause.seconds) for pause in found.paused] == [("Waiting for Customer", 2400)]
	assert (found.state, found.left) == (State.RUNNING, 4 * 3600 - 3600 - 4800)


def test_the_reader_does_not_change_language(example: frappe._dict) -> None:
	explained(example, example.case, "2023-10-02 11:00", "zh")
	assert frappe.local.lang == "en"


def test_same_day_needs_no_list() -> None:
	world = promised()
	case = raise_case(world, "2026-09-21 10:00")
	assert explained(world, case, "2026-09-21 10:30") == (
		"4 h of 8×5 Shanghai time from Mon 10:00 → Mon 14:00"
	)


def test_long_ahead_names_dates_and_sums_up() -> None:
	"""National Day's holidays swallow a weekend; days beyond the third are summed up."""
	world = promised(7, unit="Working Days", calendar=office(holiday_list=golden_week()))
	case = raise_case(world, "2026-09-25 16:30")
	assert explained(world, case, "2026-09-25 17:00") == (
		"7 working days of 8×5 Shanghai time from Fri, Sep 25 16:30, 1 h counted on Fri, Sep 25, "
		"8 h 30 min on Mon, Sep 28, 8 h 30 min on Tue, Sep 29, 34 h on 4 more days, "
		"2 weekends and National Day (Oct 1 – 7) skipped → Tue, Oct 13 16:30"
	)


def test_overdue_and_paused_after_due(example: frappe._dict) -> None:
	assert explained(example, example.case, "2023-10-02 15:00").endswith(
		"→ Mon 12:40. Overdue by 2 h 20 min of working time"
	)
	step(example.case, "2023-10-02 15:00", "wait_for_customer")
	assert explained(example, example.case, "2023-10-02 16:00").endswith(
		"→ Mon 12:40. Overdue by 2 h 20 min of working time. Paused since Mon 15:00 (Waiting for Customer)"
	)


def test_paused() -> None:
	world = promised()
	case = raise_case(world, "2026-09-18 16:30")
	to_work(world, case, "2026-09-18 16:40")
	step(case, "2026-09-21 10:00", "wait_for_customer")
	english, chinese = (explained(world, case, "2026-09-21 12:00", language) for language in ("en", "zh"))
	assert english == (
		"4 h of 8×5 Shanghai time from Fri 16:30, 1 h counted on Friday, 1 h on Monday, weekend skipped "
		"→ paused since Mon 10:00 (Waiting for Customer), 2 h left"
	)
	assert chinese == (
		"自周五 16:30起按“8×5”（上海时间）计4小时，星期五计入1小时，星期一计入1小时，跳过周末 "
		"→ 自周一 10:00起暂停（等待客户），还剩2小时"
	)


@pytest.mark.parametrize(
	("solved", "english", "chinese"),
	[
		("12:00", "Stopped Mon 12:00: kept, with 40 min to spare", "周一 12:00停止：如期完成，尚余40分钟"),
		("14:40", "Stopped Mon 14:40: missed by 2 h", "周一 14:40停止：超期2小时"),
	],
)
def test_met_and_missed(example: frappe._dict, solved: str, english: str, chinese: str) -> None:
	step(example.case, f"2023-10-02 {solved}", "resolve")
	assert explained(example, example.case, "2023-10-02 16:00").endswith(f"→ Mon 12:40. {english}")
	assert explained(example, example.case, "2023-10-02 16:00", "zh").endswith(f"→ 周一 12:40。{chinese}")


def test_not_needed() -> None:
	world = promised()
	case = raise_case(world, "2026-09-21 10:00")
	step(case, "2026-09-21 11:00", "cancel", reason="Ordered twice")
	assert explained(world, case, "2026-09-21 12:00") == (
		"Not needed since Mon 11:00: the case was cancelled (Ordered twice)"
	)


def test_reopened() -> None:
	world = promised()
	case = raise_case(world, "2026-09-21 09:00")
	to_work(world, case, "2026-09-21 09:10")
	step(case, "2026-09-21 10:00", "resolve")
	step(case, "2026-09-21 11:30", "reopen")
	assert explained(world, case, "2026-09-21 12:00") == (
		"4 h of 8×5 Shanghai time from Mon 09:00, stopped for 1 h 30 min before it was reopened → Mon 14:30. "
		"Reopened Mon 11:30"
	)


def test_corrected_by_hand(example: frappe._dict) -> None:
	with at("2023-10-02 11:00"):
		api.correct_clock(
			clock(example.case, KIND).name, "pause", "Power cut", "2023-10-02 10:30", "2023-10-02 11:00"
		)
	assert explained(example, example.case, "2023-10-02 11:00") == (
		"4 h of 8×5 Shanghai time from Fri 16:30, 1 h counted on Friday, paused 40 min waiting for customer, "
		"paused 20 min by a correction, weekend and National Day (Oct 1) skipped → Mon 13:00. "
		"Corrected by hand: Power cut"
	)


def test_a_changed_promise_remembers_the_one_before() -> None:
	world = make_world(
		calendar=office(),
		targets=[target(KIND, 4), target(KIND, 2, priority="Critical")],
	)
	case = raise_case(world, "2026-09-21 09:00")
	with at("2026-09-21 09:30"):
		doc = frappe.get_doc("Service Request", case)
		doc.impact = doc.urgency = "High"
		doc.save()
	said = explained(world, case, "2026-09-21 10:00")
	assert said.startswith("2 h of 8×5 Shanghai time from Mon 09:00 → Mon 11:00. Promise changed Mon 09:30, ")
	assert "due Mon 13:00 before (Priority: " in said and "→ Critical)" in said


def test_another_zone_with_daylight_saving_tells_site_time_too() -> None:
	"""The night in which Berlin sets its clocks back: 7×24 from Saturday, 23 h on the wall are 24 h."""
	windows = [{"day": day, "from_time": "00:00:00", "to_time": "00:00:00"} for day in world_of.ALL_DAYS]
	calendar = factories.make_service_calendar(windows=windows, time_zone="Europe/Berlin").name
	world = promised(24, calendar=calendar)
	case = raise_case(world, "2026-10-24 20:00")  # 14:00 in Berlin
	assert explained(world, case, "2026-10-24 21:00") == (
		"24 h of 8×5 Berlin time from Sat 14:00, 10 h counted on Saturday → Sun 13:00 (Sun 20:00 Shanghai time)"
	)


def test_night_window() -> None:
	"""22:00 to 06:00: what is worked after midnight is counted on the day it falls on."""
	nights = [{"day": day, "from_time": "22:00:00", "to_time": "06:00:00"} for day in WEEK]
	world = promised(8, calendar=factories.make_service_calendar(windows=nights).name)
	case = raise_case(world, "2026-09-25 23:00")  # Friday
	assert explained(world, case, "2026-09-25 23:30") == (
		"8 h of 8×5 Shanghai time from Fri 23:00, 1 h counted on Friday, 6 h on Saturday, Sunday skipped "
		"→ Mon 23:00"
	)


def test_key_period_with_other_hours() -> None:
	"""5×8 becomes 7×24 over a weekend."""
	calendar = office(
		changes=[
			{
				"from_date": "2026-09-26",
				"to_date": "2026-09-27",
				"use_calendar": world_of.round_the_clock(),
				"reason": "Trade fair",
			}
		]
	)
	world = promised(12, calendar=calendar)
	case = raise_case(world, "2026-09-25 16:30")
	assert explained(world, case, "2026-09-25 16:45") == (
		"12 h of 8×5 Shanghai time from Fri 16:30, 1 h counted on Friday, special hours Sep 26 (Trade fair) "
		"→ Sat 11:00"
	)


def test_weekly_days_off_of_a_holiday_list_are_no_holidays() -> None:
	"""ERPNext writes them into the list as well; the reader knows what a Sunday is."""
	every_day = [{"day": day, "from_time": "09:00:00", "to_time": "17:00:00"} for day in world_of.ALL_DAYS]
	calendar = factories.make_service_calendar(
		windows=every_day,
		holiday_list=holidays(("2026-10-01", "National Day"), weekly_off=("2026-09-06", "Sunday")),
	)
	world = promised(48, calendar=calendar.name)
	case = raise_case(world, "2026-09-26 16:00")  # Saturday
	said = explained(world, case, "2026-09-26 16:30")
	assert "2 days off and National Day (Oct 1) skipped" in said, said


def test_it_is_told_from_the_version_the_promise_was_made_with(example: frappe._dict) -> None:
	"""A stopped clock keeps its calendar, whatever becomes of it."""
	step(example.case, "2023-10-02 12:00", "resolve")
	before = explained(example, example.case, "2023-10-02 16:00")
	calendar = frappe.get_doc("Service Calendar", example.calendar)
	calendar.windows = [row for row in calendar.windows if row.day != "Monday"]
	calendar.save()
	recompute.run()
	assert explained(example, example.case, "2023-10-02 16:00") == before


def test_history_has_a_line_for_every_row(example: frappe._dict) -> None:
	with at("2023-10-02 11:00"):
		api.correct_clock(
			clock(example.case, KIND).name, "pause", "Power cut", "2023-10-02 10:30", "2023-10-02 11:00"
		)
	lines = explanation.history(clock(example.case, KIND))
	assert [line["text"] for line in lines] == [
		"Started: case received",
		"Waiting for Customer: the clock is paused",
		"The wait ended",
		"Pause added from Mon, Oct 2, 2023 10:30 to Mon, Oct 2, 2023 11:00, "
		"due Mon, Oct 2, 2023 12:40 → Mon, Oct 2, 2023 13:00",
	]
	assert [line["reason"] for line in lines] == ["", "As asked", "As asked", "Power cut"]
	chinese = explanation.history(clock(example.case, KIND), language="zh")
	assert [line["text"] for line in chinese[:3]] == ["已开始：已受理", "等待客户：暂停计时", "等待结束"]


def test_every_event_has_words(example: frappe._dict) -> None:
	row = clock(example.case, KIND)
	entries = frappe.get_all("Service Clock Entry", {"clock": row.name}, ["*"], order_by="no asc", limit=1)
	step_key = "Percent Used|80|Engineer|Desk Notification"
	for event in Event:
		entry = frappe._dict(entries[0], event=str(event), step=step_key, whom="Engineer", action="Email")
		assert ledger_words.text(entry, ()), event


def test_reading_costs_two_queries(example: frappe._dict) -> None:
	row = clock(example.case, KIND)
	explanation.explain(row)
	assert count_queries(lambda: explanation.explain(row)) <= 2
