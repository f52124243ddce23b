"""Settings of one company."""

from typing import Any

import frappe


def company_default(company: str) -> Any:
	"""The row of Support Service Settings for `company`, or an empty one."""
	rows = frappe.get_cached_doc("Support Service Settings").company_defaults
	return next((row for row in rows if row.company == company), frappe._dict())
