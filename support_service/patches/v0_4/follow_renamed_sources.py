"""Records that were renamed after they were taken over are recognised again by what they became."""

import frappe

from support_service.erpnext_takeover.in_step import renames


def execute() -> None:
	"""Bring the keys in step with the present names; records that were taken over twice are listed in the Error Log."""
	if left := renames.mend():
		lines = "\n".join(f"{doctype} {name}" for doctype, name in left)
		frappe.log_error(title="Records that were renamed and taken over a second time", message=lines)
