"""Records that were renamed after they were taken over are recognised again by what they became."""

import frappe

from support_service.erpnext_takeover.in_step import renames


def execute() -> None:
	"""Bring the keys in step with the present names; what has become two is told to the admin."""
	if left := renames.mend():
		lines = "\n".join(f"{doctype} {name}" for doctype, name in left)
		frappe.log_error(title="Records that were renamed and taken over a second time", message=lines)
