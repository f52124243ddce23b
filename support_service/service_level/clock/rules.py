"""What a clock says, derived from its ledger: when it is due, how much is used, met or missed. Frappe-free.

Instants are UTC seconds since the epoch; durations are seconds of the clock's own calendar, waits that pause taken out.
`WorkingTime` (working_time.py) does the calendar's arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from support_service.service_level.calendar.working_time import PromiseOutOfReachError
from support_service.service_level.policy.terms import Terms

Span = tuple[int, int]

WAITS = ("Waiting for Customer", "Waiting for Parts", "Waiting for Vendor")
KEY_LENGTH = 140  # of the column that keeps a step's key
PERCENT_USED, HOURS_AFTER_DUE = "Percent Used", "Hours after Due"


class Event(StrEnum):
	"""Rows of the ledger; values are the options of `Service Clock Entry.event`."""

	STARTED = "Started"
	WAIT_BEGAN = "Wait Began"
	WAIT_ENDED = "Wait Ended"
	STOPPED = "Stopped"
	REOPENED = "Reopened"
	STOP_WITHDRAWN = "Stop Withdrawn"
	NOT_NEEDED = "Not Needed"
	PROMISE_CHANGED = "Promise Changed"
	START_CORRECTED = "Start Corrected"
	STOP_CORRECTED = "Stop Corrected"
	PAUSE_ADDED = "Pause Added"
	ESCALATED = "Escalated"


class State(StrEnum):
	"""Values of `Service Clock.state`."""

	RUNNING = "Running"
	WARNING = "Warning"
	OVERDUE = "Overdue"
	PAUSED = "Paused"
	MET = "Met"
	MISSED = "Missed"
	NOT_NEEDED = "Not Needed"


OPEN_STATES = (State.RUNNING, State.WARNING, State.OVERDUE, State.PAUSED)


class Calendar(Protocol):
	"""What is asked of a WorkingTime."""

	def add(self, start: int, seconds: int, pauses: Sequence[Span] = ()) -> int: ...

	def between(self, start: int, end: int, pauses: Sequence[Span] = ()) -> int: ...


@dataclass(frozen=True, slots=True)
class Entry:
	"""One ledger row. cause: the wait's status, or what stopped the clock. until: end of an added pause."""

	event: str
	at: int
	cause: str = ""
	until: int | None = None


@dataclass(frozen=True, slots=True)
class History:
	"""A clock's life so far. pauses: ended ones that count, disjoint and sorted. paused_since: of one that has not ended.
	waits: a wait has not ended, whether or not it pauses."""

	started: int
	pauses: tuple[Span, ...] = ()
	paused_since: int | None = None
	pause_cause: str = ""
	stopped: int | None = None
	stop_cause: str = ""
	not_needed: bool = False
	waits: bool = False

	@property
	def is_open(self) -> bool:
		return self.stopped is None


@dataclass(frozen=True, slots=True)
class Step:
	"""One escalation step: at a point of the clock, notify somebody or do something.

	known_as: the key it was given when somebody made it; empty for one that has none yet. robot: of the chat that is written to.
	"""

	point: str
	value: float
	whom: str
	action: str
	role: str = ""
	known_as: str = ""
	robot: str = ""

	@property
	def key(self) -> str:
		"""Steps that say the same have the same key, in whichever row of whichever policy, and keep it for good.

		A role that is renamed later is still the one that was notified, so a stored key is not made again.
		"""
		return self.known_as or self.new_key

	@property
	def new_key(self) -> str:
		"""The key of a step that is new to the site."""
		parts = (self.point, f"{self.value:g}", self.whom, self.role, self.action, self.robot)
		key = "|".join(part for part in parts if part)
		if len(key) <= KEY_LENGTH:
			return key
		return f"{key[: KEY_LENGTH - 17]}|{sha256(key.encode()).hexdigest()[:16]}"

	def seconds(self, target: int) -> int:
		"""How much of the calendar is used when it is reached."""
		if self.point == PERCENT_USED:
			return share(target, self.value)
		return target + round(self.value * 3600)


@dataclass(slots=True)
class _Folding:
	started: int = 0
	spans: list[Span] = field(default_factory=list)
	wait: Entry | None = None
	stopped: int | None = None
	stop_cause: str = ""
	not_needed: bool = False

	def end_wait(self, at: int, pauses_for: Iterable[str]) -> None:
		if self.wait and self.wait.cause in pauses_for:
			self.spans.append((self.wait.at, at))
		self.wait = None

	def stop(self, entry: Entry) -> None:
		self.stopped, self.stop_cause = entry.at, entry.cause or self.stop_cause
		self.not_needed = entry.event == Event.NOT_NEEDED


def fold(entries: Iterable[Entry], pauses_for: Sequence[str]) -> History:
	"""The history of a clock with the ledger rows `entries` (in the order they were written), where waits in `pauses_for` pause.

	Every wait is in the ledger, whether it paused or not: another policy may judge it otherwise. A stop ends a wait
	for this clock; the time between a stop and a reopening does not count.
	"""
	life = _Folding()
	for entry in entries:
		_take(life, entry, pauses_for)
	open_wait = life.wait if life.stopped is None else None
	if life.wait and life.stopped is not None:
		life.end_wait(life.stopped, pauses_for)
	paused = open_wait is not None and open_wait.cause in pauses_for
	return History(
		started=life.started,
		pauses=_clipped(life.spans, life.started, life.stopped),
		paused_since=max(open_wait.at, life.started) if paused and open_wait else None,
		pause_cause=open_wait.cause if paused and open_wait else "",
		stopped=None if life.stopped is None else max(life.stopped, life.started),
		stop_cause=life.stop_cause if life.stopped is not None else "",
		not_needed=life.not_needed,
		waits=open_wait is not None,
	)


