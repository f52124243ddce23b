"""The name of this app, and which DocTypes are its own."""

from __future__ import annotations

import frappe
from frappe.model.meta import Meta

APP = "support_service"


def is_ours(doctype: str | None) -> bool:
	"""Whether the DocType belongs to this app; False for one that does not exist."""
	meta = meta_of(doctype)
	module = meta.module if meta else None
	return bool(module) and frappe.local.module_app.get(frappe.scrub(module)) == APP


def meta_of(doctype: str | None) -> Meta | None:
	"""The metadata of a DocType, from Frappe's cache; None for one that does not exist."""
	if not doctype:
		return None
	try:
		return frappe.get_meta(doctype)
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None
