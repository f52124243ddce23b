"""Service calendars and their versions.

A calendar is edited; a promise is computed from a **version**: the whole calendar (windows, breaks, holidays, changes
with the windows of the calendars they use) as text, named by its content and never changed. So a due date can be
computed again for ever, and a worker may keep a compiled version as long as it lives.

This module is the one writer of Service Calendar Version.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.words import N_
from support_service.foundation import batches, ledger
from support_service.foundation.postponed import Backlog
from support_service.service_level.calendar import content as calendar_content
from support_service.service_level.calendar.source import calendar_of
from support_service.service_level.calendar.working_time import WorkingTime

CALENDAR = "Service Calendar"
VERSION = "Service Calendar Version"
NEW_VERSION = "new_version"  # event of a Service Calendar
TO_PUBLISH = Backlog(N_("Write the version of a calendar"), CALENDAR)
KEPT = 512  # compiled versions per process


class CalendarVersionMissingError(frappe.ValidationError):
	"""A promise names a version of a calendar that is not stored."""


def current_version(calendar: str) -> str:
	"""The version that holds for promises made now."""
	version = frappe.get_cached_value(CALENDAR, calendar, "version")
	return version or publish(frappe.get_doc(CALENDAR, calendar))


@lru_cache(maxsize=KEPT)
def working_time(version: str) -> WorkingTime:
	"""The arithmetic of a version, kept by the process. Versions are named by content, so sites may share it."""
	content = frappe.db.get_value(VERSION, version, "content")
	if content is None:
		frappe.throw(
			_("Version {0} of a service calendar is missing. Save the calendar again to write it.").format(
				version
			),
			CalendarVersionMissingError,
		)
	return WorkingTime(calendar_content.load(content))


def publish(doc: Document) -> str:
	"""Write the version a stored calendar now has, if there is none yet, and name it in the calendar.

	Where the version is another one than before, promises that still run are computed again. Returns its name.
	"""
	content = calendar_content.dump(calendar_of(doc))
	version = calendar_content.version_name(content)
	if doc.get("version") == version:
		return version
	_write(version, doc.name, content)
	before = doc.get("version")
	doc.db_set("version", version, update_modified=False)  # an open form stays saveable
	if before:
		doc.run_method(NEW_VERSION)  # whoever counts by the calendar listens (hooks.py)
	return version


def publish_users_of(calendar: str) -> None:
	"""Calendars whose temporary changes use the windows of this one."""
	rows = frappe.get_all(
		"Service Calendar Change",
		filters={"use_calendar": calendar, "parenttype": CALENDAR, "parent": ["!=", calendar]},
		pluck="parent",
	)
	_publish_all(rows)


def on_update_holiday_list(doc: Document, method: str | None = None) -> None:
	"""A Holiday List was saved: the calendars that follow it have new versions."""
	_publish_all(frappe.get_all(CALENDAR, filters={"holiday_list": doc.name}, pluck="name"))


def publish_changed() -> None:
	"""Daily: what was changed without a save (an import by SQL, a patch) is found too. Commits after each calendar."""
	batches.one_by_one(
		frappe.get_all(CALENDAR, pluck="name", order_by="name"),
		lock=partial(batches.lock_name, CALENDAR),
		work=lambda name: publish(frappe.get_doc(CALENDAR, name)),
		backlog=TO_PUBLISH,
	)


def delete_versions(calendar: str) -> None:
	"""Of a calendar that is being deleted and by which no promise was made."""
	used = frappe.get_all(CALENDAR, filters={"name": ["!=", calendar]}, pluck="version")
	filters: dict[str, Any] = {"calendar": calendar}
	if used := [version for version in used if version]:
		filters["name"] = ["not in", used]
	# past the ledger's refusal: nothing was ever computed from these rows
	frappe.db.delete(VERSION, filters)


def _publish_all(calendars: list[str]) -> None:
	for calendar in sorted(set(calendars)):
		publish(frappe.get_doc(CALENDAR, calendar))


def _write(version: str, calendar: str, content: str) -> None:
	if frappe.db.exists(VERSION, version):
		return
	row = frappe.get_doc({"doctype": VERSION, "name": version, "calendar": calendar, "content": content})
	# somebody may just have written the same one
	ledger.append(row, ignore_if_duplicate=True, set_name=version)
