"""Instants: whole UTC seconds since the epoch in rules, naive UTC in `*_utc` columns, site time where people read.

Frappe stores what the site's clock reads. In autumn the clock repeats an hour, so one reading may mean two instants. Times
that rules compute with are therefore stored in UTC, too, beside what is shown. Where only a site time is known, because somebody
typed it or the row is old, the caller says what is known of the order: what it cannot precede (`after`), what it cannot follow
(`before`).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from frappe.utils import get_datetime, get_system_timezone

NIGHT = 3 * 3600  # seconds; by then both readings of a repeated hour are past


def now() -> int:
	"""The present instant, not taken from the site's clock, which repeats an hour in autumn."""
	return int(time.time())


def to_utc(
	moment: datetime | str, *, after: int | None = None, before: int | None = None, near: int | None = None
) -> int:
	"""The instant of a naive site time. A time that the clock skips in spring is moved on by what it skips.

	Of a time that the clock reads twice it is the first instant, unless that lies before `after`. If both are possible and
	neither lies after `before`, it is the one closer to `near`.
	"""
	naive = get_datetime(moment)
	first, second = (int(naive.replace(tzinfo=_zone(), fold=fold).timestamp()) for fold in (0, 1))
	if second <= first:
		return first
	if after is not None and first < after:
		return second
	if near is None or (before is not None and second > before):
		return first
	return first if abs(first - near) <= abs(second - near) else second


def entered(moment: datetime | str, *, after: int | None = None) -> int:
	"""The instant of a time that a person enters now for something that happened, no earlier than `after`.

	Entered within the same night, it means the last time that the clock read so.
	"""
	present = now()
	return to_utc(moment, after=after, before=present, near=present if _is_fresh(moment, present) else None)


def kept(moment: datetime | str, utc: datetime | str | None, *, after: int | None = None) -> int:
	"""The instant of a stored site time: the UTC time stored beside it, as long as the two agree on the site's clock."""
	instant = of_utc_column(utc)
	naive = get_datetime(moment).replace(microsecond=0)
	return instant if instant is not None and from_utc(instant) == naive else to_utc(moment, after=after)


def lies_ahead(moment: datetime | str, *, by: int = 0) -> bool:
	"""Whether `moment` (site time) is still to come, by more than `by` seconds."""
	return to_utc(moment) > now() + by


def elapsed(start: datetime | str, end: datetime | str) -> int:
	"""Seconds from `start` to `end` (site times), also over a change of the clock; below zero where the end is earlier."""
	began = to_utc(start)
	return to_utc(end, after=began) - began


def from_utc(instant: int | None) -> datetime | None:
	"""The naive site time of `instant`, for columns that people see."""
	return None if instant is None else datetime.fromtimestamp(instant, _zone()).replace(tzinfo=None)


def utc_column(instant: int | None) -> datetime | None:
	"""Naive UTC for a `*_utc` column."""
	return None if instant is None else datetime.fromtimestamp(instant, UTC).replace(tzinfo=None)


def of_utc_column(stored: datetime | str | None) -> int | None:
	"""The instant in a `*_utc` column."""
	if not stored:
		return None
	moment = stored if isinstance(stored, datetime) else get_datetime(stored)
	return int(moment.replace(tzinfo=UTC).timestamp())


def _is_fresh(moment: datetime | str, present: int) -> bool:
	return abs(present - to_utc(moment)) <= NIGHT


def _zone() -> ZoneInfo:
	return _zone_named(get_system_timezone())


@lru_cache(maxsize=32)
def _zone_named(name: str) -> ZoneInfo:
	return ZoneInfo(name)
