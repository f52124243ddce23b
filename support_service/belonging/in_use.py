"""Warn staff who link to something that is out of use: a disabled or frozen customer, a disabled item, a disabled team.

Only a warning: a discontinued device is still repaired, and a customer whose account is frozen may still call. What ERPNext
would refuse is refused where its documents are made (a contract: service_coverage/contract/content.py, parts of a visit:
service_parts/part_checks.py). Which DocTypes can be out of use is read from their fields. Imported documents get no warning.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr

from support_service.constants.roles import STAFF
from support_service.permissions.named_links import Named, links_of

# field → its value in a document that is out of use
OUT_OF_USE = {"disabled": 1, "is_frozen": 1, "enabled": 0, "active": 0}
# these are disabled for other reasons: most currencies and units of measure are never enabled
NEVER_WARNED = frozenset({"Currency", "User", "UOM"})


def warn(doc: Document, method: str | None = None) -> None:
	"""Hook `validate`: show a message for every new link to something out of use."""
	if _is_history(doc) or set(frappe.get_roles()).isdisjoint((*STAFF, "System Manager")):
		return
	stored = doc.get_doc_before_save()
	before = {link.name for link in links_of(stored)} if stored else set()
	for link in dict.fromkeys(links_of(doc)):
		if link.name not in before and (why := why_out_of_use(link.doctype, link.name)):
			frappe.msgprint(_words(link, why), indicator="orange", alert=True)


def why_out_of_use(doctype: str, name: str | int) -> str | None:
	"""The field by which a document is out of use; None where it is in use, or its DocType has no such field."""
	fields = _fields(doctype)
	if not fields:
		return None
	values = frappe.get_cached_value(doctype, name, fields, as_dict=True) or {}
	return next(
		(field for field in fields if field in values and cint(values[field]) == OUT_OF_USE[field]), None
	)


def _fields(doctype: str) -> list[str]:
	if doctype in NEVER_WARNED:
		return []
	meta = frappe.get_meta(doctype)
	return [
		field for field in OUT_OF_USE if meta.has_field(field) and meta.get_field(field).fieldtype == "Check"
	]


def _is_history(doc: Document) -> bool:
	return bool(frappe.flags.in_import or (doc.is_new() and cint(doc.get("imported"))))


def _words(link: Named, why: str) -> str:
	label = _(frappe.get_meta(link.table).get_label(link.fieldname), context=link.table)
	name = frappe.bold(frappe.utils.escape_html(cstr(link.name)))
	if why == "is_frozen":
		return _("{0}: {1} {2} is frozen. ERPNext refuses to invoice it until it is released.").format(
			label, _(link.doctype), name
		)
	return _("{0}: {1} {2} is out of use (disabled). Choose another one, or enable it again.").format(
		label, _(link.doctype), name
	)
