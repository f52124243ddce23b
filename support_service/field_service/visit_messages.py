"""What the customer is written about a visit: planned, changed, cancelled, engineer on the way, arrived, over.

Each fact is written once: its key names the visit and the fact, so a save, a repeat or a second click writes nothing anew. A
row of the outbox is part of the transaction that makes the fact true. A message that nobody has read yet and that is not true
any more is replaced, so that whoever wakes up after quiet hours reads the present plan only.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import frappe
from babel.dates import format_date, format_time
from frappe import _
from frappe.utils import add_to_date, get_datetime, now_datetime
from frappe.utils.html_utils import sanitize_html
from markupsafe import Markup

from support_service.field_service import message_events as events
from support_service.foundation import instants, locks, zones
from support_service.foundation.language import of_site
from support_service.foundation.posting import Posting
from support_service.foundation.savepoints import attempt
from support_service.support_service.lifecycle import FINAL_STATES
from support_service.support_service.messaging import messages, notify

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit

MESSAGE, CASE, SETTINGS = "Service Message", "Service Request", "Support Service Settings"
TIMES, WHERE = ("planned_start", "planned_end"), ("engineer", "site_address", "visit_type")
# what was entered later than this is told by the report, not by a message that says "now"
NOW = 60  # minutes
WAY_IS_OF_USE = 60  # minutes after the expected arrival
LONGEST_WAY = 240  # minutes, where nobody said when they will be there


def follow(visit: EngineerVisit) -> None:
	"""After a save of a visit that is not submitted: write what is new for the customer."""
	if not visit.docstatus.is_draft() or not _is_told():
		return
	if visit.arrived_at:
		work = _arrived if visit.has_value_changed("arrived_at") else None
	elif visit.departed_at:
		changed = visit.has_value_changed("departed_at") or visit.has_value_changed("expected_at")
		work = _on_the_way if changed else None
	else:
		work = _plan
	if work:
		_beside(visit, work)


def tell_done(visit: EngineerVisit, posting: Posting) -> None:
	"""A step of submitting: the visit is over. A request that it has solved says so itself, and asks whether that is so."""
	if not _is_told() or visit.amended_from or visit.outcome == "Solved":
		return
	work_done = Markup(sanitize_html(visit.work_done or "", always_sanitize=True))
	if not (visit.left_at and _is_recent(visit.left_at, 24 * 60)):
		return  # an old visit, entered afterwards

	def write(visit: EngineerVisit) -> None:
		_tell(visit, events.DONE, "done", {"work_done": work_done, "outcome": visit.outcome})

	_beside(visit, write)


def tell_cancelled(visit: EngineerVisit) -> None:
	"""A planned visit is deleted: who was told of it is told that it does not take place."""
	if not visit.docstatus.is_draft() or visit.arrived_at or not _is_told():
		return
	_beside(visit, _cancelled)


def _plan(visit: EngineerVisit) -> None:
	if not instants.lies_ahead(visit.planned_end) or visit.amended_from:
		return
	plan = _fingerprint(visit)
	told = _told(visit)
	if told and told[0].status != messages.SKIPPED and told[0].message_key.endswith(f"|{plan}"):
		return
	read = _withdraw_unread(told)
	if read and read.endswith(f"|{plan}"):
		return  # changed, and back again before anybody read of the change
	event = events.CHANGED if read else events.PLANNED
	_tell(visit, event, f"plan|{len(told) + 1}|{plan}", valid_until=visit.planned_end)


def _fingerprint(visit: EngineerVisit) -> str:
	"""What is the same as long as the plan is, to the minute: a form gives times without their fractions."""
	times = (f"{get_datetime(visit.get(name)):%Y-%m-%d %H:%M}" for name in TIMES)
	plan = "|".join((*times, *(visit.get(name) or "" for name in WHERE)))
	return hashlib.sha256(plan.encode()).hexdigest()[:12]


def _cancelled(visit: EngineerVisit) -> None:
	if _withdraw_unread(_told(visit)):
		_tell(visit, events.CANCELLED, "cancelled", valid_until=visit.planned_end)


def _on_the_way(visit: EngineerVisit) -> None:
	if visit.visit_type != "On Site" or not _is_recent(visit.departed_at, LONGEST_WAY):
		return
	moment = get_datetime(visit.expected_at or visit.departed_at)
	of_use = add_to_date(moment, minutes=WAY_IS_OF_USE if visit.expected_at else LONGEST_WAY)
	key = f"way|{moment:%Y-%m-%d %H:%M}"
	_tell(visit, events.ON_THE_WAY, key, at_any_hour=True, valid_until=of_use)


def _arrived(visit: EngineerVisit) -> None:
	if _is_recent(visit.arrived_at, NOW):
		of_use = add_to_date(visit.arrived_at, minutes=NOW)
		_tell(visit, events.ARRIVED, "arrived", at_any_hour=True, valid_until=of_use)


def _tell(
	visit: EngineerVisit, event: str, fact: str, values: dict[str, Any] | None = None, **when: Any
) -> None:
	case = frappe.get_doc(CASE, visit.service_request)
	if case.status in FINAL_STATES or case.imported:
		return
	language = messages.language_of(case)
	message = messages.tell(
		case,
		event,
		{**_values(visit, language), **(values or {})},
		key=f"{_key(visit)}{fact}",
		language=language,
		**when,
	)
	if message:
		notify.enqueue()


def _values(visit: EngineerVisit, language: str) -> dict[str, Any]:
	locale = zones.locale_of(language)
	start, end = get_datetime(visit.planned_start), get_datetime(visit.planned_end)
	until = _clock(end, locale)
	if end.date() != start.date():
		until = f"{format_date(end, 'medium', locale=locale)} {until}"
	day, begin = format_date(start, "full", locale=locale), _clock(start, locale)
	return {
		"visit": visit.name,
		"visit_day": day,
		"visit_from": begin,
		"visit_to": until,
		"visit_time": f"{day} {begin} – {until}",
		"visit_type": _(visit.visit_type, language),
		"engineer": visit.engineer_name or visit.engineer,
		"site": visit.site_address_display,
		"expected_at": _expected(visit, locale),
		"outcome": _(visit.outcome, language) if visit.outcome else None,
	}


def _expected(visit: EngineerVisit, locale: Any) -> str:
	"""When the engineer should be there: as they said, else within the planned time."""
	expected = visit.expected_at or visit.planned_start
	return _clock(get_datetime(expected), locale)


def _clock(moment: datetime, locale: Any) -> str:
	"""The time of day; with plain spaces, as a narrow one makes a text message cost twice."""
	return " ".join(format_time(moment, "short", locale=locale).split())


def _key(visit: EngineerVisit) -> str:
	"""What the keys of a visit's messages begin with; the number of a deleted visit is given again, its creation is not."""
	return f"visit|{visit.name}|{get_datetime(visit.creation):%y%m%d%H%M%S%f}|"


