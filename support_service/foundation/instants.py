"""Instants: whole UTC seconds since the epoch in rules, naive UTC in `*_utc` columns, site time where people read.

Frappe stores what the site's clock reads. An hour that the clock repeats in autumn is two instants with one name, so
whatever is computed with is stored in UTC beside what is shown.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from frappe.utils import get_datetime, get_system_timezone


def now() -> int:
	"""This second. Not by way of the site's clock, which reads an hour twice in autumn."""
	return int(time.time())


def to_utc(moment: datetime | str, *, near: int | None = None) -> int:
	"""The instant a naive site time means; a time the clock reads twice is the first, a skipped one that much later.

	near: of the two, the one closer to this instant.
	"""
	naive = get_datetime(moment)
	first, second = (int(naive.replace(tzinfo=_zone(), fold=fold).timestamp()) for fold in (0, 1))
	return first if near is None or abs(first - near) <= abs(second - near) else second


def from_utc(instant: int | None) -> datetime | None:
	"""What the site's clock reads at `instant`, naive, for columns people see."""
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


def _zone() -> ZoneInfo:
	return _zone_named(get_system_timezone())


@lru_cache(maxsize=32)
def _zone_named(name: str) -> ZoneInfo:
	return ZoneInfo(name)
