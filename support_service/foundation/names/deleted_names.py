"""The number of a deleted document may be given again: what of ours names the deleted one must not mean the next.

Frappe takes the last number of a series back when its document is deleted, and an amendment gets the number of one that
was deleted. So a deletion is worked off like a rename, by the same table (`stored_names`), to a name nobody can get:
ledgers and keys go on telling of the document that was deleted, and the next one is new to us. Where people know the
thing itself by the name (a serial number), the table says so (`again`), and the name stays.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.foundation import postponed
from support_service.foundation.names import name_shapes, stored_names
from support_service.foundation.names.stored_names import How, Rename, StoredName

MARK = " (deleted "


def after_delete(doc: Document, method: str | None = None) -> None:
	"""Listens to `after_delete` of every DocType (hooks.py)."""
	# what is reloaded from its file is deleted to be there again
	if frappe.flags.in_uninstall or not doc.flags.in_delete:
		return
	postponed.forget_record(doc.doctype, doc.name)
	part_from(doc.doctype, doc.name)


def part_from(doctype: str, name: str) -> None:
	"""What names the deleted document is given a name that stands for it alone."""
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
	"""The lines of the table by which another document of that name would be taken for the deleted one."""
	return [
		entry
		for entry in stored_names.table()
		if doctype in entry.of and entry.how == How.FOLLOWS and not entry.again
	]


def stand_in(doctype: str, name: str) -> Document:
	"""What stands for the deleted document: it has a name, and nothing is stored or told of it."""
	mark = f"{MARK}{frappe.generate_hash(length=8)})"
	gone = name[: frappe.db.VARCHAR_LEN - len(mark)] + mark
	return frappe.get_doc({"doctype": doctype, "name": gone, "__islocal": 1})


def _rename_links(entry: StoredName, rename: Rename) -> None:
	"""The links beside the field, which Frappe renames by itself and leaves when it deletes."""
	columns = [column for column, what in entry.beside.items() if what == "name"]
	kinds = {column: rename.doctype for column, what in entry.beside.items() if what == "doctype"}
	for column in columns:
		frappe.db.set_value(
			entry.doctype, {**kinds, column: rename.old}, column, rename.new, update_modified=False
		)
