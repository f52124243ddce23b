"""Who may fill the links to our documents on ERPNext's documents (constants/custom_fields.py).

Such a link gives access: whoever sees a visit sees the serial numbers of the Stock Entry that names it. The app fills the links
with `ignore_permissions`. A person may fill one if they may see the document it names, or if ERPNext copies the value: from the
document that is amended or returned, or from a Quotation or Sales Order to the next document, where the person may read one with
that value. Everything else about these documents is ERPNext's.
"""

from __future__ import annotations

from collections.abc import Iterator

import frappe
from frappe.model.document import Document

from support_service.constants.custom_fields import CUSTOM_FIELDS
from support_service.permissions.named_links import Named, may_see, refuse

COMES_FROM = ("amended_from", "return_against")


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Hook `before_validate`: raise HiddenLinkError for a link to a document of ours that its writer may not see."""
	if doc.flags.ignore_permissions:
		return
	before = doc.get_doc_before_save()
	known = set(_to_ours(before)) if before else set()
	for link in _to_ours(doc):
		if (
			link not in known
			and not may_see(link.doctype, link.name)
			and not _is_copied_by_erpnext(doc, link)
		):
			refuse(link)


def _to_ours(doc: Document) -> Iterator[Named]:
	for field in CUSTOM_FIELDS[doc.doctype]:
		if field["fieldtype"] == "Link" and (name := doc.get(field["fieldname"])):
			yield Named(doc.doctype, field["fieldname"], field["options"], name)


def _is_copied_by_erpnext(doc: Document, link: Named) -> bool:
	for fieldname in COMES_FROM:
		source = doc.get(fieldname)
		if source and link.name == frappe.db.get_value(doc.doctype, source, link.fieldname):
			return may_see(doc.doctype, source)
	carriers = frappe.get_all(
		"Custom Field",
		filters={"fieldname": link.fieldname, "fieldtype": "Link", "options": link.doctype, "no_copy": 0},
		pluck="dt",
	)
	return doc.doctype in carriers and any(
		frappe.has_permission(carrier, "read")
		and frappe.get_list(carrier, filters={link.fieldname: link.name}, pluck="name", limit=1)
		for carrier in carriers
	)
