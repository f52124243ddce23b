"""Names of many documents at once from a naming series.

Frappe takes one number at a time: a locking read, an update and a parse per document. Here a block is reserved per
prefix in two statements; `tabSeries` ends where it would have ended, and whoever counts at the same time waits as usual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe.model.naming import parse_naming_series


def default_series(doctype: str) -> str:
	"""The series a new document of `doctype` gets where nobody chooses: the site's default, else its first."""
	field = frappe.get_meta(doctype).get_field("naming_series")
	return field.default or next(line for line in (field.options or "").split("\n") if line)


def reserve(doctype: str, series: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
	"""One name for each of `rows` (fields a series may mention), in their order."""
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


def _parse(series: str, doctype: str, row: Mapping[str, Any], numbers: Any) -> str:
	return parse_naming_series(series, doctype=doctype, doc=frappe._dict(row), number_generator=numbers)


def _take(prefix: str, count: int) -> int:
	"""Reserve `count` numbers; returns the last one used before them."""
	# one statement makes or moves the counter and locks it until this transaction ends, as Frappe's own does
	frappe.db.sql(
		"insert into `tabSeries` (`name`, `current`) values (%s, %s)"
		" on duplicate key update `current` = `current` + %s",
		(prefix, count, count),
	)
	current = frappe.db.sql("select `current` from `tabSeries` where `name` = %s", (prefix,))[0][0]
	return int(current) - count