def _told(visit: EngineerVisit) -> list[Any]:
	"""What was written of the plan of the visit, newest first."""
	return frappe.get_all(
		MESSAGE,
		{"message_key": ("like", f"{_key(visit)}plan|%")},
		["name", "status", "message_key"],
		order_by="creation desc, message_key desc",
	)


def _withdraw_unread(told: list[Any]) -> str | None:
	"""Skip what has not left yet of these; returns the key of the newest that the customer has read, or will read."""
	read: str | None = None
	for row in told:
		# a sweep may be sending it at this moment
		status = locks.get_value(MESSAGE, row.name, "status")
		if status == "Queued":
			replaced = {"status": messages.SKIPPED, "error": _("Replaced by a newer message.", of_site())}
			frappe.db.set_value(MESSAGE, row.name, replaced, update_modified=False)
		elif status != messages.SKIPPED:
			read = read or row.message_key
	return read


def _is_told() -> bool:
	return bool(frappe.get_cached_doc(SETTINGS).tell_customer_on_moves)


def _is_recent(moment: datetime | str, minutes: int) -> bool:
	return get_datetime(moment) > add_to_date(now_datetime(), minutes=-minutes)


def _beside(visit: EngineerVisit, write: Any) -> None:
	"""A visit is never refused because of a message."""

	def failed(error: Exception) -> None:
		frappe.log_error(
			f"Message about visit {visit.name} failed",
			reference_doctype=visit.doctype,
			reference_name=visit.name,
		)

	attempt(lambda: write(visit), failed, savepoint="visit_message")
