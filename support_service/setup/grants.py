"""Rights of our roles on ERPNext's DocTypes, as Custom DocPerm rows.

Frappe reads either a DocType's standard rows or its custom ones, never both. The first grant on a DocType therefore
copies the standard rows (as the Role Permissions Manager does); taking the last grant back drops an unchanged copy.
"""

import json
from typing import Any

import frappe
from frappe.permissions import rights as RIGHTS
from frappe.permissions import setup_custom_perms

from support_service.constants.grants import GRANTS

REMEMBERED = "support_service_grants"


def apply_grants() -> None:
	"""Add the rows of GRANTS that this site has not had yet. What an admin has changed or removed since stays so."""
	had = _applied()
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
			if (doctype, role) not in present | had:
				_grant(doctype, role, granted)
			had.add((doctype, role))
	if had != _applied():
		frappe.db.set_global(REMEMBERED, json.dumps(sorted(had)))


def _applied() -> set[tuple[str, str]]:
	"""(DocType, role) pairs that were granted on this site once."""
	return {(doctype, role) for doctype, role in json.loads(frappe.db.get_global(REMEMBERED) or "[]")}


def forget_grants() -> None:
	"""Forget what was granted, after the rows of our roles are deleted, so that the next install grants again."""
	frappe.defaults.clear_default(REMEMBERED, parent="__global")
	_drop_unchanged_copies()


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


def _drop_unchanged_copies() -> None:
	"""Delete the custom rows of DocTypes where they equal the standard ones."""
	for doctype in GRANTS:
		custom = _rows("Custom DocPerm", doctype)
		if custom and custom == _rows("DocPerm", doctype):
			frappe.db.delete("Custom DocPerm", {"parent": doctype})
			frappe.clear_cache(doctype=doctype)


def _rows(table: str, doctype: str) -> list[tuple[Any, ...]]:
	fields = ["role", "permlevel", "if_owner", *RIGHTS]
	rows = frappe.get_all(table, {"parent": doctype}, fields)
	return sorted(tuple(str(row[field] or 0) for field in fields) for row in rows)
