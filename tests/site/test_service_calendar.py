"""Service calendars on a real site: what is refused, how versions come about."""

from __future__ import annotations

from datetime import date

import frappe
import pytest

from support_service.foundation import instants
from support_service.foundation.ledger import LedgerIsAppendOnlyError
from support_service.service_level.calendar import calendars
from support_service.service_level.calendar import content as calendar_content
from support_service.service_level.calendar.source import calendar_of
from support_service.service_level.clock import recompute
from support_service.service_level.doctype.service_calendar.service_calendar import (
	CalendarBreakError,
	CalendarChangeError,
	CalendarInUseError,
	CalendarNeverOpensError,
	CalendarTimeZoneError,
)
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


def versions_of(calendar: str) -> list[str]:
	return frappe.get_all("Service Calendar Version", filters={"calendar": calendar}, pluck="name")


@pytest.fixture
def marked(monkeypatch) -> list[str]:
	"""Calendars whose promises were marked to be computed again."""
	calls: list[str] = []
	monkeypatch.setattr(recompute, "mark", lambda *, calendar, **_: calls.append(calendar))
	return calls


class TestWhatIsRefused:
	def test_a_time_zone_nobody_knows(self):
		with pytest.raises(CalendarTimeZoneError, match="Mars"):
			make_service_calendar(time_zone="Mars/Olympus")

	@pytest.mark.parametrize(
		"more",
		[
			{"breaks": [{"day": "Every Day", "from_time": "08:00:00", "to_time": "18:00:00"}]},
			{
				"windows": [{"day": "Monday", "from_time": "09:00:00", "to_time": "12:00:00"}],
				"breaks": [{"day": "Monday", "from_time": "09:00:00", "to_time": "12:00:00"}],
			},
		],
	)
	def test_a_calendar_that_never_opens(self, more):
		with pytest.raises(CalendarNeverOpensError):
			make_service_calendar(**more)

	def test_no_windows(self):
		with pytest.raises((CalendarNeverOpensError, frappe.MandatoryError)):
			make_service_calendar(windows=[])

	def test_a_break_without_length(self):
		with pytest.raises(CalendarBreakError, match="row 1"):
			make_service_calendar(breaks=[{"day": "Friday", "from_time": "12:00:00", "to_time": "12:00:00"}])

	def test_a_change_that_ends_before_it_begins(self):
		with pytest.raises(CalendarChangeError, match="row 1"):
			make_service_calendar(changes=[{"from_date": "2026-05-02", "to_date": "2026-05-01"}])

	def test_a_change_that_uses_its_own_calendar(self):
		calendar = make_service_calendar()
		calendar.append(
			"changes",
			{"from_date": "2026-05-01", "to_date": "2026-05-01", "use_calendar": calendar.name},
		)
		with pytest.raises(CalendarChangeError, match="itself"):
			calendar.save()

	def test_versions_are_written_by_the_app_alone(self):
		calendar = make_service_calendar()
		row = {"doctype": "Service Calendar Version", "calendar": calendar.name, "content": "{}"}
		with pytest.raises(LedgerIsAppendOnlyError):
			frappe.get_doc(row).insert(set_name="forged")
		with pytest.raises(LedgerIsAppendOnlyError):
			frappe.get_doc("Service Calendar Version", calendar.version).save()
		with pytest.raises(LedgerIsAppendOnlyError):
			frappe.delete_doc("Service Calendar Version", calendar.version, force=True)

	def test_staff_cannot_change_a_calendar(self):
		calendar = make_service_calendar()
		for role in ("Service Desk Agent", "Service Engineer", "After-Sales Lead"):
			frappe.set_user(make_user(role).name)
			with pytest.raises(frappe.PermissionError):
				frappe.get_doc("Service Calendar", calendar.name).save()
			frappe.set_user("Administrator")


