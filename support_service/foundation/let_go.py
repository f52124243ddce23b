"""ERPNext's documents can be cancelled and deleted although ours name them: our fields are cleared, with a comment.

Frappe refuses to delete a document that another one links to, for ever where nobody may change that link. Our fields that may
link to it are read from the metadata, so a new one is covered from its first day. Ledgers are not cleared: those that name
documents of ERPNext stand under `ignore_links_on_delete` in hooks.py, and say that the document was deleted
(`names/deleted_names.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _
from frappe.model.base_document import get_controller
from frappe.model.document import Document

from support_service.foundation import language
from support_service.foundation.ledger import LedgerRow
from support_service.foundation.own import APP


def on_trash(doc: Document, method: str | None = None) -> None:
	"""Hook `on_trash` of ERPNext documents: clear our links to one that is deleted."""
	_release(doc, _("{0} {1} was deleted.", language.of_site()))


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""Hook `on_cancel` of ERPNext documents: clear our links; Frappe would refuse because of submitted documents of ours."""
	_release(doc, _("{0} {1} was cancelled.", language.of_site()))


def fields_naming(doctype: str) -> list[Any]:
	"""Our fields that may link to a document of `doctype`, without those of ledgers: parent, fieldname, options, fieldtype."""
	kept = set(frappe.get_hooks("ignore_links_on_delete"))
	fields = [field for field in link_fields() if _may_name(field, doctype)]
	return [field for field in fields if field.parent not in kept and not is_ledger(field.parent)]


def is_ledger(doctype: str) -> bool:
	"""Whether the rows of `doctype` are append-only."""
	return issubclass(get_controller(doctype), LedgerRow)


def link_fields() -> Iterator[Any]:
	"""Every Link and Dynamic Link of our own DocTypes."""
	modules = frappe.get_all("Module Def", {"app_name": APP}, pluck="name")
	doctypes = frappe.get_all("DocType", {"module": ("in", modules), "issingle": 0}, pluck="name")
	yield from frappe.get_all(
		"DocField",
		{"parent": ("in", doctypes), "fieldtype": ("in", ("Link", "Dynamic Link"))},
		["parent", "fieldname", "options", "fieldtype", "reqd"],
		order_by="parent, idx",
	)


def _may_name(field: Any, doctype: str) -> bool:
	return field.fieldtype == "Dynamic Link" or field.options == doctype


def _release(doc: Document, words: str) -> None:
	for field in fields_naming(doc.doctype):
		filters = {field.fieldname: doc.name}
		if field.fieldtype == "Dynamic Link":
			filters[field.options] = doc.doctype
		for name in frappe.get_all(field.parent, filters, pluck="name"):
			frappe.db.set_value(field.parent, name, dict.fromkeys(filters), update_modified=False)
			_add_comment(field.parent, name, words.format(_(doc.doctype, language.of_site()), doc.name))


def _add_comment(doctype: str, name: str, words: str) -> None:
	meta = frappe.get_meta(doctype)
	if meta.istable:
		return
	frappe.get_doc(
		{
			"doctype": "Comment",
			"comment_type": "Info",
			"reference_doctype": doctype,
			"reference_name": name,
			"content": words,
		}
	).insert(ignore_permissions=True)  # the app writes down what it did, whoever deletes the document
