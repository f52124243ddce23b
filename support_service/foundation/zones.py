"""Time zones: moments are shown in the reader's own time zone, with its name beside them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import frappe
from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import get_timezone_location
from frappe import _
from frappe.utils import get_system_timezone


def of_site() -> str:
	"""The site's time zone."""
	return get_system_timezone()


def of_user(user: str) -> str:
	"""The time zone of a User; the site's for guests and where the User names none that this server knows."""
	own = frappe.get_cached_value("User", user, "time_zone") if user != "Guest" else None
	return own if own and _is_known(own) else of_site()


def on_wall(instant: int, zone: str) -> datetime:
	"""The naive local time in `zone` at `instant`."""
	return datetime.fromtimestamp(instant, ZoneInfo(zone)).replace(tzinfo=None)


def city(zone: str, language: str | None = None) -> str:
	"""The city after which a time zone is named, in `language`, else in that of the request."""
	if "/" not in zone:
		return zone
	return get_timezone_location(zone, locale=locale_of(language), return_city=True) or zone


def named(moment: str, zone: str, language: str | None = None) -> str:
	"""`moment`, a formatted time, with the name of its time zone, in `language`."""
	return _("{0} ({1} time)", language).format(moment, city(zone, language))


def locale_of(language: str | None = None) -> Locale:
	"""Babel's locale of `language`, else of the request's language; English where Babel does not know it."""
	try:
		return Locale.parse((language or frappe.local.lang or "en").replace("-", "_"))
	except (UnknownLocaleError, ValueError):
		return Locale("en")


@lru_cache(maxsize=64)
def _is_known(name: str) -> bool:
	try:
		ZoneInfo(name)
	except (ZoneInfoNotFoundError, ValueError, OSError):
		return False
	return True
