"""The slow, obvious clock: asks of every minute whether it counts, by reading the whole ledger again for it.

Independent of clock_rules.py: nothing is folded, merged, clipped or searched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from support_service.service_level.clock.rules import Entry, Event, State
from support_service.service_level.policy.terms import Terms
from tests.rules.slow_calendar import MINUTE, SlowCalendar

STOPS = (Event.STOPPED, Event.NOT_NEEDED, Event.STOP_CORRECTED)
STARTS = (Event.STARTED, Event.START_CORRECTED)


class SlowClock:
	"""One ledger judged by one policy and one calendar."""

	def __init__(
		self, ledger: Sequence[Entry], terms: Terms, calendar: SlowCalendar, now: int, horizon: int
	) -> None:
		"""`horizon`: how far it looks for a moment that is reached."""
		self.ledger, self.terms, self.calendar = ledger, terms, calendar
		self.started = [entry.at for entry in ledger if entry.event in STARTS][-1]
		turns = [entry for entry in ledger if entry.event in (*STOPS, Event.REOPENED)]
		self.last_stop = turns[-1] if turns and turns[-1].event in STOPS else None
		self.pauses = [excuse for excuse in self._excuses() if excuse[0] < excuse[1]]
		self.paused_since = self._present_pause()
		self.now = now
		self.horizon = max(self.started + horizon, now)
		self.counting = list(self._counting(self.horizon))

	@property
	def stopped(self) -> int | None:
		return max(self.last_stop.at, self.started) if self.last_stop else None

	def _present_pause(self) -> int | None:
		"""The present pause: a wait nothing has ended yet."""
		for place, entry in enumerate(self.ledger):
			pausing = entry.event == Event.WAIT_BEGAN and entry.cause in self.terms.pauses_for
			if pausing and self.last_stop is None and self._end_of_wait(place) is None:
				return max(entry.at, self.started)
		return None

	@property
	def used(self) -> int:
		until = self.now if self.stopped is None else self.stopped
		if self.paused_since is not None:
			until = min(until, self.paused_since)
		return sum(min(seconds, until - moment) for moment, seconds in self.counting if moment < until)

	def reach(self, seconds: int) -> int | None:
		"""When so much is used; None if never before the horizon, or not while the present pause lasts."""
		for moment, counted in self.counting:
			if self.paused_since is not None and moment >= self.paused_since:
				return None
			if counted >= seconds:
				return moment + seconds
			seconds -= counted
		return None

	@property
	def state(self) -> State:
		if self.last_stop and self.last_stop.event == Event.NOT_NEEDED:
			return State.NOT_NEEDED
		due = self.reach(self.terms.target)
		if self.stopped is not None:
			return State.MISSED if due is not None and due < self.stopped else State.MET
		if due is not None and due <= self.now:
			return State.OVERDUE
		if self.paused_since is not None:
			return State.PAUSED
		warned = self.terms.warn_at and 100 * self.used >= self.terms.target * self.terms.warn_at[0]
		return State.WARNING if warned else State.RUNNING

	def _counting(self, end: int) -> Iterator[tuple[int, int]]:
		"""(from, seconds) of what counts, in steps that end with every minute and every excuse."""
		edges = {self.started, end, *(edge for excuse in self.pauses for edge in excuse)}
		edges |= {edge for edge in (self.paused_since, self.stopped, self.now) if edge is not None}
		edges |= set(range(self.started - self.started % MINUTE, end, MINUTE))
		ordered = sorted(edge for edge in edges if self.started <= edge <= end)
		for begin, finish in pairwise(ordered):
			excused = any(first <= begin < last for first, last in self.pauses)
			if not excused and self.calendar.is_open(begin):
				yield begin, finish - begin

	def _excuses(self) -> Iterable[tuple[int, int]]:
		"""Every stretch that does not count, as the ledger's rows tell it one by one; they may overlap."""
		for place, entry in enumerate(self.ledger):
			if entry.event == Event.PAUSE_ADDED and entry.until:
				yield self._in_life(entry.at, entry.until)
			elif entry.event == Event.WAIT_BEGAN and entry.cause in self.terms.pauses_for:
				end = self._end_of_wait(place)
				if end is not None:
					yield self._in_life(entry.at, end)
			elif entry.event == Event.REOPENED:
				stops = self._stops_before(place)
				if stops:
					yield self._in_life(stops[-1].at, entry.at)

	def _in_life(self, begin: int, end: int) -> tuple[int, int]:
		"""What lies after the final stop is nobody's pause."""
		return (begin, end if self.stopped is None else min(end, self.stopped))

	def _stops_before(self, place: int) -> list[Entry]:
		"""The stops since the last reopening before this row."""
		found: list[Entry] = []
		for entry in self.ledger[:place]:
			if entry.event == Event.REOPENED:
				found = []
			elif entry.event in STOPS:
				found.append(entry)
		return found

	def _end_of_wait(self, place: int) -> int | None:
		"""A wait ends with the next wait, its end, the reopening after a stop (then: at the stop), or the final stop."""
		for later in range(place + 1, len(self.ledger)):
			entry = self.ledger[later]
			if entry.event in (Event.WAIT_BEGAN, Event.WAIT_ENDED):
				return entry.at
			if entry.event == Event.REOPENED and self._stops_before(later):
				return self._stops_before(later)[-1].at
		return self.last_stop.at if self.last_stop else None
