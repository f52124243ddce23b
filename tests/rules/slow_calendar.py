"""The slow, obvious oracle of working time: asks for every single UTC minute what the clock on the wall reads.

Independent of the code it judges: nothing is compiled, merged or searched. Calendars must change only on whole minutes
(of both UTC and wall time), which every zone of today and every generated calendar does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from support_service.service_level.calendar.working_time import Calendar, Week

MINUTE = 60


class SlowCalendar:
	def __init__(self, calendar: Calendar) -> None:
		self.calendar = calendar
		self.zone = ZoneInfo(calendar.zone)
		self.holidays = {on for on, _ in calendar.holidays}
		self.known: dict[int, bool] = {}

	def is_open(self, moment: int) -> bool:
		"""Whether the minute of `moment` counts."""
		minute = moment - moment % MINUTE
		if minute not in self.known:
			wall = datetime.fromtimestamp(minute, UTC).astimezone(self.zone)
			self.known[minute] = self._in_window(wall) and not self._in_break(wall)
		return self.known[minute]

	def between(self, start: int, end: int, pauses: Sequence[tuple[int, int]] = ()) -> int:
		return sum(seconds for _, seconds in self._counted(start, end, pauses))

	def add(self, start: int, seconds: int, pauses: Sequence[tuple[int, int]], end: int) -> int | None:
		"""The moment at which `seconds` have been counted; None if not before `end`."""
		if seconds <= 0:
			return start
		for moment, counted in self._counted(start, end, pauses):
			if counted >= seconds:
				return moment + seconds
			seconds -= counted
		return None

	def by_day(self, start: int, end: int) -> dict[date, int]:
		days: dict[date, int] = {}
		for moment, counted in self._steps(start, end, ()):
			on = datetime.fromtimestamp(moment, UTC).astimezone(self.zone).date()
			days[on] = days.get(on, 0) + (counted if self.is_open(moment) else 0)
		return days

	def _counted(self, start: int, end: int, pauses: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
		for moment, seconds in self._steps(start, end, pauses):
			paused = any(begin <= moment < finish for begin, finish in pauses)
			if self.is_open(moment) and not paused:
				yield moment, seconds

	def _steps(self, start: int, end: int, pauses: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
		"""[start, end) in steps that end with every minute and wherever a pause begins or ends."""
		edges = {start, end, *(edge for pause in pauses for edge in pause)}
		edges |= set(range(start - start % MINUTE + MINUTE, end, MINUTE))
		ordered = sorted(edge for edge in edges if start <= edge <= end)
		for begin, finish in pairwise(ordered):
			yield begin, finish - begin

	def _week_of(self, day: date) -> tuple[Week, bool]:
		"""The week that holds on a day, and whether it is a working day of it."""
		for change in reversed(self.calendar.changes):
			if change.first <= day <= change.last:
				if change.week is None:
					return self.calendar.week, False
				return change.week, change.works_on_holidays or day not in self.holidays
		return self.calendar.week, day not in self.holidays

	def _in_window(self, wall: datetime) -> bool:
		for day, seconds in self._readings(wall):
			week, works = self._week_of(day)
			if works and any(w.weekday == day.weekday() and w.start <= seconds < w.end for w in week.windows):
				return True
		return False

	def _in_break(self, wall: datetime) -> bool:
		for day, seconds in self._readings(wall):
			week, _ = self._week_of(day)
			if any(b.weekday == day.weekday() and b.start <= seconds < b.end for b in week.breaks):
				return True
		return False

	@staticmethod
	def _readings(wall: datetime) -> Iterator[tuple[date, int]]:
		"""The time on the clock as seconds of today, and of yesterday gone on past midnight."""
		seconds = wall.hour * 3600 + wall.minute * 60 + wall.second
		yield wall.date(), seconds
		yield wall.date() - timedelta(days=1), seconds + 86_400
