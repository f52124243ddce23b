"""Instants: whole UTC seconds since the epoch in rules, naive UTC in `*_utc` columns, site time where people read.

Frappe stores what the site's clock reads. An hour that the clock repeats in autumn is two instants with one name, so
whatever is computed with is stored in UTC beside what is shown.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime, get_system_timezone


def now() -> int:
	"""This second."""
	return to_utc(frappe.utils.now_datetime())


def to_utc(moment: datetime | str) -> int:
	"""The instant a naive site time means; a time the clock reads twice is the first, a skipped one that much later."""
	return int(get_datetime(moment).replace(tzinfo=_zone(), fold=0).timestamp())


def from_utc(instant: int | None) -> datetime | None:
	"""What the site's clock reads at `instant`, naive, for columns people see."""
	return None if instant is None else datetime.fromtimestamp(instant, _zone()).replace(tzinfo=None)


def utc_column(instant: int | None) -> datetime | None:
	"""Naive UTC for a `*_utc` column."""
	return None if instant is None else datetime.fromtimestamp(instant, UTC).replace(tzinfo=None)


def of_utc_column(stored: datetime | str | None) -> int | None:
	"""The instant in a `*_utc` column."""
	return None if not stored else int(get_datetime(stored).replace(tzinfo=UTC).timestamp())


def _zone() -> ZoneInfo:
	return _zone_named(get_system_timezone())


@lru_cache(maxsize=32)
def _zone_named(name: str) -> ZoneInfo:
	return ZoneInfo(name)
