"""What a calendar means, drawn out for people: its next days, and when a promise made at some moment would be due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict

from support_service.foundation import instants
from support_service.service_level.calendar.durations import target_seconds
from support_service.service_level.calendar.wall_clock import DAY, zone_of
from support_service.service_level.calendar.working_time import Calendar, Day, WorkingTime


class Stretch(TypedDict):
	"""An open stretch of one local day; `left` and `width` in per cent of the 24 hours on the wall."""

	opens: str
	closes: str
	left: float
	width: float


class DrawnDay(TypedDict):
	date: str
	hours: float
	note: str  # "", "holiday", "closed", "change"
	label: str
	stretches: list[Stretch]


class Promise(TypedDict):
	"""`due` in site time, `due_on_the_wall` on the calendar's clock; `days` say what was counted when."""

	due: str
	due_on_the_wall: str
	days: list[DrawnDay]


def next_days(calendar: Calendar, days: int, now: int) -> list[DrawnDay]:
	"""The local days from the one on which `now` lies."""
	zone = zone_of(calendar.zone)
	first = datetime.fromtimestamp(now, zone).date()
	start = _midnight(calendar.zone, first)
	end = _midnight(calendar.zone, first + timedelta(days=days))
	return _drawn(WorkingTime(calendar), start, end)


def promise(calendar: Calendar, start: int, value: float, unit: str) -> Promise:
	"""When `value` units of working time from `start` are over; raises PromiseOutOfReachError."""
	working_time = WorkingTime(calendar)
	hours_per_day = calendar.week.usual_length() / 3600
	due = working_time.add(start, target_seconds(value, unit, hours_per_day))
	wall = datetime.fromtimestamp(due, zone_of(calendar.zone))
	return {
		"due": str(instants.from_utc(due)),
		"due_on_the_wall": wall.strftime("%Y-%m-%d %H:%M:%S"),
		"days": _drawn(working_time, start, due),
	}


def _drawn(working_time: WorkingTime, start: int, end: int) -> list[DrawnDay]:
	stretches: dict[date, list[Stretch]] = {}
	for opens, closes in working_time.intervals(start, end):
		for on, stretch in _by_day(working_time.calendar.zone, opens, closes):
			stretches.setdefault(on, []).append(stretch)
	return [_drawn_day(day, stretches.get(day.date, [])) for day in working_time.days(start, end)]


def _drawn_day(day: Day, stretches: list[Stretch]) -> DrawnDay:
	return {
		"date": day.date.isoformat(),
		"hours": round(day.seconds / 3600, 2),
		"note": day.note,
		"label": day.label,
		"stretches": stretches,
	}


def _by_day(zone_name: str, opens: int, closes: int) -> Iterator[tuple[date, Stretch]]:
	"""An open interval cut at every local midnight."""
	zone = zone_of(zone_name)
	while opens < closes:
		on = datetime.fromtimestamp(opens, zone).date()
		until = min(closes, _midnight(zone_name, on + timedelta(days=1)))
		if until <= opens:  # a clock put back over midnight shows this day a second time
			until = closes
		begin = _seconds(datetime.fromtimestamp(opens, zone))
		end = _seconds(datetime.fromtimestamp(until, zone)) or DAY
		yield (
			on,
			{
				"opens": _clock(begin),
				"closes": _clock(end),
				"left": round(begin * 100 / DAY, 3),
				"width": round(max(end - begin, 0) * 100 / DAY, 3),
			},
		)
		opens = until


def _midnight(zone_name: str, on: date) -> int:
	"""The moment at which the day begins; where the clock skips midnight, the moment of the change."""
	return int(datetime(on.year, on.month, on.day, tzinfo=zone_of(zone_name)).astimezone(UTC).timestamp())


def _seconds(wall: datetime) -> int:
	return wall.hour * 3600 + wall.minute * 60 + wall.second


def _clock(seconds: int) -> str:
	text = f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
	return text if seconds % 60 == 0 else f"{text}:{seconds % 60:02d}"
