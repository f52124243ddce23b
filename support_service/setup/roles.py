"""Creates and removes our roles. A role that the site had before is used, and stays after an uninstall."""

import json

import frappe

from support_service.constants.roles import STAFF

REMEMBERED = "support_service_roles"
# rows that give rights by a role; they are deleted with it
GIVEN_BY = {"Has Role", "Custom DocPerm", "DocPerm"}


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
	"""Take our roles from users, profiles and permission tables, then delete them; returns their names.

	A role that something else still uses (a workflow of the site, a recipient of a notification) is kept.
	"""
	roles = [role for role in created_roles() if not _is_asked_for(role)]
	if roles:
		for table in sorted(GIVEN_BY):
			frappe.db.delete(table, {"role": ["in", roles]})
		for role in roles:
			frappe.delete_doc("Role", role, force=True, delete_permanently=True)
	frappe.db.delete("DefaultValue", {"parent": "__global", "defkey": REMEMBERED})
	return roles


def _is_asked_for(role: str) -> bool:
	"""Whether anything but users and permissions links to `role`."""
	for kind, on in (("DocField", "parent"), ("Custom Field", "dt")):
		fields = frappe.get_all(
			kind, {"fieldtype": "Link", "options": "Role"}, [f"{on} as holder", "fieldname"]
		)
		for row in fields:
			if (
				row.holder not in GIVEN_BY
				and frappe.db.exists("DocType", row.holder)
				and _holds(row.holder, row.fieldname, role)
			):
				return True
	return False


def _holds(doctype: str, fieldname: str, role: str) -> bool:
	meta = frappe.get_meta(doctype)
	if meta.issingle:
		return frappe.db.get_single_value(doctype, fieldname) == role
	if meta.get("is_virtual") or not frappe.db.table_exists(doctype):
		return False
	return bool(frappe.db.exists(doctype, {fieldname: role}))
