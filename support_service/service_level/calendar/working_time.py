"""Counting working time: when is a calendar open, how much of it lies between two moments, when is a promise due.

Frappe-free. Moments are UTC epoch seconds (int). A calendar is written in the clock on the wall of its own time zone:
it is **open at a moment exactly when that clock reads a time inside a window and inside no break**. So an hour that the
clock reads twice counts twice, and an hour that it skips never happens; no arithmetic is done on local times.

A window or break belongs to the day on which it begins and may go on past midnight. Whether that day is a holiday or
lies in a temporary change decides for the whole window. Windows that touch or overlap are one: a calendar that is open
round the clock loses no second. Breaks are those of the week that holds on the day the break begins; on a closed day
they still cut a window that goes on from the day before.

How it is fast: the open intervals of about a year at a time are compiled when first needed, with their running totals.
Each question is then a few binary searches, whether the promise is an hour or a year away.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from support_service.service_level.calendar.wall_clock import DAY, SPAN, offsets
from support_service.service_level.calendar.week import Interval, Week, Window, cut, merged

__all__ = ["Calendar", "Change", "Day", "PromiseOutOfReachError", "Week", "Window", "WorkingTime"]

EPOCH = date(1970, 1, 1)
HORIZON = 10 * SPAN  # ten years

# the windows and the breaks that begin on each weekday, as (start, end)
Plan = tuple[list[list[Interval]], list[list[Interval]]]


class PromiseOutOfReachError(ValueError):
	"""The calendar does not open long enough within ten years to keep the promise. `calendar` is its name."""

	def __init__(self, calendar: str) -> None:
		super().__init__(
			f"Calendar {calendar!r} is not open long enough within ten years to keep this promise."
		)
		self.calendar = calendar


@dataclass(frozen=True, slots=True)
class Change:
	"""From `first` to `last` (both included) the windows of `week` hold, or none. `name` is the calendar used."""

	first: date
	last: date
	week: Week | None
	works_on_holidays: bool = False
	name: str = ""
	reason: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
	"""`zone` is an IANA name; of several changes that fit a day the last one holds."""

	zone: str
	week: Week
	holidays: tuple[tuple[date, str], ...] = ()
	changes: tuple[Change, ...] = ()
	name: str = ""


@dataclass(frozen=True, slots=True)
class Day:
	"""A local day of an explanation: `seconds` counted; `note` is "", "holiday", "closed" or "change"."""

	date: date
	seconds: int
	note: str = ""
	label: str = ""


# first and last day, the change, and what it puts in place of the week; None where it closes
_PlannedChange = tuple[int, int, Change, Plan | None]


class _Span:
	"""The open intervals of one span of UTC time with their running total."""

	__slots__ = ("ends", "starts", "total", "totals")

	def __init__(self, intervals: Sequence[Interval]) -> None:
		self.starts = [start for start, _ in intervals]
		self.ends = [end for _, end in intervals]
		self.totals = [0]  # totals[i]: open seconds before interval i
		for start, end in intervals:
			self.totals.append(self.totals[-1] + end - start)
		self.total = self.totals[-1]

	def before(self, moment: int) -> int:
		"""Open seconds from the start of the span to `moment`."""
		at = bisect_right(self.starts, moment) - 1
		if at < 0:
			return 0
		return self.totals[at] + min(moment, self.ends[at]) - self.starts[at]

	def reach(self, seconds: int) -> int:
		"""The earliest moment before which `seconds` (1 to the total) were open."""
		at = bisect_left(self.totals, seconds)
		return self.ends[at - 1] - (self.totals[at] - seconds)


class WorkingTime:
	"""Answers for one calendar. Make it once and keep it: what it compiled stays in it."""

	def __init__(self, calendar: Calendar) -> None:
		self.calendar = calendar
		self._holidays = {_day(on): label for on, label in calendar.holidays}
		self._plan_of_week = _plan(calendar.week)
		self._changes = [
			(_day(c.first), _day(c.last), c, _plan(c.week) if c.week else None)
			for c in reversed(calendar.changes)
		]
		self._spans: dict[int, _Span] = {}

	def add(self, start: int, seconds: int, pauses: Sequence[Interval] = ()) -> int:
		"""The earliest moment t >= start with `between(start, t, pauses) >= seconds`.

		Raises PromiseOutOfReachError where there is none within ten years.
		"""
		if seconds <= 0:
			return start
		limit = start + HORIZON
		position = start
		for pause_from, pause_to in merged(sorted(pauses)) if pauses else ():
			if pause_to <= position:
				continue
			if pause_from > limit:
				break
			if pause_from > position:
				open_before = self._open(position, pause_from)
				if open_before >= seconds:
					break
				seconds -= open_before
			position = pause_to
		return self._reach(position, seconds, limit)

	def between(self, start: int, end: int, pauses: Sequence[Interval] = ()) -> int:
		"""Open seconds of [start, end) outside the pauses, which may come in any order and overlap."""
		if end <= start:
			return 0
		counted = self._open(start, end)
		for pause_from, pause_to in merged(sorted(pauses)) if pauses else ():
			if pause_from < end and pause_to > start:
				counted -= self._open(max(pause_from, start), min(pause_to, end))
		return counted

	def is_open(self, moment: int) -> bool:
		"""Whether the second that begins at `moment` counts."""
		return self._open(moment, moment + 1) == 1

	def intervals(self, start: int, end: int) -> Iterator[Interval]:
		"""The open intervals of [start, end), in order; no two of them touch."""
		held: Interval | None = None
		for index in range(start // SPAN, (end - 1) // SPAN + 1) if start < end else ():
			span = self._span(index)
			for at in range(bisect_right(span.ends, start), bisect_left(span.starts, end)):
				opens, closes = max(span.starts[at], start), min(span.ends[at], end)
				if held and held[1] == opens:
					held = (held[0], closes)
					continue
				if held:
					yield held
				held = (opens, closes)
		if held:
			yield held

	def days(self, start: int, end: int) -> list[Day]:
		"""The local days the clock shows in [start, end), each with what was counted on it and why not more."""
		counted: dict[int, int] = {}
		for low, high, offset in self._stretches(start, end):
			for day in range((low + offset) // DAY, (high - 1 + offset) // DAY + 1):
				midnight = day * DAY - offset
				seconds = self._open(max(low, midnight), min(high, midnight + DAY))
				counted[day] = counted.get(day, 0) + seconds
		return [
			Day(EPOCH + timedelta(day), seconds, *self._note(day)) for day, seconds in sorted(counted.items())
		]

	def _open(self, start: int, end: int) -> int:
		first, last = start // SPAN, end // SPAN
		if first == last:
			span = self._span(first)
			return span.before(end) - span.before(start)
		opened = self._span(first)
		counted = opened.total - opened.before(start) + self._span(last).before(end)
		return counted + sum(self._span(index).total for index in range(first + 1, last))

	def _reach(self, position: int, seconds: int, limit: int) -> int:
		index, last = position // SPAN, limit // SPAN
		known = self._spans
		if index <= last:
			seconds += (known.get(index) or self._span(index)).before(position)
		while index <= last:
			span = known.get(index) or self._span(index)
			if span.total >= seconds:
				due = span.reach(seconds)
				if due <= limit:
					return due
				break
			seconds -= span.total
			index += 1
		raise PromiseOutOfReachError(self.calendar.name)

	def _span(self, index: int) -> _Span:
		try:
			return self._spans[index]
		except KeyError:
			span = self._spans[index] = self._compile(index)
			return span

	def _compile(self, index: int) -> _Span:
		"""Where the clock's difference to UTC is constant, open hours on the wall are shifted to UTC as they are."""
		start, end = index * SPAN, (index + 1) * SPAN
		found: list[Interval] = []
		for low, high, offset in self._stretches(start, end):
			for opens, closes in self._on_the_wall(low + offset, high + offset):
				found.append((max(opens - offset, low), min(closes - offset, high)))
		return _Span(merged(found))

	def _stretches(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
		"""[start, end) cut into stretches (from, to, offset) in which local time is UTC plus `offset` seconds."""
		for index in range(start // SPAN, (end - 1) // SPAN + 1) if start < end else ():
			for low, high, offset in offsets(self.calendar.zone, index):
				if low < end and high > start:
					yield max(low, start), min(high, end), offset

	def _on_the_wall(self, start: int, end: int) -> list[Interval]:
		"""The open intervals that overlap [start, end), all in seconds of the wall clock since 1970-01-01 00:00."""
		first, last = start // DAY - 1, (end - 1) // DAY
		changes = [change for change in self._changes if change[0] <= last and change[1] >= first]
		windows: list[Interval] = []
		breaks: list[Interval] = []
		for day in range(first, last + 1):
			(of_windows, of_breaks), works = self._holds(day, changes)
			midnight, weekday = day * DAY, (day + 3) % 7  # 1970-01-01 was a Thursday
			if works:
				windows += [(midnight + opens, midnight + closes) for opens, closes in of_windows[weekday]]
			breaks += [(midnight + begins, midnight + ends) for begins, ends in of_breaks[weekday]]
		return [(a, b) for a, b in cut(merged(windows), merged(breaks)) if a < end and b > start]

	def _holds(self, day: int, changes: Sequence[_PlannedChange]) -> tuple[Plan, bool]:
		"""Which windows and breaks hold on this day, and whether its windows begin at all."""
		holiday = day in self._holidays
		for first, last, change, plan in changes:
			if first <= day <= last:
				if plan is None:
					return self._plan_of_week, False
				return plan, change.works_on_holidays or not holiday
		return self._plan_of_week, not holiday

	def _note(self, day: int) -> tuple[str, str]:
		"""What is special about the day, and its name."""
		change = next((c for first, last, c, _ in self._changes if first <= day <= last), None)
		(windows, _), works = self._holds(day, self._changes)
		label = (change.reason or change.name) if change else ""
		if change and change.week is None:
			return "closed", label
		if not works:
			return "holiday", self._holidays[day]
		if not windows[(day + 3) % 7]:
			return "closed", label
		return ("change", label) if change else ("", "")


def _plan(week: Week) -> Plan:
	windows: list[list[Interval]] = [[] for _ in range(7)]
	breaks: list[list[Interval]] = [[] for _ in range(7)]
	for window in sorted(week.windows):
		windows[window.weekday].append((window.start, window.end))
	for pause in sorted(week.breaks):
		breaks[pause.weekday].append((pause.start, pause.end))
	return windows, breaks


def _day(on: date) -> int:
	"""Days since 1970-01-01."""
	return (on - EPOCH).days
