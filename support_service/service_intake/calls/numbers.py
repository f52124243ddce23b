"""Telephone numbers as people and telephone systems write them: which of them are the same. Frappe-free.

A number is written with its country (+49 30 12345, 0049 30 12345, 4930 12345) or without (030/12345), with the zero that is
dialled before an area code or without. Compared is what stays the same: the digits after country and zeros; the country only
where both say it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

# a number written without its area code has at least so many digits; fewer stand at the end of too many numbers
SHORTEST_PART = 7
# digits by which a database finds what may be the same number, or one written without its area code
TAIL = SHORTEST_PART
# shorter ones without a plus hold no country
SHORTEST_WITH_COUNTRY = 9
SAME, PART = 2, 1


@dataclass(frozen=True, slots=True)
class Reading:
	"""One way to read a number. country: its calling code, where the writing says it. national: the digits after it, without zeros
	in front."""

	country: int | None
	national: str


def digits(text: str | None) -> str:
	return re.sub(r"\D", "", text or "")


def readings(text: str | None) -> tuple[Reading, ...]:
	"""What `text` may mean, the likeliest first; nothing where it has no digits."""
	bare = digits(text)
	if not bare.strip("0"):
		return ()
	written = (text or "").strip()
	if written.startswith("+") or bare.startswith("00"):
		return (_international(bare.lstrip("0")) or Reading(None, bare.lstrip("0")),)
	plain = Reading(None, bare.lstrip("0"))
	# many telephone systems leave out the plus
	long_enough = not bare.startswith("0") and len(bare) >= SHORTEST_WITH_COUNTRY
	named = _international(bare) if long_enough else None
	return (plain, named) if named else (plain,)


def likeness(one: str | None, other: str | None) -> int:
	"""SAME, PART where one is the other without its area code, or 0."""
	pairs = [(left, right) for left in readings(one) for right in readings(other)]
	fitting = [
		(left.national, right.national)
		for left, right in pairs
		if left.country is None or right.country is None or left.country == right.country
	]
	if any(left == right for left, right in fitting):
		return SAME
	return PART if any(_is_part(left, right) for left, right in fitting) else 0


def key(text: str | None, region: str | None = None) -> str | None:
	"""One writing for all writings of a number; None where nobody can be called.

	region: the country (two letters) of whoever reads `text`, for numbers that do not say theirs.
	"""
	found = readings(text)
	if not found:
		return None
	if found[0].country is not None:
		return f"{found[0].country}{found[0].national}"
	if len(found) > 1:
		return f"{found[1].country}{found[1].national}"
	bare = digits(text)
	if region and len(bare) >= SHORTEST_PART:
		try:
			number = phonenumbers.parse(bare, region)
		except phonenumbers.NumberParseException:
			return bare
		if phonenumbers.is_possible_number(number):
			return f"{number.country_code}{number.national_number}"
	return bare


def tail(text: str | None) -> str:
	"""The last digits that all writings of the number share, for a search in the database."""
	found = readings(text)
	shortest = min((reading.national for reading in found), key=len, default="")
	return shortest[-TAIL:]


def _international(bare: str) -> Reading | None:
	try:
		number = phonenumbers.parse(f"+{bare}", None)
	except phonenumbers.NumberParseException:
		return None
	if not phonenumbers.is_possible_number(number):
		return None
	# phonenumbers keeps an Italian zero apart; written as a number it has no zero in front
	return Reading(number.country_code, str(number.national_number))


def _is_part(one: str, other: str) -> bool:
	short, long = sorted((one, other), key=len)
	return len(short) >= SHORTEST_PART and long.endswith(short)
