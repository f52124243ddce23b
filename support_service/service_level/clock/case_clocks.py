"""Some locked clocks while something happens to them, written in a few statements at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import frappe

from support_service.foundation import instants
from support_service.service_level.calendar.working_time import PromiseOutOfReachError
from support_service.service_level.clock import derive, store
from support_service.service_level.clock.rules import OPEN_STATES, Event, History, State, fold
from support_service.service_level.policy.terms import Terms

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Happening:
	"""Something that happened to a case at `at` (UTC seconds).

	names: see kinds.py. began: the status of a wait that began. ended_wait: a wait ended, by `ended_by` if the case
	itself did not go on.
	reference: (DocType, name) of the document that caused it.
	"""

	at: int
	names: tuple[str, ...] = ()
	began: str = ""
	ended_wait: bool = False
	ended_by: str = ""
	reason: str | None = None
	reference: tuple[str, str] | None = None

	@property
	def matters(self) -> bool:
		return bool(self.names or self.began or self.ended_wait)


class CaseClocks:
	"""Clocks the caller has locked, their ledger, and what is to be written of both.

	strict: a promise its calendar can never meet is an error, not a clock without a due date.
	"""

	def __init__(self, rows: list[Row], *, strict: bool = False):
		self.rows, self.strict = rows, strict
		self.now = instants.now()
		self._stored = {row["name"]: row.copy() for row in rows}
		self.ledger = store.entries_of([row["name"] for row in rows])
		self.new: set[str] = set()
		self.changed: dict[str, Row] = {}
		self.new_entries: dict[str, list[Row]] = defaultdict(list)
		self._new_promises: set[str] = set()

	def open_new(self, row: Row) -> None:
		"""Take up a clock that is not stored yet; its first ledger row follows."""
		self.rows.append(row)
		self.new.add(row["name"])
		self.ledger[row["name"]] = []

	def append(
		self, row: Row, event: Event, happening: Happening, *, cause: str = "", until: int | None = None
	) -> None:
		"""One more ledger row of `row`."""
		reference_doctype, reference_name = happening.reference or (None, None)
		entry = store.entry(
			row,
			event,
			happening.at,
			cause=cause or None,
			until=until,
			reason=happening.reason,
			reference_doctype=reference_doctype,
			reference_name=reference_name,
			old_due=row.get("due_at"),
			old_due_utc=row.get("due_utc"),
		)
		if event == Event.REOPENED:
			self._new_promises.add(row["name"])  # it may have been corrected while it stood still
		self.ledger[row["name"]].append(entry)
		self.new_entries[row["name"]].append(entry)
		self.changed[row["name"]] = row

	def change_promise(self, row: Row, terms: Terms, reason: str | None) -> None:
		"""Put `row` under other terms; the promise before stays in its ledger."""
		row.update(derive.terms_columns(terms))
		self.correct(row, Event.PROMISE_CHANGED, Happening(self.now, reason=reason))

	def correct(self, row: Row, event: Event, happening: Happening, *, until: int | None = None) -> None:
		"""A ledger row that makes another promise of the clock."""
		row["promise_no"] += 1
		self._new_promises.add(row["name"])
		self.append(row, event, happening, until=until)

	def history(self, row: Row) -> History:
		"""The moments of a clock, whatever pauses it."""
		return fold(map(derive.entry_of, self.ledger[row["name"]]), ())

	def reading(self, row: Row, at: int) -> derive.Reading:
		return derive.read(row, self.ledger[row["name"]], at)

	def write(self, *, silent: bool = False) -> None:
		"""Derive what changed and store it. silent: escalation steps reached already are not carried out."""
		for row in list(self.changed.values()):
			self._derive(row, silent)
		store.insert_clocks([row for row in self.rows if row["name"] in self.new])
		self._update()
		store.insert_entries([entry for entries in self.new_entries.values() for entry in entries])

	def _update(self) -> None:
		"""Write the columns that differ from what was read for at least one clock."""
		changed = [row for name, row in self.changed.items() if name not in self.new]
		fields = [
			name
			for name in (*store.CHANGING, "modified")
			if any(row[name] != self._stored[row["name"]][name] for row in changed)
		]
		if fields:
			store.update_clocks(changed, fields)

	def _derive(self, row: Row, silent: bool) -> None:
		"""Put on `row` what its ledger says now, and the promise as it is now on the ledger rows just added."""
		try:
			row.update(self._columns(row, silent))
		except PromiseOutOfReachError:
			if self.strict:
				raise
			self._give_up(row)
		for entry in self.new_entries[row["name"]]:
			entry["new_due"] = row["due_at"]

	def _columns(self, row: Row, silent: bool) -> Row:
		before = taken = derive.steps_taken(row)
		reading = self.reading(row, self.now)
		reached = {step.key for _, step in reading.reached}
		if row["name"] in self._new_promises and reading.history.is_open:
			# a step whose moment lies ahead again will be taken again; one that has passed will not
			taken &= reached
		if silent:
			taken |= reached
		if taken != before:
			row["steps_taken"] = frappe.as_json(sorted(taken), indent=None)
			reading = self.reading(row, self.now)
		return derive.columns(reading, taken)

	def _give_up(self, row: Row) -> None:
		"""A calendar was closed for ever: the case goes on all the same, without this promise, and the Error Log says so."""
		frappe.log_error(f"{row['name']}: the calendar {row['calendar']} can never meet this promise")
		row.setdefault("due_at", None)
		if row["name"] in self.new:
			self.rows.remove(row)
			self.new.discard(row["name"])
			del self.changed[row["name"]], self.new_entries[row["name"]][:]
		else:
			row.update({"due_at": None, "due_utc": None, "next_utc": None, **self._without_due(row)})

	def _without_due(self, row: Row) -> Row:
		"""Whether a clock that can never be due still runs: it stops all the same, and is never late."""
		history = self.history(row)
		if history.is_open:
			state = row["state"] if row["state"] in OPEN_STATES else State.RUNNING
		else:
			state = State.NOT_NEEDED if history.not_needed else State.MET
		return {
			"state": str(state),
			"stopped_at": instants.from_utc(history.stopped),
			"stopped_utc": instants.utc_column(history.stopped),
		}


def rows_of(rows: Iterable[Row], kind: str) -> list[Row]:
	"""Clocks of one kind, oldest round first."""
	return [row for row in rows if row["kind"] == kind]
