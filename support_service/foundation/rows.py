"""Many rows of one table in one statement, for the single writers of ledgers and derived tables.

No hook of a document runs. So only the single writer of a table may use these functions, and it checks permissions and values
by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.model.dynamic_links import invalidate_distinct_link_doctypes

from support_service.foundation import locks

Row = Mapping[str, Any]
CHUNK = 500


def insert(doctype: str, rows: Sequence[Row], *, leave_present: bool = False) -> int:
	"""Insert `rows`, which all have the same keys, `name` among them; owner and times are filled in where they bring none.

	leave_present: a row is left out if one of its unique values is stored already, even by another transaction that this one
	cannot see yet; `newly_stored` says which were left out. Returns how many rows were inserted.
	"""
	if not rows:
		return 0
	if leave_present:
		locks.latest()
	note_linked(doctype, rows)
	moment, user = frappe.utils.now_datetime(), frappe.session.user
	# a column that is empty in all rows is left to its default
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


def insert_documents(docs: Sequence[Document]) -> None:
	"""Insert documents of one DocType, or rows of one child table, which have their names; none of their events is run."""
	for doc in docs:
		doc.creation = doc.creation or frappe.utils.now()
		doc.modified = doc.modified or doc.creation
		doc.owner = doc.owner or frappe.session.user
		doc.modified_by = doc.modified_by or frappe.session.user
	if docs:
		columns = [doc.get_valid_dict(convert_dates_to_str=True, ignore_virtual=True) for doc in docs]
		insert(docs[0].doctype, columns)
	for doc in docs:
		doc.set("__islocal", False)  # as Document.db_insert does


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

	`modified` stays: a form that somebody has open can still be saved.
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
	"""Tell Frappe of DocTypes that a Dynamic Link column now names, so that a rename reaches these rows.

	Frappe caches for hours which DocTypes a Dynamic Link names. A document clears that cache when it checks its links; rows
	written here must do it by themselves.
	"""
	for field in frappe.get_meta(doctype).fields:
		if field.fieldtype != "Dynamic Link":
			continue
		for linked in {row.get(field.options) for row in rows} - {None, ""}:
			invalidate_distinct_link_doctypes(doctype, field.options, linked)


def _write(doctype: str, columns: Sequence[str], values: Sequence[tuple], suffix: str = "") -> int:
	# raw SQL: the query builder quotes every value in Python, ten times slower than the driver, and has no VALUES()
	names = ", ".join(f"`{name}`" for name in columns)
	row = f"({', '.join(['%s'] * len(columns))})"
	frappe.db.sql(
		f"insert into `tab{doctype}` ({names}) values {', '.join([row] * len(values))}{suffix}",  # noqa: S608 - names are ours
		[value for line in values for value in line],
	)
	return int(frappe.db._cursor.rowcount)
