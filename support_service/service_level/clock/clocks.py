"""What happens to a case happens to its clocks: they start, stop, pause, are excused and taken up again.

The case passes what happened; the kinds of clocks (kinds.py) say what that does to which clock. Nothing here
commits: clocks change in the transaction of whatever changed the case, whose row the caller has locked. The sweep
(sweep.py) adds what time alone brings about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import frappe
from frappe.utils import getdate

from support_service.foundation import instants, locks
from support_service.service_level.calendar.working_time import PromiseOutOfReachError
from support_service.service_level.clock import derive, registry, store, summary
from support_service.service_level.clock.case_clocks import CaseClocks, Happening, Row, rows_of
from support_service.service_level.clock.kinds import (
	ARRIVED,
	CANCELLED,
	PLAN_DELIVERED,
	REOPENED,
	RESOLVED,
	RESPONDED,
	RESTORED,
	ClockKind,
)
from support_service.service_level.clock.rules import OPEN_STATES, Event, History, State
from support_service.service_level.policy import policies
from support_service.service_level.policy.terms import Terms

START_ANEW = "Start Anew"
STOPS = (Event.STOPPED, Event.STOP_CORRECTED)
ENDINGS = (RESOLVED, CANCELLED)
# what is done for a customer is done for both of two cases that turn out to be one
DONE = (RESPONDED, ARRIVED, PLAN_DELIVERED, RESTORED)
# what a case lends its clocks as long as they are its own promise
OF_PROMISE = ("priority", "agreed_calendar")

# what happened so far to the case of this name, oldest first
Past = Callable[[str], Sequence[Happening]]


def begin(case: Any, facts: Mapping[str, Any], happened: Sequence[Happening], *, silent: bool = False) -> Row:
	"""Choose the policy of a case without clocks and start them; returns the case's columns that changed.

	facts: see policies.choose; `agreed_calendar`: that of a contract, see policies.terms; `policies_stamp`: see
	policies.stored. happened: what happened so far, `created` first. silent: escalation steps reached already are not carried
	out.
	"""
	known = policies.stored(facts.get("policies_stamp"))
	policy = policies.choose(facts, _day_of(case), among=known)
	if not policy:
		return {}
	agreed = {"service_level_policy": policy, "agreed_calendar": facts.get("agreed_calendar")}
	case_clocks = _PromisedClocks(case, policy, agreed["agreed_calendar"], [], known=known)
	for happening in happened:
		case_clocks.take(happening)
	return {**agreed, **case_clocks.close(silent=silent)}


def follow(case: Any, happening: Happening) -> Row:
	"""Let the clocks of a case follow what happened; returns the case's columns that changed."""
	if not _has_clocks(case):
		return {}
	case_clocks = _stored_clocks(case)
	case_clocks.take(happening)
	return case_clocks.close()


def reconsider(
	case: Any, facts: Mapping[str, Any], reason: str, past: Callable[[], Sequence[Happening]]
) -> Row:
	"""Compute open clocks again after the case has changed: another policy may hold, or another priority.

	Waits and moments stay; the promise before stays in the ledger with `reason`. past: what happened so far, for a clock
	only the new policy knows.
	"""
	known = policies.stored(facts.get("policies_stamp"))
	policy = policies.choose(facts, _day_of(case), among=known)
	if not policy:
		return refresh(case)
	agreed = {"service_level_policy": policy, "agreed_calendar": facts.get("agreed_calendar")}
	rows = store.clocks_of([case.name])
	case_clocks = _PromisedClocks(case, policy, agreed["agreed_calendar"], rows, known=known)
	case_clocks.apply_terms(reason, past)
	return {**agreed, **case_clocks.close()}


def withdraw(case: Any, reference: tuple[str, str], past: Past) -> Row:
	"""The document `reference` does not say any more what it said, a visit was cancelled, say: what it stopped goes on.

	past: what happened so far to a case whose promises these are, without that document.
	"""
	if not _has_clocks(case):
		return {}
	case_clocks = _stored_clocks(case)
	case_clocks.withdraw(reference, past)
	return case_clocks.close()


def join(
	case: Any, merged: Collection[str], own: Sequence[Happening], theirs: Sequence[Happening], waits: str
) -> Row:
	"""The promises of `merged` go on with `case`: each keeps its start, its terms and its pauses; returns the case's columns.

	merged: the case and those that were merged into it before; their clocks name `case` already. own, theirs: what happened so
	far to `case` and to these: what was done for one has been done for the other. waits: the status in which `case` waits now,
	or nothing.
	"""
	case_clocks = _stored_clocks(case)
	case_clocks.share(merged, own, theirs)
	case_clocks.align(waits)
	return case_clocks.close()


