"""Files of our documents: who lists them, and who may name an existing one in a File record of their own.

Core narrows a desk user's list of files by DocType only, so names and paths of files on foreign documents would show;
here it is narrowed by the document's own predicate. And core lets anybody with a login create a File that points at any path, and then serves the path because its owner may
read it. For files of our documents the path may be named only by who may read one of the documents it hangs on.
"""

import posixpath
from urllib.parse import unquote

import frappe
from frappe.model.document import Document

PRIVATE = "/private/"


def query(user: str | None = None) -> str:
	"""Hook `permission_query_conditions` of File: files of our documents only where the document may be seen."""
	user = user or frappe.session.user
	conditions = []
	for doctype, paths in frappe.get_hooks("permission_query_conditions", app_name="support_service").items():
		if doctype == "File":
			continue
		for path in paths:
			if seen := frappe.get_attr(path)(user):
				# names are ours, values escaped
				inside = f"select `name` from `tab{doctype}` where {seen}"  # noqa: S608
				foreign = f"ifnull(`tabFile`.`attached_to_doctype`, '') != {frappe.db.escape(doctype)}"
				conditions.append(f"({foreign} or `tabFile`.`attached_to_name` in ({inside}))")
	return " and ".join(conditions)


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
	"""Hook `has_permission` of File: False for a foreign file, otherwise None, which leaves it to core."""
	if ptype not in ("create", "write") or not doc.file_url:
		return None
	# as core reads it when it saves and serves: decoded once, dots resolved
	url = posixpath.normpath(unquote(doc.file_url))
	if not url.startswith(PRIVATE):
		return None
	user = user or frappe.session.user
	holders = frappe.get_all(
		"File",
		filters={
			"file_url": url,
			"name": ["!=", doc.name or ""],
			"attached_to_doctype": [
				"in",
				sorted(frappe.get_hooks("has_permission", app_name="support_service")),
			],
			"attached_to_name": ["is", "set"],
		},
		fields=["owner", "attached_to_doctype", "attached_to_name"],
	)
	if not holders or any(_may_read(holder, user) for holder in holders):
		return None
	return False


def _may_read(holder: frappe._dict, user: str) -> bool:
	return holder.owner == user or bool(
		frappe.db.exists(holder.attached_to_doctype, holder.attached_to_name)
		and frappe.has_permission(holder.attached_to_doctype, "read", holder.attached_to_name, user=user)
	)
