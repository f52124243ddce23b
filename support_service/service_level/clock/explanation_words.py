"""Words for durations, days and moments, in the language of the request and its customs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import reduce

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.lists import format_list
from frappe import _

from support_service.foundation import zones
from support_service.service_level.calendar.durations import WORKING_DAYS

BRIEF = timedelta(days=6)  # so near, the name of the weekday says which day is meant


def locale() -> Locale:
	"""Of the language of the request; English where Babel does not know it."""
	return zones.locale_of()


def duration(seconds: int) -> str:
	"""Hours and minutes; whole minutes only, as a promise is never said to leave more than it does."""
	if seconds < 60:
		return _("{0} s", context="Service Clock").format(seconds)
	hours, minutes = divmod(seconds // 60, 60)
	if not hours:
		return _("{0} min").format(minutes)
	if not minutes:
		return _("{0} h").format(hours)
	return _("{0} h {1} min").format(hours, minutes)


def target(label: str | None, seconds: int) -> str:
	"""What was promised; working days keep that name, everything else is hours and minutes."""
	value, _space, unit = (label or "").partition(" ")
	if unit == WORKING_DAYS:
		return _("1 working day") if value == "1" else _("{0} working days").format(value)
	return duration(seconds)


def city(zone: str) -> str:
	"""The place after which a time zone is named."""
	return zones.city(zone)


def time(moment: datetime) -> str:
	return format_skeleton("Hm", moment, locale=locale())


def full(moment: datetime) -> str:
	"""Date and time, with the year."""
	return f"{format_skeleton('yMMMEd', moment, locale=locale())} {time(moment)}"


def days(first: date, last: date) -> str:
	"""A day or a range of days, without the year."""
	if first == last:
		return format_skeleton("MMMd", first, locale=locale())
	# thin spaces around the dash in some versions of the locale data; plain text is searched and compared
	return format_interval(first, last, "MMMd", locale=locale()).replace("\u2009", " ")


def weekday(day: date) -> str:
	return format_date(day, "EEEE", locale=locale())


class Calendar:
	"""Names days: by their weekday where everything lies within a few days of today, else by their date."""

	def __init__(self, moments: Sequence[datetime], today: datetime) -> None:
		near = [*moments, today]
		self.brief = max(near) - min(near) < BRIEF
		self.year = today.year

	def moment(self, moment: datetime) -> str:
		if self.brief:
			return f"{format_date(moment, 'EEE', locale=locale())} {time(moment)}"
		return f"{self._date(moment)} {time(moment)}"

	def day(self, day: date) -> str:
		return weekday(day) if self.brief else self._date(day)

	def _date(self, day: date) -> str:
		skeleton = "MMMEd" if day.year == self.year else "yMMMEd"
		return format_skeleton(skeleton, day, locale=locale())


def clauses(parts: Sequence[str]) -> str:
	"""Parts of one sentence."""
	return reduce(lambda said, part: _("{0}, {1}", context="Service Clock").format(said, part), parts)


def sentences(parts: Sequence[str]) -> str:
	"""Sentences one after the other; each comes without its full stop."""
	return reduce(lambda said, part: _("{0}. {1}", context="Service Clock").format(said, part), parts)


def several(parts: Sequence[str]) -> str:
	"""The parts of an enumeration: a, b and c."""
	return format_list(list(parts), locale=locale())
