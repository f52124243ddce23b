"""How far the clock on the wall of a time zone is from UTC, stretch by stretch.

Frappe-free. `zoneinfo` only says what the offset is at one moment; here are the moments at which it changes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

DAY = 86_400
SPAN = 31_556_952  # a mean Gregorian year; UTC time is cut into spans of this length, number 0 from 1970 on
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnknownZoneError(ValueError):
	"""No time zone of this name is known on this machine."""


def zone_of(name: str) -> ZoneInfo:
	"""The zone with this IANA name, such as Asia/Shanghai; raises UnknownZoneError."""
	try:
		return ZoneInfo(name)
	except (ZoneInfoNotFoundError, ValueError, OSError) as error:
		raise UnknownZoneError(name) from error


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
	"""The zones to choose from: places and UTC, without the aliases of old programs."""
	places: tuple[str, ...] = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/")
	places += ("Europe/", "Indian/", "Pacific/")
	return ("UTC", *sorted(name for name in available_timezones() if name.startswith(places)))


def offset_at(zone: ZoneInfo, moment: int) -> int:
	"""Seconds by which local time is ahead of UTC at a moment."""
	offset = (EPOCH + timedelta(seconds=moment)).astimezone(zone).utcoffset()
	return 0 if offset is None else round(offset.total_seconds())


@lru_cache(maxsize=2048)
def offsets(name: str, index: int) -> tuple[tuple[int, int, int], ...]:
	"""Span `index` cut into stretches (from, to, offset) of constant offset, all in seconds.

	The offset is looked up once a day: the clock of no zone was ever changed twice within a day.
	"""
	zone = zone_of(name)
	end = (index + 1) * SPAN
	stretches: list[tuple[int, int, int]] = []
	begin = at = index * SPAN
	offset = offset_at(zone, at)
	while at < end:
		probe = min(at + DAY, end)
		later = offset_at(zone, probe)
		if later != offset:
			change = _first_moment(zone, at, probe, offset)
			if change < end:
				stretches.append((begin, change, offset))
				begin, offset = change, later
		at = probe
	return (*stretches, (begin, end, offset))


def _first_moment(zone: ZoneInfo, low: int, high: int, offset: int) -> int:
	"""The first moment in (low, high] at which the offset is not `offset` any more."""
	while high - low > 1:
		middle = (low + high) // 2
		if offset_at(zone, middle) == offset:
			low = middle
		else:
			high = middle
	return high
