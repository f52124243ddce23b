"""After a deletion another document may get the same number: our rows that name the deleted one must not point to the new one.

Frappe gives the last number of a series again when its document is deleted, and an amendment may get the number of one that was
deleted. So a deletion is handled like a rename (with the same table, `stored_names`) to a name that no document can get: ledgers
and keys go on telling of the deleted document, and the next one starts without history. Where the name belongs to the thing
itself, as a serial number does, the table says so (`again`), and the name stays.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.foundation import postponed
from support_service.foundation.names import name_shapes, stored_names
from support_service.foundation.names.stored_names import How, Rename, StoredName

MARK = " (deleted "


def after_delete(doc: Document, method: str | None = None) -> None:
	"""Hook `after_delete` of every DocType."""
	# without `in_delete` Frappe only reloads a document from its file
	if frappe.flags.in_uninstall or not doc.flags.in_delete:
		return
	postponed.forget_record(doc.doctype, doc.name)
	free_name(doc.doctype, doc.name)


def free_name(doctype: str, name: str) -> None:
	"""Make the name of a deleted document free: wherever we store it, put a name that stands for the deleted one alone."""
	entries = entries_of(doctype)
	if not entries:
		return
	gone = stand_in(doctype, name)
	rename = Rename(doctype, name, gone.name)
	for entry in entries:
		_rename_links(entry, rename)
	for entry in entries:
		if entry.follow:
			entry.follow(rename, gone)
		else:
			name_shapes.follow(entry, rename, gone)


def entries_of(doctype: str) -> list[StoredName]:
	"""The lines of the table by which a new document of the same name would be taken for the deleted one."""
	return [
		entry
		for entry in stored_names.table()
		if doctype in entry.of and entry.how == How.FOLLOWS and not entry.again
	]


def stand_in(doctype: str, name: str) -> Document:
	"""A document in memory that stands for the deleted one under its new name; it is never stored."""
	mark = f"{MARK}{frappe.generate_hash(length=8)})"
	gone = name[: frappe.db.VARCHAR_LEN - len(mark)] + mark
	return frappe.get_doc({"doctype": doctype, "name": gone, "__islocal": 1})


def _rename_links(entry: StoredName, rename: Rename) -> None:
	"""Change the links beside the field: Frappe changes them in a rename, but not when it deletes."""
	columns = [column for column, what in entry.beside.items() if what == "name"]
	kinds = {column: rename.doctype for column, what in entry.beside.items() if what == "doctype"}
	for column in columns:
		frappe.db.set_value(
			entry.doctype, {**kinds, column: rename.old}, column, rename.new, update_modified=False
		)
