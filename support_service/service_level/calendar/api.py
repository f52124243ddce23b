"""Whitelisted functions of the calendar form: time zones, preview, "Try it".

They take the calendar as it stands in the form. Somebody who may only read gets the stored one; what is not stored is
looked at only for those who may store it.
"""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_service.foundation import instants
from support_service.service_level.calendar import preview as calendar_preview
from support_service.service_level.calendar.durations import SECONDS_PER_UNIT, WORKING_DAYS
from support_service.service_level.calendar.source import calendar_of
from support_service.service_level.calendar.wall_clock import zone_names
from support_service.service_level.calendar.working_time import Calendar, PromiseOutOfReachError

CALENDAR = "Service Calendar"
DAYS_SHOWN = 14
DAYS_EXPLAINED = 62  # of a longer promise the first and last days say enough


@frappe.whitelist()
def time_zones() -> list[str]:
	"""The time zones to choose from."""
	frappe.has_permission(CALENDAR, "read", throw=True)
	return list(zone_names())


@frappe.whitelist()
def preview(calendar: str | None = None, doc: str | dict[str, Any] | None = None) -> dict[str, Any]:
	"""The next two weeks of a stored calendar, or of the one in the form: {"zone", "days"}; or {"error"}."""
	try:
		shown = _calendar(calendar, doc)
	except frappe.ValidationError as error:
		frappe.clear_messages()  # half a calendar is no mistake yet; the form shows the sentence in its place
		return {"error": str(error)}
	return {
		"zone": shown.zone,
		"days": calendar_preview.next_days(shown, DAYS_SHOWN, instants.now()),
	}


@frappe.whitelist()
def try_promise(
	start: str,
	target: float,
	unit: str,
	calendar: str | None = None,
	doc: str | dict[str, Any] | None = None,
) -> dict[str, Any]:
	"""When a promise of `target` units made at `start` (site time) would be due, with the days it takes."""
	tried = _calendar(calendar, doc)
	if unit != WORKING_DAYS and unit not in SECONDS_PER_UNIT:
		frappe.throw(_("{0} is no unit of a target.").format(frappe.utils.escape_html(unit)))
	if flt(target) <= 0:
		frappe.throw(_("Please enter a target greater than zero."))
	try:
		found = calendar_preview.promise(tried, instants.to_utc(start), flt(target), unit)
	except PromiseOutOfReachError:
		frappe.throw(_("In ten years this calendar is not open long enough for that. Add windows."))
	days = found["days"]
	if len(days) > DAYS_EXPLAINED:
		half = DAYS_EXPLAINED // 2
		found["days"] = [*days[:half], *days[-half:]]
	return {**found, "zone": tried.zone, "left_out": len(days) - len(found["days"])}


def _calendar(name: str | None, doc: str | dict[str, Any] | None) -> Calendar:
	if doc:
		return calendar_of(_unsaved(frappe.parse_json(doc)))
	stored = frappe.get_doc(CALENDAR, name)
	stored.check_permission("read")
	return calendar_of(stored)


def _unsaved(values: dict[str, Any]) -> Document:
	"""The calendar in the form, checked as if it were saved, for those who may save it."""
	name = values.get("name")
	stored = frappe.get_doc(CALENDAR, name) if name and frappe.db.exists(CALENDAR, name) else None
	if stored:
		stored.check_permission("write")
	else:
		frappe.has_permission(CALENDAR, "create", throw=True)
	doc = frappe.get_doc({**values, "doctype": CALENDAR})
	_check_links(doc, stored)
	doc.windows = [row for row in doc.windows if row.day and row.from_time and row.to_time]
	doc.breaks = [row for row in doc.breaks if row.day and row.from_time and row.to_time]
	doc.changes = [row for row in doc.changes if row.from_date and row.to_date]
	doc.before_validate()
	doc.check()
	return doc


def _check_links(doc: Document, stored: Document | None) -> None:
	"""Names in the form lead only to records that its reader may know."""
	if doc.holiday_list and not (stored and stored.holiday_list == doc.holiday_list):
		frappe.has_permission("Holiday List", "select", doc=doc.holiday_list, throw=True)
	for used in {row.use_calendar for row in doc.changes if row.use_calendar}:
		frappe.has_permission(CALENDAR, "read", doc=used, throw=True)
