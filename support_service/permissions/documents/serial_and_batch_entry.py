"""Who may list the rows of bundles: core checks only the right to read *any* bundle, so the rows follow theirs here."""

import frappe

from support_service.permissions.documents import serial_and_batch_bundle
from support_service.permissions.scope import Through


def query(user: str | None = None) -> str:
	"""Hook `permission_query_conditions` of the child table."""
	scope = serial_and_batch_bundle.RULE.scope(user or frappe.session.user)
	if scope.everything:
		return ""
	return Through("parent", serial_and_batch_bundle.RULE.doctype, scope).sql("Serial and Batch Entry")
