"""When a customer would like us to come: windows of time they propose on a case, shown to whoever plans the visit."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.utils.html_utils import sanitize_html

from support_service.customer_portal import messages, words
from support_service.foundation import instants, zones

MOST_WINDOWS = 3
DAYS_AHEAD = 180
Window = tuple[int, int]  # instants


class WishedTimeError(frappe.ValidationError):
	"""A wished time cannot be understood, or lies in the past."""


def may_wish(case: Any) -> bool:
	"""Whether a visit may still be planned for `case`."""
	return case.status not in ("Resolved", "Closed", "Cancelled")


def windows_of(rows: list[tuple[str, str, str]]) -> list[Window]:
	"""(day, from, to) as a form sends them, by the clock of the session's user; rows without a day are left out.

	Raises WishedTimeError.
	"""
	zone = ZoneInfo(zones.of_user(frappe.session.user))
	found = [_window(day, start, end, zone) for day, start, end in rows if day.strip()]
	if not found:
		frappe.throw(_("Please choose at least one day."), WishedTimeError)
	return sorted(set(found))


def wish(case: Any, windows: list[Window], note: str, key: str) -> str:
	"""Put the windows on `case`, which the caller has checked to be the customer's, in place of those wished before.

	They stand on the case by the site's clock, and as a message, which notifies whoever works on the case, or the lead.
	"""
	note = note.strip()[:500]
	said = [words.window(start, end) for start, end in windows]  # type: ignore[arg-type]
	text = "\n".join([_("I would like a visit at one of these times:"), *said, *([note] if note else [])])
	message = messages.add(case, text, key)
	# stored past the document's own save, which would take markup out that runs
	shown = "\n".join([*map(_by_site_clock, windows), *([sanitize_html(note)] if note else [])])
	# a customer has no write permission on the case; `modified` stays, so that an open form can still be saved
	frappe.db.set_value(case.doctype, case.name, "wished_times", shown, update_modified=False)
	return message


def _window(day: str, start: str, end: str, zone: ZoneInfo) -> Window:
	try:
		on = date.fromisoformat(day.strip())
		first, last = (
			_moment(on, clock, zone) for clock in (start.strip() or "08:00", end.strip() or "18:00")
		)
	except ValueError:
		frappe.throw(_("Please choose day and times again."), WishedTimeError)
	if last <= first:
		frappe.throw(_("A time must end after it begins."), WishedTimeError)
	now = instants.now()
	if last <= now or first > now + timedelta(days=DAYS_AHEAD).total_seconds():
		frappe.throw(
			_("Please choose times from now on, within the next {0} days.").format(DAYS_AHEAD),
			WishedTimeError,
		)
	return first, last


def _moment(day: date, clock: str, zone: ZoneInfo) -> int:
	return int(datetime.combine(day, time.fromisoformat(clock), zone).timestamp())


def _by_site_clock(window: Window) -> str:
	"""Readable in every language: `2026-12-01 09:00 – 12:00`."""
	first, last = (instants.from_utc(instant) for instant in window)
	ends = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"  # type: ignore[union-attr]
	return f"{first:%Y-%m-%d %H:%M} – {ends}"
