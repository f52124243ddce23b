"""Rights of our roles on ERPNext's DocTypes, as Custom DocPerm rows.

Frappe reads either a DocType's standard rows or its custom ones, never both. The first grant on a DocType therefore
copies the standard rows (as the Role Permissions Manager does); taking the last grant back drops an unchanged copy.
"""

from typing import Any

import frappe
from frappe.permissions import rights as RIGHTS
from frappe.permissions import setup_custom_perms

from support_service.constants.grants import GRANTS


def apply_grants() -> None:
	"""Add the rows of GRANTS that are missing. Rows an admin has changed since are left as they are."""
	present = {
		(row.parent, row.role)
		for row in frappe.get_all(
			"Custom DocPerm", {"parent": ["in", list(GRANTS)], "permlevel": 0}, ["parent", "role"]
		)
	}
	for doctype, by_role in GRANTS.items():
		if not frappe.db.exists("DocType", doctype):
			continue
		for role, granted in by_role.items():
			if (doctype, role) not in present:
				_grant(doctype, role, granted)


def _grant(doctype: str, role: str, granted: tuple[str, ...]) -> None:
	setup_custom_perms(doctype)
	frappe.get_doc(
		{
			"doctype": "Custom DocPerm",
			"parent": doctype,
			"parenttype": "DocType",
			"parentfield": "permissions",
			"role": role,
			"permlevel": 0,
			**{right: int(right in granted) for right in RIGHTS},
		}
	).insert()
	frappe.clear_cache(doctype=doctype)


def drop_unchanged_copies() -> None:
	"""After our roles' rows are gone: DocTypes whose custom rows equal the standard ones go back to those."""
	for doctype in GRANTS:
		custom = _rows("Custom DocPerm", doctype)
		if custom and custom == _rows("DocPerm", doctype):
			frappe.db.delete("Custom DocPerm", {"parent": doctype})
			frappe.clear_cache(doctype=doctype)


def _rows(table: str, doctype: str) -> list[tuple[Any, ...]]:
	fields = ["role", "permlevel", "if_owner", *RIGHTS]
	rows = frappe.get_all(table, {"parent": doctype}, fields)
	return sorted(tuple(str(row[field] or 0) for field in fields) for row in rows)
