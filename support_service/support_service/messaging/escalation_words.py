"""The sentence of an escalation step: which promise, due when or late since when, in the reader's language."""

from __future__ import annotations

from frappe import _
from frappe.model.document import Document
from frappe.utils import format_datetime

from support_service.foundation import instants, zones

MINUTE, HOUR, DAY = 60, 3600, 86400


def sentence(clock: Document, language: str, zone: str) -> str:
	"""What `clock` says now, by the clock of the time zone `zone`."""
	kind, due = _(clock.kind, language), instants.of_utc_column(clock.due_utc)
	if due is None:
		return _("{0}: no due date while the clock is paused.", language).format(kind)
	left = due - instants.now()
	if left > 0:
		return _("{0} is due at {1}, in {2}.", language).format(
			kind, due_of(clock, language, zone), duration(left, language)
		)
	return _("{0} is overdue: promised for {1}, {2} late.", language).format(
		kind, due_of(clock, language, zone), duration(-left, language)
	)


def due_of(clock: Document, language: str, zone: str) -> str:
	"""The promised moment by the clock of `zone`, which is named; in the site's format."""
	due = instants.of_utc_column(clock.due_utc)
	return "" if due is None else zones.named(format_datetime(zones.on_wall(due, zone)), zone, language)


def duration(seconds: int, language: str) -> str:
	"""Time on the wall in its two largest units, whole minutes."""
	days, rest = divmod(seconds, DAY)
	hours, rest = divmod(rest, HOUR)
	if days:
		return _("{0} d {1} h", language).format(days, hours)
	if hours:
		return _("{0} h {1} min", language).format(hours, rest // MINUTE)
	return _("{0} min", language).format(rest // MINUTE)
