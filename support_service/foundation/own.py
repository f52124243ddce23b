"""The name of this app, and which DocTypes are its own."""

from __future__ import annotations

import frappe

APP = "support_service"


def is_ours(doctype: str | None) -> bool:
	"""Whether the DocType belongs to this app; False for one that does not exist."""
	if not doctype:
		return False
	try:
		module = frappe.get_meta(doctype).module
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return False
	return bool(module) and frappe.local.module_app.get(frappe.scrub(module)) == APP
