"""Many rows of one table in one statement, for the single writers of ledgers and derived tables.

Documents would run their hooks one by one; whoever writes through here is the only writer of the table and answers for
permissions and validity itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe.model.dynamic_links import invalidate_distinct_link_doctypes

Row = Mapping[str, Any]
CHUNK = 500


def insert(doctype: str, rows: Sequence[Row], *, leave_present: bool = False) -> int:
	"""Insert `rows`, which all have the same keys, `name` among them; owner and times are filled in where they bring none.

	leave_present: a row one of whose unique values is there already is left out, even where another transaction wrote it
	that this one cannot see; see `arrived`. Returns how many rows were inserted.
	"""
	if not rows:
		return 0
	note_linked(doctype, rows)
	moment, user = frappe.utils.now_datetime(), frappe.session.user
	# what no row has need not travel: the column's default says the same
	filled = [name for name in rows[0] if any(row[name] is not None for row in rows)]
	standard = {"owner": user, "modified_by": user, "creation": moment, "modified": moment}
	standard = {name: value for name, value in standard.items() if name not in rows[0]}
	columns = [*standard, *filled]
	values = [(*standard.values(), *(row[name] for name in filled)) for row in rows]
	suffix = " on duplicate key update `name` = `name`" if leave_present else ""
	return sum(
		_write(doctype, columns, values[start : start + CHUNK], suffix)
		for start in range(0, len(values), CHUNK)
	)


def newly_stored(doctype: str, names: Sequence[str], inserted: int) -> set[str]:
	"""Which of `names`, made for an `insert(…, leave_present=True)` that returned `inserted`, are there now."""
	if inserted == len(names):
		return set(names)
	table = frappe.qb.DocType(doctype)
	found: set[str] = set()
	for start in range(0, len(names), CHUNK):
		chunk = list(names[start : start + CHUNK])
		found.update(
			row[0] for row in frappe.qb.from_(table).select(table.name).where(table.name.isin(chunk)).run()
		)
	return found


def update(doctype: str, rows: Sequence[Row]) -> None:
	"""Change rows that exist and are locked by this transaction; all have the same keys, `name` among them.

	`modified` stays: a form somebody has open is not out of date because a clock went on.
	"""
	if not rows:
		return
	note_linked(doctype, rows)
	columns = list(rows[0])
	changes = ", ".join(f"`{name}` = values(`{name}`)" for name in columns if name != "name")
	values = [tuple(row.values()) for row in rows]
	for start in range(0, len(values), CHUNK):
		_write(doctype, columns, values[start : start + CHUNK], f" on duplicate key update {changes}")


def note_linked(doctype: str, rows: Sequence[Row]) -> None:
	"""Frappe remembers for hours which DocTypes a Dynamic Link names, and renames nowhere else: it is told of a new one.

	A document does so when it checks its links; a row written past its document would keep the former name.
	"""
	for field in frappe.get_meta(doctype).get("fields", {"fieldtype": "Dynamic Link"}):
		for linked in {row.get(field.options) for row in rows} - {None, ""}:
			invalidate_distinct_link_doctypes(doctype, field.options, linked)


def _write(doctype: str, columns: Sequence[str], values: Sequence[tuple], suffix: str = "") -> int:
	# The query builder quotes every value in Python, ten times slower than the driver, and knows no VALUES().
	names = ", ".join(f"`{name}`" for name in columns)
	row = f"({', '.join(['%s'] * len(columns))})"
	frappe.db.sql(
		f"insert into `tab{doctype}` ({names}) values {', '.join([row] * len(values))}{suffix}",  # noqa: S608 - names are ours
		[value for line in values for value in line],
	)
	return int(frappe.db._cursor.rowcount)
