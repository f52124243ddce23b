"""Our roles. A role that the site had before us is used and left alone."""

import json

import frappe

from support_service.constants.roles import STAFF

REMEMBERED = "support_service_roles"


def create_roles() -> None:
	"""Create the roles that are missing and remember that they are ours to remove."""
	missing = [role for role in STAFF if not frappe.db.exists("Role", role)]
	for role in missing:
		frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert()
	if missing:
		frappe.db.set_global(REMEMBERED, json.dumps(sorted({*created_roles(), *missing})))


def created_roles() -> list[str]:
	"""Roles that `create_roles` made on this site."""
	return json.loads(frappe.db.get_global(REMEMBERED) or "[]")


def remove_roles() -> list[str]:
	"""Take our roles from users, profiles and permission tables, then delete them; returns their names."""
	roles = created_roles()
	if roles:
		for table in ("Has Role", "Custom DocPerm", "DocPerm"):
			frappe.db.delete(table, {"role": ["in", roles]})
		for role in roles:
			frappe.delete_doc("Role", role, force=True, delete_permanently=True)
	frappe.db.delete("DefaultValue", {"parent": "__global", "defkey": REMEMBERED})
	return roles