class TestDefaults:
	def test_the_sites_time_zone(self):
		assert make_service_calendar(time_zone="").time_zone == frappe.utils.get_system_timezone()

	@pytest.mark.parametrize(
		("more", "hours"),
		[
			({}, 8),
			({"breaks": [{"day": "Every Day", "from_time": "12:00:00", "to_time": "13:30:00"}]}, 6.5),
			({"windows": DAY_AND_NIGHT}, 24),
			({"windows": [{"day": "Monday", "from_time": "22:00:00", "to_time": "06:00:00"}]}, 8),
		],
	)
	def test_hours_of_a_working_day(self, more, hours):
		assert make_service_calendar(**more).hours_per_day == hours

	def test_overlapping_windows_are_merged(self):
		calendar = make_service_calendar(
			windows=[
				{"day": "Monday", "from_time": "09:00:00", "to_time": "13:00:00"},
				{"day": "Monday", "from_time": "12:00:00", "to_time": "17:00:00"},
			]
		)
		assert calendar.hours_per_day == 8

	@pytest.mark.parametrize(
		("table", "to_time", "warned"),
		[
			("windows", "23:59:59", True),
			("windows", "23:59:00", True),
			("breaks", "23:59:00", True),
			("windows", "00:00:00", False),
			("windows", "23:58:00", False),
		],
	)
	def test_a_warning_that_the_last_minute_is_left_out(self, table, to_time, warned):
		rows = {"windows": [{"day": "Monday", "from_time": "00:00:00", "to_time": "00:00:00"}]}
		rows[table] = [{"day": "Monday", "from_time": "12:00:00", "to_time": to_time}]
		frappe.clear_messages()
		make_service_calendar(**rows)
		messages = [message for message in frappe.get_message_log() if "23:59" in message["message"]]
		assert bool(messages) == warned
		if warned:
			assert messages[0]["primary_action"]["client_action"].startswith(
				"support_service.service_calendar"
			)


class TestVersions:
	def test_a_save_publishes_once(self, marked):
		calendar = make_service_calendar()
		first = calendars.current_version(calendar.name)
		assert versions_of(calendar.name) == [first]
		calendar.reload()
		calendar.description = "Other words"
		calendar.save()
		assert calendars.current_version(calendar.name) == first
		assert marked == []

	def test_the_order_of_rows_plays_no_part(self, marked):
		calendar = make_service_calendar()
		calendar.reload()
		calendar.windows.reverse()
		for index, row in enumerate(calendar.windows, start=1):
			row.idx = index
		calendar.save()
		assert len(versions_of(calendar.name)) == 1 and marked == []

	def test_another_window_is_another_version_and_promises_are_computed_again(self, marked):
		calendar = make_service_calendar()
		first = calendar.version
		calendar.reload()
		calendar.append("windows", {"day": "Saturday", "from_time": "09:00:00", "to_time": "12:00:00"})
		calendar.save()
		assert calendars.current_version(calendar.name) != first
		assert sorted(versions_of(calendar.name)) == sorted({first, calendar.version})
		assert marked == [calendar.name]
		# what was computed with the old one can be computed again
		saturday = instants.to_utc("2026-01-10 09:00:00")
		assert calendars.working_time(first).between(saturday, saturday + HOUR) == 0
		assert calendars.working_time(calendar.version).between(saturday, saturday + HOUR) == HOUR

	def test_back_to_what_it_was_is_the_old_version_again(self, marked):
		calendar = make_service_calendar(holiday_list=make_holiday_list("2026-01-05").name)
		first = calendar.version
		holiday_list = calendar.holiday_list
		for value in (None, holiday_list):
			calendar.reload()
			calendar.holiday_list = value
			calendar.save()
		assert calendar.version == first and len(versions_of(calendar.name)) == 2

	def test_a_stored_version_is_the_calendar(self):
		used = make_service_calendar(windows=DAY_AND_NIGHT)
		calendar = make_service_calendar(
			holiday_list=make_holiday_list("2026-01-05", "2026-10-01").name,
			breaks=[{"day": "Every Day", "from_time": "12:00:00", "to_time": "13:00:00"}],
			changes=[
				{"from_date": "2026-03-01", "to_date": "2026-03-05", "use_calendar": used.name},
				{"from_date": "2026-04-01", "to_date": "2026-04-01", "reason": "Move"},
			],
		)
		stored = calendars.working_time(calendar.version).calendar
		assert stored.holidays == ((date(2026, 1, 5), "Day off"), (date(2026, 10, 1), "Day off"))
		assert [change.week is None for change in stored.changes] == [False, True]
		assert calendar_content.dump(stored) == calendar_content.dump(calendar_of(calendar))
		assert calendar_content.load(calendar_content.dump(stored)) == stored

	def test_a_compiled_version_is_kept(self, clean_transaction):
		version = make_service_calendar().version
		assert calendars.working_time(version) is calendars.working_time(version)

	def test_a_missing_version_is_named(self):
		with pytest.raises(calendars.CalendarVersionMissingError, match="nowhere"):
			calendars.working_time("nowhere")

	def test_a_changed_holiday_list_reaches_its_calendars(self, marked):
		holiday_list = make_holiday_list("2026-01-05")
		calendar, other = make_service_calendar(holiday_list=holiday_list.name), make_service_calendar()
		holiday_list.append("holidays", {"holiday_date": "2026-01-06", "description": "Epiphany"})
		holiday_list.save()
		assert marked == [calendar.name]
		now = calendars.working_time(calendars.current_version(calendar.name))
		assert now.add(instants.to_utc("2026-01-05 08:00:00"), HOUR) == instants.to_utc("2026-01-07 10:00:00")
		assert calendars.current_version(other.name) == other.version

	def test_a_changed_calendar_reaches_those_that_use_its_windows(self, marked):
		used = make_service_calendar(windows=DAY_AND_NIGHT)
		change = {"from_date": "2026-01-10", "to_date": "2026-01-11", "use_calendar": used.name}
		calendar = make_service_calendar(changes=[change])
		used.reload()
		used.windows = used.windows[:6]  # not on Sunday any more
		used.save()
		assert marked == [used.name, calendar.name]
		now = calendars.working_time(calendars.current_version(calendar.name))
		start = instants.to_utc("2026-01-10 00:00:00")
		assert now.between(start, start + 48 * HOUR) == 24 * HOUR

	def test_what_was_changed_past_the_form_is_found_by_the_daily_run(self, marked):
		calendar = make_service_calendar()
		frappe.db.set_value("Service Calendar", calendar.name, "time_zone", "Asia/Kathmandu")
		calendars.publish_changed()
		assert calendar.name in marked
		assert (
			calendars.working_time(calendars.current_version(calendar.name)).calendar.zone == "Asia/Kathmandu"
		)