def part(case: Any, references: Collection[tuple[str, str]], past: Past, waits: str, reopened: bool) -> Row:
	"""Case and merged one go their own ways again, whose clocks name `case` alone by now; returns the case's columns.

	references: documents of the other, from before the merge: what they stopped goes on. waits: as for `join`. reopened: it is
	open, whatever became of the other.
	"""
	case_clocks = _stored_clocks(case)
	for reference in sorted(references):
		case_clocks.withdraw(reference, past)
	if reopened:
		case_clocks.take(Happening(case_clocks.now, (REOPENED,)))
	case_clocks.align(waits)
	return case_clocks.close()


def note_origin(request: str) -> None:
	"""Write on the clocks of `request` whose promise they are, before they go on with another case."""
	clock = frappe.qb.DocType(store.CLOCK)
	query = frappe.qb.update(clock).set(clock.origin, clock.request)
	query.where((clock.request == request) & (clock.origin.isnull() | (clock.origin == ""))).run()


def refresh(case: Any) -> Row:
	"""The case's columns from its stored clocks, which a save of the case may have written older values over."""
	case_clocks = _stored_clocks(case)
	return case_clocks.close() if case_clocks.rows else {}


def correct(clock: str, event: Event, at: int, reason: str, *, until: int | None = None) -> Row:
	"""Append a correction by hand and compute the clock again; returns the case's columns that changed.

	event: START_CORRECTED, STOP_CORRECTED, PAUSE_ADDED or NOT_NEEDED. until: end of an added pause.
	Raises PromiseOutOfReachError.
	"""
	request = frappe.db.get_value(store.CLOCK, clock, "request")
	case = locks.get_doc(store.CASE, request)  # as it is now, not as our snapshot shows it
	case_clocks = _stored_clocks(case, strict=True)
	row = next(row for row in case_clocks.rows if row["name"] == clock)
	case_clocks.correct(row, event, Happening(at=at, reason=reason), until=until)
	changed = case_clocks.close()
	store.update_cases({request: changed})
	return changed


