"""Why a clock says what it says, in the reader's language: a sentence for its promise, a line for every ledger row.

Everything is computed from the clock's ledger with the version of the calendar stored on the clock, so it is as true
after a change of calendar or policy as it was before. Times are those of the calendar's own zone, which is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

import frappe
from frappe import _

from support_service.foundation import instants
from support_service.foundation.language import speaking
from support_service.service_level.calendar import calendars
from support_service.service_level.calendar.working_time import PromiseOutOfReachError
from support_service.service_level.clock import (
	derive,
	explanation_sentence,
	explanation_words,
	ledger_words,
	store,
)
from support_service.service_level.clock.explanation_rules import Explanation, explained
from support_service.service_level.clock.rules import Event
from support_service.service_level.policy.terms import Terms

CORRECTIONS = (Event.START_CORRECTED, Event.STOP_CORRECTED, Event.PAUSE_ADDED)


class Line(TypedDict):
	"""A ledger row as people read it. `at`: site time; `by`: who recorded it, empty for the app itself."""

	at: datetime
	text: str
	reason: str
	by: str


def explain(clock: Any, *, language: str | None = None, now: int | None = None) -> str:
	"""One or more sentences, without the last full stop: how the promise of `clock` came about and how it stands.

	clock: a row of Service Clock (dict or document) the caller may read. language: that of the request unless given.
	now: UTC seconds.
	"""
	rows = _ledger(clock)
	moment = instants.now() if now is None else now
	with speaking(language):
		try:
			found = _facts(clock, rows, moment)
		except PromiseOutOfReachError:
			return _("The calendar {0} is not open long enough within ten years to keep this promise").format(
				clock.get("calendar")
			)
		parts = [
			explanation_sentence.promise(found, moment),
			*explanation_sentence.standing(found, moment, _last_reason(rows)),
		]
		if clock.get("origin") and clock.get("origin") != clock.get("request"):
			parts.append(explanation_sentence.joined(clock.get("origin"), clock.get("request")))
		return explanation_words.sentences(
			[part for part in (*parts, *_changes(found, rows, moment)) if part]
		)


def facts(clock: Any, *, now: int | None = None) -> Explanation:
	"""What `explain` says, as data. Raises PromiseOutOfReachError where the calendar cannot keep the promise."""
	return _facts(clock, _ledger(clock), instants.now() if now is None else now)


def history(clock: Any, *, language: str | None = None) -> list[Line]:
	"""The ledger of `clock`, oldest row first."""
	rows = _ledger(clock)
	names = _names({row.recorded_by for row in rows if row.recorded_by})
	pauses_for = derive.terms_of(clock).pauses_for
	with speaking(language):
		return [
			{
				"at": row.creation if row.event in (*CORRECTIONS, Event.PROMISE_CHANGED) else row.at,
				"text": ledger_words.text(row, pauses_for),
				"reason": row.reason or "",
				"by": names.get(row.recorded_by, ""),
			}
			for row in rows
		]


def _facts(clock: Any, rows: Sequence[Any], now: int) -> Explanation:
	terms: Terms = derive.terms_of(clock)
	work = calendars.working_time(terms.calendar_version)
	return explained(terms, [derive.entry_of(row) for row in rows], work, now)


def _ledger(clock: Any) -> list[Any]:
	return frappe.get_all(store.ENTRY, filters={"clock": clock.get("name")}, fields=["*"], order_by="no asc")


def _last_reason(rows: Sequence[Any]) -> str:
	"""The reason somebody gave for the last stop."""
	stops = [row.reason for row in rows if row.event in (Event.NOT_NEEDED, Event.STOPPED)]
	return stops[-1] or "" if stops else ""


def _changes(found: Explanation, rows: Sequence[Any], now: int) -> list[str]:
	"""What happened to the promise itself: the latest of each kind."""
	latest = {row.event: row for row in rows}
	corrected = [row for row in rows if row.event in CORRECTIONS]
	said = []
	if row := latest.get(Event.REOPENED):
		said.append(explanation_sentence.reopened(found, instants.of_utc_column(row.at_utc) or 0, now))
	if corrected:
		said.append(explanation_sentence.corrected(corrected[-1].reason))
	if row := latest.get(Event.PROMISE_CHANGED):
		old_due = instants.kept(row.old_due, row.old_due_utc) if row.old_due else None
		changed = instants.of_utc_column(row.at_utc) or instants.to_utc(row.creation)
		said.append(explanation_sentence.changed(found, changed, old_due, row.reason, now))
	return said


def _names(users: set[str]) -> dict[str, str]:
	"""Full names; nothing for the app itself, which works as Administrator."""
	users -= {"Administrator", "Guest"}
	if not users:
		return {}
	found = frappe.get_all("User", {"name": ["in", sorted(users)]}, ["name", "full_name"], as_list=True)
	return dict(found)
