"""ERPNext's records under another name: what we made of them keeps standing for them.

What became of a record carries a key made of the record's name (`keys.key_of`). Frappe renames in links, never in
texts, so the key follows here: without it the record would look as if it had never been taken over. `HOLDERS` says whose
names stand in whose keys; a new one is a line there.

Of two records merged into one, the one that stays keeps what it had. What the other had is not lost: it goes on by
itself, under no key, and both say so. Where only the vanished record had something, the one that stays takes it over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.words import N_
from support_service.foundation import language, postponed
from support_service.foundation.names.keys import key_of
from support_service.foundation.names.stored_names import Rename

KEY = "source_key"
SOURCE = ("source_doctype", "source_name")
GOES_ON = N_("{0} {1} was merged into {2}, which belongs to {3}. This record goes on by itself.")
STAYS = N_("{0} {1} was merged into {2}. {3}, which it had, goes on by itself.")


@dataclass(frozen=True, slots=True)
class Holder:
	"""Rows of `doctype` whose `source_key` holds the record's name.

	links: columns that link to the record; the last one holds its name. Empty on a row that was let go of.
	back: field of the record that links to the row.
	"""

	doctype: str
	links: tuple[str, ...] = SOURCE
	back: str | None = None


HOLDERS = {
	"Issue": Holder("Service Request", back="service_request"),
	"Warranty Claim": Holder("Service Request"),
	"Maintenance Visit": Holder("Service Request"),
	"Maintenance Schedule": Holder("Service Contract"),
	"Serial No": Holder("Installed Unit", links=("serial_no",)),
	"Asset": Holder("Installed Unit", links=("asset",)),
}


def before_merge(rename: Rename, doc: Document) -> None:
	"""Two rows cannot both link to the record that stays."""
	postponed.forget_record(rename.doctype, rename.old)
	_part_doubles(rename.doctype, rename.old, rename.new)


def follow(rename: Rename, doc: Document) -> None:
	"""The key of a renamed source follows. Run again it changes nothing."""
	holder = HOLDERS[rename.doctype]
	_part_doubles(rename.doctype, rename.old, rename.new)
	row = _row(holder, rename.doctype, rename.old)
	if not row:
		return
	_set_key(holder, row.name, key_of(rename.doctype, rename.new))
	if doc.is_new():
		return  # stands for a deleted record, which shows nothing any more
	if holder.back and doc.meta.has_field(holder.back) and doc.get(holder.back) != row.name:
		doc.db_set(holder.back, row.name, update_modified=False)


def mend() -> list[tuple[str, str]]:
	"""Give rows whose record was renamed before we followed the key of its present name.

	Returns (DocType, name) of rows whose key somebody else has meanwhile; they stay as they are.
	"""
	left = []
	for doctype, holder in HOLDERS.items():
		for row in _astray(doctype, holder):
			key = key_of(doctype, row[holder.links[-1]])
			if frappe.db.exists(holder.doctype, {KEY: key, "name": ("!=", row.name)}):
				left.append((holder.doctype, row.name))
			else:
				_set_key(holder, row.name, key)
	return left


def _part_doubles(doctype: str, old: str, new: str) -> None:
	"""Where both names have a row, one of them lets go."""
	holder = HOLDERS[doctype]
	going, staying = _row(holder, doctype, old), _row(holder, doctype, new)
	if not going or not staying or going.name == staying.name:
		return
	if not staying[holder.links[-1]]:
		# of a record of that name that was deleted: it stands for nothing any more
		_set_key(holder, staying.name, None)
		return
	# `modified` moves, so that a form somebody has open does not write the links back
	frappe.db.set_value(holder.doctype, going.name, {KEY: None, **dict.fromkeys(holder.links)})
	lang = language.of_site()
	for one, other, note in ((going, staying, GOES_ON), (staying, going, STAYS)):
		text = _(note, lang).format(_(doctype, lang), old, new, other.name)
		frappe.get_doc(holder.doctype, one.name).add_comment("Info", text)


def _row(holder: Holder, doctype: str, name: str) -> Any | None:
	"""The row that stands for a record, by its key; where it is known by another one, by its link."""
	fields = ["name", *holder.links]
	found = frappe.db.get_value(holder.doctype, {KEY: key_of(doctype, name)}, fields, as_dict=True)
	if found or holder.links == SOURCE:
		return found
	return frappe.db.get_value(holder.doctype, {holder.links[-1]: name}, fields, as_dict=True)


def _set_key(holder: Holder, name: str, key: str | None) -> None:
	frappe.db.set_value(holder.doctype, name, KEY, key, update_modified=False)


def _astray(doctype: str, holder: Holder) -> list[Any]:
	"""Rows with a key of the record's kind which is not that of the record they link to."""
	link = holder.links[-1]
	filters = {link: ("is", "set"), KEY: ("like", f"{doctype}|%")}
	if holder.links == SOURCE:
		filters["source_doctype"] = doctype
	rows = frappe.get_all(holder.doctype, filters=filters, fields=["name", KEY, link], order_by="name")
	return [row for row in rows if row[KEY] != key_of(doctype, row[link])]
