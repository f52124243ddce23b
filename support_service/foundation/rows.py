"""Many rows of one table in one statement, for the single writers of ledgers and derived tables.

Documents would run their hooks one by one; whoever writes through here is the only writer of the table and answers for
permissions and validity itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import frappe

Row = Mapping[str, Any]
CHUNK = 500


def insert(doctype: str, rows: Sequence[Row]) -> None:
	"""Insert `rows`, which all have the same keys, `name` among them; owner and times are filled in where they bring none."""
	if not rows:
		return
	moment, user = frappe.utils.now_datetime(), frappe.session.user
	# what no row has need not travel: the column's default says the same
	filled = [name for name in rows[0] if any(row[name] is not None for row in rows)]
	standard = {"owner": user, "modified_by": user, "creation": moment, "modified": moment}
	standard = {name: value for name, value in standard.items() if name not in rows[0]}
	columns = [*standard, *filled]
	values = [(*standard.values(), *(row[name] for name in filled)) for row in rows]
	for start in range(0, len(values), CHUNK):
		_write(doctype, columns, values[start : start + CHUNK])


def update(doctype: str, rows: Sequence[Row]) -> None:
	"""Change rows that exist and are locked by this transaction; all have the same keys, `name` among them.

	`modified` stays: a form somebody has open is not out of date because a clock went on.
	"""
	if not rows:
		return
	columns = list(rows[0])
	changes = ", ".join(f"`{name}` = values(`{name}`)" for name in columns if name != "name")
	values = [tuple(row.values()) for row in rows]
	for start in range(0, len(values), CHUNK):
		_write(doctype, columns, values[start : start + CHUNK], f" on duplicate key update {changes}")


def _write(doctype: str, columns: Sequence[str], values: Sequence[tuple], suffix: str = "") -> None:
	# The query builder quotes every value in Python, ten times slower than the driver, and knows no VALUES().
	names = ", ".join(f"`{name}`" for name in columns)
	row = f"({', '.join(['%s'] * len(columns))})"
	frappe.db.sql(
		f"insert into `tab{doctype}` ({names}) values {', '.join([row] * len(values))}{suffix}",  # noqa: S608 - names are ours
		[value for line in values for value in line],
	)
