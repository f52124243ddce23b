"""Keeps source keys right when ERPNext's records are renamed or merged.

What a record became carries a key made of the record's name (`keys.key_of`). Frappe renames links, but not texts, so the
key is renamed here; else the record would look as if it had never been taken over. `HOLDERS` lists whose keys contain
whose names; a new kind is a line there.

When two records are merged, the one that stays keeps what it became. What the other became is kept too, but without key
and link, and a comment on both says so. If only the other one was taken over, its key goes to the record that stays.
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
GOES_ON = N_(
	"{0} {1} was merged into {2}, which belongs to {3}. This record is kept and no longer linked to it."
)
STAYS = N_("{0} {1} was merged into {2}. {3}, which belonged to {1}, is kept and no longer linked.")


@dataclass(frozen=True, slots=True)
class Holder:
	"""Rows of `doctype` whose `source_key` contains the record's name.

	links: fields that link to the record; the last one holds its name. They are empty where the record was deleted.
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
	"""Before a merge: unlink one of two rows that would both link to the record that stays."""
	postponed.forget_record(rename.doctype, rename.old)
	_part_doubles(rename.doctype, rename.old, rename.new)


def follow(rename: Rename, doc: Document) -> None:
	"""After a rename: give the row the key of the new name. Changes nothing when it is run again."""
	holder = HOLDERS[rename.doctype]
	_part_doubles(rename.doctype, rename.old, rename.new)
	row = _row(holder, rename.doctype, rename.old)
	if not row:
		return
	_set_key(holder, row.name, key_of(rename.doctype, rename.new))
	if doc.is_new():
		return  # a deleted record, which has no form to show the link on
	if holder.back and doc.meta.has_field(holder.back) and doc.get(holder.back) != row.name:
		doc.db_set(holder.back, row.name, update_modified=False)


def mend() -> list[tuple[str, str]]:
	"""Give rows of records that were renamed before this existed the key of the present name.

	Returns (DocType, name) of rows whose new key another row has already; they stay as they are.
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
	"""Where both names have a row, unlink that of the old name."""
	holder = HOLDERS[doctype]
	going, staying = _row(holder, doctype, old), _row(holder, doctype, new)
	if not going or not staying or going.name == staying.name:
		return
	if not staying[holder.links[-1]]:
		# of a deleted record that had this name: the key is free
		_set_key(holder, staying.name, None)
		return
	# `modified` changes, so that a form somebody has open does not save the links again
	frappe.db.set_value(holder.doctype, going.name, {KEY: None, **dict.fromkeys(holder.links)})
	lang = language.of_site()
	for one, other, note in ((going, staying, GOES_ON), (staying, going, STAYS)):
		text = _(note, lang).format(_(doctype, lang), old, new, other.name)
		frappe.get_doc(holder.doctype, one.name).add_comment("Info", text)


def _row(holder: Holder, doctype: str, name: str) -> Any | None:
	"""What a record became: found by its key, or by its link where the key is another one."""
	fields = ["name", *holder.links]
	found = frappe.db.get_value(holder.doctype, {KEY: key_of(doctype, name)}, fields, as_dict=True)
	if found or holder.links == SOURCE:
		return found
	return frappe.db.get_value(holder.doctype, {holder.links[-1]: name}, fields, as_dict=True)


def _set_key(holder: Holder, name: str, key: str | None) -> None:
	frappe.db.set_value(holder.doctype, name, KEY, key, update_modified=False)


def _astray(doctype: str, holder: Holder) -> list[Any]:
	"""Rows whose key is not the one of the record they link to."""
	link = holder.links[-1]
	filters = {link: ("is", "set"), KEY: ("like", f"{doctype}|%")}
	if holder.links == SOURCE:
		filters["source_doctype"] = doctype
	rows = frappe.get_all(holder.doctype, filters=filters, fields=["name", KEY, link], order_by="name")
	return [row for row in rows if row[KEY] != key_of(doctype, row[link])]