class TestNames:
	def test_renamed_it_goes_on(self, marked):
		calendar = make_service_calendar()
		first = calendar.version
		new = f"Renamed {frappe.generate_hash(length=6)}"
		frappe.rename_doc("Service Calendar", calendar.name, new)
		now = calendars.working_time(calendars.current_version(new))
		assert now.calendar.name == new and now.calendar.week == calendars.working_time(first).calendar.week
		frappe.get_doc("Service Calendar", new).save()
		frappe.delete_doc("Service Calendar", new)
		assert versions_of(new) == [] == versions_of(calendar.name)

	def test_two_equal_calendars_have_their_own_versions(self):
		assert make_service_calendar().version != make_service_calendar().version


class TestDeleting:
	def test_an_unused_one_goes_with_its_versions(self):
		calendar = make_service_calendar()
		frappe.delete_doc("Service Calendar", calendar.name)
		assert not frappe.db.exists("Service Calendar", calendar.name)
		assert versions_of(calendar.name) == []

	def test_one_used_by_another_calendar_stays(self):
		used = make_service_calendar(windows=DAY_AND_NIGHT)
		make_service_calendar(
			changes=[{"from_date": "2026-01-10", "to_date": "2026-01-11", "use_calendar": used.name}]
		)
		with pytest.raises(frappe.LinkExistsError):
			frappe.delete_doc("Service Calendar", used.name)

	def test_one_by_which_a_promise_was_computed_stays(self):
		calendar = make_service_calendar()
		clock = frappe.new_doc("Service Clock")
		clock.update({"name": frappe.generate_hash(), "calendar": calendar.name})
		clock.db_insert()
		with pytest.raises(CalendarInUseError, match="Disable"):
			frappe.delete_doc("Service Calendar", calendar.name)
