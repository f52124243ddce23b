"""Names for many documents at once from a naming series.

Frappe takes one number at a time: a locking read, an update and a parse per document. Here one statement per prefix reserves
a block of numbers. `tabSeries` ends up the same, and other transactions that need a number of the series wait as usual.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.model.naming import has_custom_parser, parse_naming_series

from support_service.foundation import locks


def default_series(doctype: str) -> str:
	"""The series of a new document of `doctype` if nobody chooses one: the site's default, else the first option."""
	field = frappe.get_meta(doctype).get_field("naming_series")
	return field.default or next(line for line in (field.options or "").split("\n") if line)


def reserve(doctype: str, series: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
	"""One name for each of `rows` (the fields that the series may mention), in the same order."""
	locks.latest()  # the series' row is everybody's
	patterns: dict[Hashable, _Pattern] = {}
	kinds = _kinds(series, rows)
	for kind, row in zip(kinds, rows, strict=True):
		if kind not in patterns:
			patterns[kind] = _pattern(series, doctype, row)
	counts = Counter(patterns[kind].prefix for kind in kinds)
	last_used = {prefix: _take(prefix, number) for prefix, number in counts.items()}
	names = []
	for kind in kinds:
		pattern = patterns[kind]
		last_used[pattern.prefix] += 1
		names.append(pattern.name.replace(_NUMBER, f"{last_used[pattern.prefix]:0{pattern.digits}d}"))
	return names


_NUMBER = "\0"


@dataclass(frozen=True, slots=True)
class _Pattern:
	"""A name without its number; rows share it that have the same values in the fields the series mentions."""

	name: str
	prefix: str = ""
	digits: int = 0


def _kinds(series: str, rows: Sequence[Mapping[str, Any]]) -> Sequence[Hashable]:
	"""For each row the values that the series mentions: rows with equal ones share a pattern."""
	parts = [part.strip("{}") for part in series.split(".")]
	if any(has_custom_parser(part) for part in parts):
		return range(len(rows))  # another app's own variable may look at anything
	mentioned = [part for part in parts if rows and part in rows[0]]
	return [tuple(str(row[part]) for part in mentioned) for row in rows]


def _pattern(series: str, doctype: str, row: Mapping[str, Any]) -> _Pattern:
	taken: list[tuple[str, int]] = []

	def number(prefix: str, digits: int) -> str:
		taken.append((prefix, digits))
		return _NUMBER

	name = parse_naming_series(series, doctype=doctype, doc=frappe._dict(row), number_generator=number)
	return _Pattern(name, *taken[0]) if taken else _Pattern(name)


def _take(prefix: str, count: int) -> int:
	"""Reserve `count` numbers; returns the last one used before them."""
	# raw SQL, for `last_insert_id`: one statement makes or moves the counter, returns it, and locks it until the transaction ends
	frappe.db.sql(
		"insert into `tabSeries` (`name`, `current`) values (%s, last_insert_id(%s))"
		" on duplicate key update `current` = last_insert_id(`current` + %s)",
		(prefix, count, count),
	)
	return int(frappe.db._cursor.lastrowid) - count