def _take(life: _Folding, entry: Entry, pauses_for: Sequence[str]) -> None:
	match entry.event:
		case Event.STARTED | Event.START_CORRECTED:
			life.started = entry.at
		case Event.WAIT_BEGAN:
			life.end_wait(entry.at, pauses_for)
			life.wait = entry
		case Event.WAIT_ENDED:
			life.end_wait(entry.at, pauses_for)
		case Event.STOPPED | Event.NOT_NEEDED | Event.STOP_CORRECTED:
			life.stop(entry)
		case Event.REOPENED:
			if life.stopped is not None:
				life.end_wait(life.stopped, pauses_for)
				life.spans.append((life.stopped, entry.at))
			life.stopped, life.stop_cause, life.not_needed = None, "", False
		case Event.STOP_WITHDRAWN:
			life.stopped, life.stop_cause, life.not_needed = None, "", False
		case Event.PAUSE_ADDED:
			life.spans.append((entry.at, entry.until if entry.until is not None else entry.at))


def _clipped(spans: Iterable[Span], started: int, stopped: int | None) -> tuple[Span, ...]:
	"""Disjoint, sorted, inside the clock's life."""
	merged: list[Span] = []
	for start, end in sorted(spans):
		start = max(start, started)
		if stopped is not None:
			end = min(end, stopped)
		if end <= start:
			continue
		if merged and start <= merged[-1][1]:
			merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
		else:
			merged.append((start, end))
	return tuple(merged)


def reach(history: History, calendar: Calendar, seconds: int) -> int | None:
	"""When `seconds` are used; None if a pause that has not ended stands in the way."""
	moment = calendar.add(history.started, seconds, history.pauses)
	if history.paused_since is not None and moment > history.paused_since:
		return None
	return moment


def due(history: History, calendar: Calendar, target: int) -> int | None:
	"""The promised moment: the first at which `target` is used. None while paused: it moves."""
	return reach(history, calendar, target)


def used(history: History, calendar: Calendar, now: int) -> int:
	"""Seconds of the target used at `now`, or at the stop, or when the present pause began."""
	until = now if history.stopped is None else history.stopped
	if history.paused_since is not None:
		until = min(until, history.paused_since)
	return calendar.between(history.started, until, history.pauses) if until > history.started else 0


def state(history: History, calendar: Calendar, terms: Terms, now: int) -> State:
	"""Where the clock stands at `now`. Stopping in the very second it is due keeps the promise."""
	if history.not_needed:
		return State.NOT_NEEDED
	promised = due(history, calendar, terms.target)
	if history.stopped is not None:
		return State.MET if promised is None or history.stopped <= promised else State.MISSED
	if promised is not None and now >= promised:
		return State.OVERDUE
	if history.paused_since is not None:
		return State.PAUSED
	first_warning = reach(history, calendar, share(terms.target, terms.warn_at[0])) if terms.warn_at else None
	return State.WARNING if first_warning is not None and now >= first_warning else State.RUNNING


def moments(
	history: History, calendar: Calendar, target: int, steps: Iterable[Step]
) -> list[tuple[int, Step]]:
	"""When each step is reached, earliest first; steps a present pause holds back are left out.

	So is a step long after the due time that the calendar does not reach in ten years: the promise itself stands.
	"""
	found = ((_reach_step(history, calendar, step.seconds(target)), step) for step in steps)
	return sorted(
		((moment, step) for moment, step in found if moment is not None),
		key=lambda pair: (pair[0], pair[1].key),
	)


def _reach_step(history: History, calendar: Calendar, seconds: int) -> int | None:
	try:
		return reach(history, calendar, seconds)
	except PromiseOutOfReachError:
		return None


def next_look(
	history: History,
	calendar: Calendar,
	terms: Terms,
	steps: Iterable[Step],
	taken: Iterable[str],
	now: int,
	reached: Sequence[tuple[int, Step]] | None = None,
) -> int | None:
	"""When the sweep has to look again: the next change of state, or the first step not taken (maybe past already).

	None when nothing will happen by itself: stopped, or paused with every step before the pause taken. reached: the `moments`
	of the steps, where they are known.
	"""
	if not history.is_open:
		return None
	if reached is None:
		reached = moments(history, calendar, terms.target, steps)
	done = frozenset(taken)
	ahead = [reach(history, calendar, share(terms.target, percent)) for percent in (*terms.warn_at[:1], 100)]
	looks = [moment for moment in ahead if moment is not None and moment > now]
	looks += [moment for moment, step in reached if step.key not in done]
	return min(looks, default=None)


def share(target: int, percent: float) -> int:
	"""`percent` of `target` in whole seconds, rounded up: a warning never comes before its share is used."""
	return -int(-target * percent // 100)
