"""What the calendar's form asks the server: preview, a promise to try, time zones; and who may ask."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import frappe
import pytest
from frappe.utils import add_days, getdate

from support_service.foundation import instants
from support_service.service_level.calendar import api as calendar_api
from tests.factories import make_service_calendar, make_user

HOUR = 3600
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY_AND_NIGHT = [{"day": day, "from_time": "00:00:00", "to_time": "00:00:00"} for day in WEEK]


def make_holiday_list(*days: str):
	return frappe.get_doc(
		{
			"doctype": "Holiday List",
			"holiday_list_name": frappe.generate_hash(length=8),
			"from_date": "2026-01-01",
			"to_date": "2026-12-31",
			"holidays": [{"holiday_date": day, "description": "<b>Day</b> off"} for day in days],
		}
	).insert()


def test_preview_marks_holidays_and_changes():
	today = getdate()
	holiday, changed = add_days(today, 1), add_days(today, 2)
	night = make_service_calendar(windows=DAY_AND_NIGHT)
	holiday_list = frappe.get_doc(
		{
			"doctype": "Holiday List",
			"holiday_list_name": frappe.generate_hash(length=8),
			"from_date": today,
			"to_date": add_days(today, 9),
			"holidays": [{"holiday_date": holiday, "description": "Feast"}],
		}
	).insert()
	calendar = make_service_calendar(
		windows=[{"day": day, "from_time": "22:00:00", "to_time": "06:00:00"} for day in WEEK],
		holiday_list=holiday_list.name,
		changes=[{"from_date": changed, "to_date": changed, "use_calendar": night.name, "reason": "Games"}],
	)
	found = calendar_api.preview(calendar.name)
	assert len(found["days"]) == 14
	assert [(day["note"], day["label"]) for day in found["days"][:4]] == [
		("", ""),
		("holiday", "Feast"),
		("change", "Games"),
		("", ""),
	]
	assert found["days"][2]["stretches"] == [{"opens": "00:00", "closes": "24:00", "left": 0, "width": 100}]
	assert [(s["opens"], s["closes"]) for s in found["days"][5]["stretches"]] == [
		("00:00", "06:00"),
		("22:00", "24:00"),
	]


def test_preview_of_what_is_not_saved():
	calendar = make_service_calendar()
	values = calendar.as_dict(convert_dates_to_str=True, no_nulls=True)
	values["windows"] = [*DAY_AND_NIGHT, {"day": "Monday"}]  # the last row is still being filled in
	found = calendar_api.preview(doc=frappe.as_json(values))
	assert all(day["hours"] == 24 for day in found["days"])
	values["windows"] = []
	assert "never opens" in calendar_api.preview(doc=frappe.as_json(values))["error"]
	assert not frappe.get_message_log()


def test_try_a_promise():
	calendar = make_service_calendar(time_zone="Asia/Shanghai")
	friday = datetime(2026, 1, 9, 16, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
	start = str(instants.from_utc(int(friday.timestamp())))  # people enter site time
	# the browser sends text
	found = calendar_api.try_promise(start, "1", "Working Days", calendar=calendar.name)
	assert found["due_on_the_wall"] == "2026-01-12 16:30:00"
	assert instants.to_utc(found["due"]) == int(friday.timestamp()) + 3 * 24 * HOUR
	assert [day["hours"] for day in found["days"]] == [0.5, 0, 0, 7.5]
	with pytest.raises(frappe.ValidationError, match="ten years"):
		calendar_api.try_promise(start, 1e6, "Hours", calendar=calendar.name)
	with pytest.raises(frappe.ValidationError, match="unit"):
		calendar_api.try_promise(start, 1, "Fortnights", calendar=calendar.name)


def test_a_long_promise_is_explained_by_its_ends():
	calendar = make_service_calendar()
	found = calendar_api.try_promise("2026-01-05 09:00:00", 200, "Working Days", calendar=calendar.name)
	assert len(found["days"]) == calendar_api.DAYS_EXPLAINED
	assert len(found["days"]) + found["left_out"] == 39 * 7 + 5


def test_who_may_ask():
	calendar = make_service_calendar()
	values = frappe.as_json(calendar.as_dict())
	frappe.set_user(make_user("Service Engineer").name)
	assert calendar_api.preview(calendar.name)["days"]
	assert "Asia/Shanghai" in calendar_api.time_zones()
	with pytest.raises(frappe.PermissionError):
		calendar_api.preview(doc=values)
	frappe.set_user(make_user("Customer").name)
	for ask in (
		lambda: calendar_api.preview(calendar.name),
		lambda: calendar_api.preview(doc=values),
		lambda: calendar_api.try_promise("2026-01-09 16:30:00", 1, "Hours", calendar=calendar.name),
		calendar_api.time_zones,
	):
		with pytest.raises(frappe.PermissionError):
			ask()


def test_a_foreign_holiday_list_is_not_read_through_the_preview():
	calendar = make_service_calendar()
	values = calendar.as_dict()
	values["holiday_list"] = make_holiday_list("2026-01-05").name
	frappe.set_user(make_user("System Manager").name)  # may change calendars, may not see holiday lists
	with pytest.raises(frappe.PermissionError):
		calendar_api.preview(doc=frappe.as_json(values))