class _PromisedClocks(CaseClocks):
	"""All clocks of one case, those of cases that were merged into it among them.

	calendar: the one its contract agrees on. known: the policies, where they were read just now.
	"""

	def __init__(
		self,
		case: Any,
		policy: str,
		calendar: str | None,
		rows: list[Row],
		*,
		strict: bool = False,
		known: policies.PolicySet | None = None,
	):
		super().__init__(rows, strict=strict)
		self.case, self.policy, self.calendar, self.known = case, policy, calendar, known
		self._terms: dict[str, Terms] | None = None
		# whose promises are looked at: a merged case has at most one open clock of each kind, as this one
		self._whose: str = case.name

	@property
	def terms(self) -> dict[str, Terms]:
		"""What the policy promises this case, by kind of clock."""
		if self._terms is None and not self.policy:
			self._terms = {}  # a merged case has brought all its promises
		if self._terms is None:
			promised = policies.terms(self.policy, self.case.priority, self.calendar, among=self.known)
			self._terms = {terms.kind: terms for terms in promised}
		return self._terms

	def take(self, happening: Happening) -> None:
		"""Let every kind of clock follow `happening`."""
		known = registry.registered()
		for whose in self.origins():
			with self._promises_of(whose):
				for kind in known.values():
					self._take(kind, happening)
		if ending := next((name for name in happening.names if name in ENDINGS), ""):
			self._end_unknown(known, ending, happening)

	def origins(self) -> list[str]:
		"""The cases whose promises these are, this one first."""
		others = {_origin(row) for row in self.rows} - {self.case.name}
		return [self.case.name, *sorted(others)]

	@contextmanager
	def _promises_of(self, whose: str) -> Iterator[None]:
		self._whose = whose
		try:
			yield
		finally:
			self._whose = self.case.name

	def share(self, merged: Collection[str], own: Sequence[Happening], theirs: Sequence[Happening]) -> None:
		"""What was done for the one stops the open clocks of the other, at its moment or where the promise began."""
		for whose in self.origins():
			done = own if whose in merged else theirs
			with self._promises_of(whose):
				for kind in registry.registered().values():
					row = self._latest(kind)
					stop = next((one for one in done if _is_done(kind, one)), None) if row else None
					if row and stop and self.history(row).is_open:
						at = max(stop.at, self.history(row).started)
						name = next(name for name in stop.names if name in kind.stops)
						self.append(row, Event.STOPPED, replace(stop, at=at), cause=name)

	def align(self, waits: str) -> None:
		"""All open clocks wait as the case does."""
		for row in self.rows:
			history = self.history(row)
			if not history.is_open:
				continue
			if history.waits and not waits:
				self.append(row, Event.WAIT_ENDED, Happening(self.now))
			elif waits and self._waits_for(row) != waits:
				self.append(row, Event.WAIT_BEGAN, Happening(self.now), cause=waits)

	def _waits_for(self, row: Row) -> str:
		if not self.history(row).waits:
			return ""
		began = [one["cause"] for one in self.ledger[row["name"]] if one["event"] == Event.WAIT_BEGAN]
		return began[-1] if began else ""

	def _end_unknown(self, known: Collection[str], ending: str, happening: Happening) -> None:
		"""No app knows any more what stops these clocks: they end with the case instead of escalating for ever."""
		for row in self.rows:
			if row["kind"] not in known and self.history(row).is_open:
				self.append(row, Event.NOT_NEEDED, happening, cause=ending)

	def apply_terms(self, reason: str, past: Callable[[], Sequence[Happening]]) -> None:
		"""Bring open clocks under the policy's terms for the case as it is now."""
		happened: Sequence[Happening] | None = None
		for kind in registry.registered().values():
			terms, row = self.terms.get(kind.name), self._latest(kind)
			if row is None and terms:
				happened = past() if happened is None else happened
				for happening in happened:
					self._take(kind, happening)
			elif row and row["state"] in OPEN_STATES and not terms:
				self._excuse(row, "policy", Happening(self.now, reason=reason))
			elif row and row["state"] in OPEN_STATES and terms and terms != derive.terms_of(row):
				self.change_promise(row, terms, reason)

	def close(self, *, silent: bool = False) -> Row:
		"""Store everything; returns the case's columns that follow from its clocks."""
		self._mirror_case()
		self.write(silent=silent)
		return summary.of_clocks(self.rows)

	def _mirror_case(self) -> None:
		"""Lists of clocks show the case's engineer, team and so on without a join."""
		lent = self._lent()
		for row in self.rows:
			mine = _origin(row) == self.case.name
			mirror = {name: value for name, value in lent.items() if mine or name not in OF_PROMISE}
			if any(row[name] != value for name, value in mirror.items()):
				row.update(mirror)
				self.changed.setdefault(row["name"], row)

	def _take(self, kind: ClockKind, happening: Happening) -> None:
		"""What `happening` does to the latest clock of `kind`: a wait ends, moments come, a wait begins."""
		row = self._latest(kind)
		if row and happening.ended_wait and self._waits(row):
			self.append(row, Event.WAIT_ENDED, happening, cause=happening.ended_by)
		for name in happening.names:
			row = self._latest(kind)
			history = self.history(row) if row else None
			effect = kind.effect(
				name,
				exists=history is not None,
				is_open=history is not None and history.is_open,
				stop_cause=_stop_cause(kind, history) if history else "",
			)
			if effect:
				self._apply(kind, row, effect, name, happening)
			elif row and history and not history.is_open and name in kind.stops:
				self._reported_late(row, history, name, happening)
		row = self._latest(kind)
		if row and happening.began and self.history(row).is_open:
			self.append(row, Event.WAIT_BEGAN, happening, cause=happening.began)

	def _waits(self, row: Row) -> bool:
		"""A wait may have ended before work is taken up again: its customer has answered."""
		history = self.history(row)
		return history.is_open and history.waits

	def _apply(
		self, kind: ClockKind, row: Row | None, effect: Event, name: str, happening: Happening
	) -> None:
		if row is None or effect == Event.STARTED or (effect == Event.REOPENED and self._starts_anew()):
			self._start(kind, happening, name)
		elif effect == Event.NOT_NEEDED:
			self._excuse(row, name, happening)
		else:
			self.append(row, effect, happening, cause="" if effect == Event.REOPENED else name)
			if effect == Event.REOPENED:
				self._renew(kind, row, happening)

	def _excuse(self, row: Row, cause: str, happening: Happening) -> None:
		"""What was promised is not needed any more; what was not done in time does not become unnecessary afterwards."""
		event = Event.STOPPED if self._is_overdue(row, happening.at) else Event.NOT_NEEDED
		self.append(row, event, happening, cause=cause)

	def withdraw(self, reference: tuple[str, str], past: Past) -> None:
		"""Let clocks go on that `reference` had stopped, with what has happened since its moment."""
		for whose in self.origins():
			with self._promises_of(whose):
				self._withdraw(reference, past)

	def _withdraw(self, reference: tuple[str, str], past: Past) -> None:
		for kind in registry.registered().values():
			row = self._latest(kind)
			stop = self._last_stop(row) if row and not self.history(row).is_open else None
			if not row or not stop or (stop["reference_doctype"], stop["reference_name"]) != reference:
				continue
			moment = instants.of_utc_column(stop["at_utc"]) or 0
			self.append(row, Event.STOP_WITHDRAWN, Happening(self.now, reference=reference))
			for happening in past(self._whose):
				if happening.at > moment and happening.reference != reference:
					self._take(kind, happening)

	def _renew(self, kind: ClockKind, row: Row, happening: Happening) -> None:
		"""A clock that stood still was not computed again when its case, policy or calendar changed; now it is."""
		terms = self.terms.get(kind.name) if self._whose == self.case.name else None
		if terms and terms != derive.terms_of(row):
			self.change_promise(row, terms, happening.reason)

	def _is_overdue(self, row: Row, at: int) -> bool:
		try:
			return self.reading(row, at).state == State.OVERDUE
		except PromiseOutOfReachError:
			return False  # what can never be due is never late

	def _reported_late(self, row: Row, history: History, name: str, happening: Happening) -> None:
		"""Something that stops a clock is reported after the clock has ended."""
		if history.not_needed and happening.at <= (history.stopped or 0):
			# it had been done before anybody excused it
			self.append(row, Event.STOPPED, happening, cause=name)
		else:
			self._correct_stop(row, happening)

	def _correct_stop(self, row: Row, happening: Happening) -> None:
		"""The document that stopped a clock says another moment now: an arrival typed wrongly, say."""
		stop = self._last_stop(row)
		if not stop or not happening.reference:
			return
		same_document = (stop["reference_doctype"], stop["reference_name"]) == happening.reference
		if same_document and instants.of_utc_column(stop["at_utc"]) != happening.at:
			self.correct(row, Event.STOP_CORRECTED, happening)

	def _last_stop(self, row: Row) -> Row | None:
		return next((one for one in reversed(self.ledger[row["name"]]) if one["event"] in STOPS), None)

	def _start(self, kind: ClockKind, happening: Happening, cause: str) -> None:
		terms = self.terms.get(kind.name) if self._whose == self.case.name else None
		if terms is None:
			return  # a merged case gets no new promises: those of its whole are this case's
		latest = self._latest(kind)
		number = latest["round"] + 1 if latest else 1
		row: Row = {
			"name": f"{self.case.name}-{kind.code}" + (f"-{number}" if number > 1 else ""),
			"request": self.case.name,
			"origin": self.case.name,
			"round": number,
			"promise_no": 1,
			"entries": 0,
			"stale": 0,
			"stale_reason": None,
			"steps_taken": "[]",
			**derive.terms_columns(terms),
			**self._lent(),
		}
		self.open_new(row)
		self.append(row, Event.STARTED, happening, cause=cause)

	def _lent(self) -> Row:
		"""The columns a clock has from its case."""
		return {**{name: self.case.get(name) for name in store.FROM_CASE}, "agreed_calendar": self.calendar}

	def _latest(self, kind: ClockKind) -> Row | None:
		found = [row for row in rows_of(self.rows, kind.name) if _origin(row) == self._whose]
		return found[-1] if found else None

	def _starts_anew(self) -> bool:
		if not self.policy:
			return False
		return frappe.get_cached_value("Service Level Policy", self.policy, "on_reopen") == START_ANEW


def _has_clocks(case: Any) -> bool:
	return bool(case.service_level_policy or case.get("merges"))


def _origin(row: Row) -> str:
	"""The case whose promise a clock is: another than its own where that was merged."""
	return row.get("origin") or row["request"]


def _is_done(kind: ClockKind, happening: Happening) -> bool:
	"""Whether `happening` is something done for the customer that stops clocks of `kind`; that a case is over is not."""
	return any(name in kind.stops and name in DONE for name in happening.names)


def _stored_clocks(case: Any, *, strict: bool = False) -> _PromisedClocks:
	"""The clocks of a case under the policy and the calendar it has."""
	rows = store.clocks_of([case.name])
	return _PromisedClocks(case, case.service_level_policy, case.agreed_calendar, rows, strict=strict)


def _day_of(case: Any) -> date:
	"""A promise is that of the day the case was raised, however long it takes."""
	return getdate(case.raised_on or case.creation)


def _stop_cause(kind: ClockKind, history: History) -> str:
	"""What stopped a clock; where a correction by hand did, and only a solution can stop it, that is what was meant."""
	if not history.stop_cause and not history.not_needed and kind.stops == (RESOLVED,):
		return RESOLVED
	return history.stop_cause
