"""Which DocTypes are this app's own."""

from __future__ import annotations

import frappe

APP = "support_service"


def is_ours(doctype: str) -> bool:
	"""Whether the DocType belongs to this app."""
	module = frappe.get_meta(doctype).module
	return bool(module) and frappe.local.module_app.get(frappe.scrub(module)) == APP
