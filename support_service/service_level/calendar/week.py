"""What repeats every week: windows and breaks; and the two operations on sorted intervals that all counting rests on.

Frappe-free.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from support_service.service_level.calendar.wall_clock import DAY

Interval = tuple[int, int]
LAST_MINUTE = DAY - 60


def means_midnight(time_of_day: int) -> bool:
	"""Whether an end at so many seconds of the day is how other programs write the end of it: 23:59, 23:59:59."""
	return LAST_MINUTE <= time_of_day < DAY


@dataclass(frozen=True, slots=True, order=True)
class Window:
	"""`start` to `end` in seconds from the local midnight of the `weekday` (0 = Monday) on which it begins."""

	weekday: int
	start: int
	end: int

	def __post_init__(self) -> None:
		if not (0 <= self.weekday <= 6 and 0 <= self.start < DAY and 0 < self.end - self.start <= DAY):
			raise ValueError(f"not a window: {self}")


@dataclass(frozen=True, slots=True)
class Week:
	"""What repeats every week. Windows may overlap; breaks are cut out of all of them."""

	windows: tuple[Window, ...]
	breaks: tuple[Window, ...] = ()

	def length(self, weekday: int) -> int:
		"""Open seconds of the windows that begin on this weekday."""
		breaks = ((b.start + DAY * n, b.end + DAY * n) for n in (-1, 0, 1) for b in self._breaks(weekday + n))
		windows = sorted((w.start, w.end) for w in self.windows if w.weekday == weekday)
		return sum(end - start for start, end in cut(merged(windows), merged(sorted(breaks))))

	def _breaks(self, weekday: int) -> list[Window]:
		return [b for b in self.breaks if b.weekday == weekday % 7]

	def usual_length(self) -> int:
		"""Seconds of a working day: the most common length of days with windows, of equals the longer; 0 if none."""
		lengths = [length for length in map(self.length, range(7)) if length]
		return max(lengths, key=lambda length: (lengths.count(length), length), default=0)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
	"""The union of intervals that come sorted by their start; those that touch become one."""
	union: list[Interval] = []
	for start, end in intervals:
		if union and start <= union[-1][1]:
			if end > union[-1][1]:
				union[-1] = (union[-1][0], end)
		elif end > start:
			union.append((start, end))
	return union


def cut(intervals: Sequence[Interval], holes: Sequence[Interval]) -> list[Interval]:
	"""What is left of `intervals` without `holes`; both are unions as `merged` returns them."""
	left: list[Interval] = []
	first = 0
	for start, end in intervals:
		while first < len(holes) and holes[first][1] <= start:
			first += 1
		at = first
		while at < len(holes) and holes[at][0] < end:
			if holes[at][0] > start:
				left.append((start, holes[at][0]))
			start = max(start, holes[at][1])
			at += 1
		if start < end:
			left.append((start, end))
	return left
