"""Updating a stored name after a rename, depending on how it stands in its field (its Shape); see `stored_names`.

Rows are written in chunks, one statement each. `modified` stays, as when Frappe updates Links.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from frappe.model.document import Document

from support_service.foundation import locks, rows
from support_service.foundation.names.keys import with_new_end
from support_service.foundation.names.stored_names import Rename, Shape, StoredName


def follow(entry: StoredName, rename: Rename, doc: Document) -> None:
	"""Update the rows of `entry` by its shape. doc: the renamed document, under its new name."""
	SHAPES[entry.shape](entry, rename, doc)


def whole(entry: StoredName, rename: Rename, doc: Document) -> None:
	"""The value is the name. If the field is unique, a merge empties the row of the document that goes."""
	value: str | None = rename.new
	if rename.merge and _is_unique(entry) and frappe.db.exists(entry.doctype, {entry.fieldname: rename.new}):
		value = None
	filters = {**entry.filters(doc), entry.fieldname: rename.old}
	frappe.db.set_value(entry.doctype, filters, entry.fieldname, value, update_modified=False)


def lines(entry: StoredName, rename: Rename, doc: Document) -> None:
	"""The name is a line of a text."""
	filters = {**entry.filters(doc), entry.fieldname: ("like", f"%{rename.old}%")}
	_write(entry, filters, lambda value: _in_lines(value, rename))


def tail(entry: StoredName, rename: Rename, doc: Document) -> None:
	"""The value is a key that ends with DocType and name of the document the row refers to."""
	old, new = ((rename.doctype, name) for name in (rename.old, rename.new))
	_write(entry, entry.filters(doc), lambda value: with_new_end(value, old, new))


SHAPES: dict[Shape, Callable[[StoredName, Rename, Document], None]] = {
	Shape.WHOLE: whole,
	Shape.LINES: lines,
	Shape.TAIL: tail,
}


def _in_lines(text: str, rename: Rename) -> str:
	found = [
		rename.new if line.strip().casefold() == rename.old.casefold() else line for line in text.split("\n")
	]
	return "\n".join(dict.fromkeys(found) if rename.merge else found)


def _write(entry: StoredName, filters: dict[str, Any], change: Callable[[str], str]) -> None:
	field = entry.fieldname
	found = frappe.get_all(entry.doctype, filters=filters, fields=["name", field], order_by="name")
	names = [row.name for row in found if row[field] and change(row[field]) != row[field]]
	for start in range(0, len(names), rows.CHUNK):
		changed = _locked(entry, filters, names[start : start + rows.CHUNK], change)
		taken = _taken(entry, list(changed.values()), list(changed))
		rows.update(
			entry.doctype,
			# after a merge another row may have that key already: then both rows stay as they are
			[
				{"name": name, field: value}
				for name, value in changed.items()
				if value.casefold() not in taken
			],
		)


def _locked(
	entry: StoredName, filters: dict[str, Any], names: list[str], change: Callable[[str], str]
) -> dict[str, str]:
	"""Lock the rows; name → changed value, from what is stored now, which may be newer than this transaction's snapshot."""
	field = entry.fieldname
	locks.latest()
	found = frappe.db.get_values(
		entry.doctype,
		{**filters, "name": ("in", names)},
		["name", field],
		as_dict=True,
		for_update=True,
		order_by="name",
	)
	return {row.name: change(row[field]) for row in found if row[field]}


def _taken(entry: StoredName, values: list[str], own: list[str]) -> set[str]:
	if not _is_unique(entry):
		return set()
	filters = {entry.fieldname: ("in", values), "name": ("not in", own)}
	found = frappe.get_all(entry.doctype, filters=filters, pluck=entry.fieldname, order_by=None)
	return {value.casefold() for value in found}


def _is_unique(entry: StoredName) -> bool:
	return bool(frappe.get_meta(entry.doctype).get_field(entry.fieldname).unique)
