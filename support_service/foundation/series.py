"""Names of many documents at once from a naming series.

Frappe takes one number at a time: a locking read, an update and a parse per document. Here a block is reserved per
prefix in two statements; `tabSeries` ends where it would have ended, and whoever counts at the same time waits as usual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe.model.naming import has_custom_parser, parse_naming_series


def default_series(doctype: str) -> str:
	"""The series a new document of `doctype` gets where nobody chooses: the site's default, else its first."""
	field = frappe.get_meta(doctype).get_field("naming_series")
	return field.default or next(line for line in (field.options or "").split("\n") if line)


def reserve(doctype: str, series: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
	"""One name for each of `rows` (fields a series may mention), in their order."""
	if not rows:
		return []
	if _same_for_all(series, rows[0]):
		return _numbered(series, doctype, len(rows))
	counts: dict[str, int] = {}

	def count(prefix: str, digits: int) -> str:
		counts[prefix] = counts.get(prefix, 0) + 1
		return ""

	for row in rows:
		_parse(series, doctype, row, count)
	last_used = {prefix: _take(prefix, number) for prefix, number in counts.items()}

	def number(prefix: str, digits: int) -> str:
		last_used[prefix] += 1
		return f"{last_used[prefix]:0{digits}d}"

	return [_parse(series, doctype, row, number) for row in rows]


def _same_for_all(series: str, row: Mapping[str, Any]) -> bool:
	"""Whether `series` mentions nothing of the documents, so that only their numbers differ."""
	return not any(part.startswith("{") or part in row or has_custom_parser(part) for part in series.split("."))


def _numbered(series: str, doctype: str, count: int) -> list[str]:
	"""As many names; the series is parsed once, for Frappe looks at the clock each time."""
	found: list[tuple[str, int]] = []

	def mark(prefix: str, digits: int) -> str:
		found.append((prefix, digits))
		return "\0"

	before, _mark, after = _parse(series, doctype, {}, mark).partition("\0")
	prefix, digits = found[0]
	last = _take(prefix, count)
	return [f"{before}{last + number:0{digits}d}{after}" for number in range(1, count + 1)]


def _parse(series: str, doctype: str, row: Mapping[str, Any], numbers: Any) -> str:
	return parse_naming_series(series, doctype=doctype, doc=frappe._dict(row), number_generator=numbers)


def _take(prefix: str, count: int) -> int:
	"""Reserve `count` numbers; returns the last one used before them."""
	# one statement makes or moves the counter, says where it stands, and locks it until this transaction ends
	frappe.db.sql(
		"insert into `tabSeries` (`name`, `current`) values (%s, last_insert_id(%s))"
		" on duplicate key update `current` = last_insert_id(`current` + %s)",
		(prefix, count, count),
	)
	return int(frappe.db._cursor.lastrowid) - count
