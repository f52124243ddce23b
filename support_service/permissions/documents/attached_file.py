"""Files attached to our documents: who lists and opens them, and who may name an existing one in a File record of their own.

Frappe narrows a desk user's list of files by DocType only, so names and paths of files on documents they may not see would
show; here the list is narrowed by the rule of the document. And Frappe lets anybody with a login create a File that points at
any path, and then serves the path because its owner may read it. For files of our documents, and of messages about them, the path
may be named only by who may read one of the documents it is attached to. What a customer is not shown (shown_files.py) they can neither name nor open.
"""

import posixpath
from urllib.parse import unquote

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.roles import CUSTOMER
from support_service.foundation.own import APP
from support_service.foundation.platform import NO_OBJECTION
from support_service.permissions import shown_files

PRIVATE = "/private/"
MESSAGE = "Communication"


def query(user: str | None = None) -> str:
	"""Hook `permission_query_conditions` of File: files of our documents only where the document may be seen."""
	user = user or frappe.session.user
	conditions = []
	for doctype, paths in frappe.get_hooks("permission_query_conditions", app_name=APP).items():
		if doctype in ("File", "*"):
			continue
		for path in paths:
			if seen := frappe.call(frappe.get_attr(path), user, doctype=doctype):
				# names are ours, values escaped
				inside = f"select `name` from `tab{doctype}` where {seen}"  # noqa: S608
				foreign = f"ifnull(`tabFile`.`attached_to_doctype`, '') != {frappe.db.escape(doctype)}"
				conditions.append(f"({foreign} or `tabFile`.`attached_to_name` in ({inside}))")
	return " and ".join(conditions)


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
	"""Hook `has_permission` of File: False for a file the user may not see or name; NO_OBJECTION leaves it to Frappe."""
	user = user or frappe.session.user
	if ptype not in ("create", "write") or not doc.file_url:
		hidden = doc.is_private and shown_files.verdict(doc, user) is False
		return False if hidden else NO_OBJECTION
	# as Frappe reads it when it saves and serves: decoded once, dots resolved
	url = posixpath.normpath(unquote(doc.file_url))
	if not url.startswith(PRIVATE):
		return NO_OBJECTION
	ours = sorted(frappe.get_hooks("has_permission", app_name=APP))
	holders = frappe.get_all(
		"File",
		filters={
			"file_url": url,
			"name": ["!=", doc.name or ""],
			"attached_to_doctype": ["in", [*ours, MESSAGE]],
			"attached_to_name": ["is", "set"],
		},
		fields=["*"],
	)
	# MariaDB finds other spellings of the path, too, which on the disk are other files
	holders = [holder for holder in holders if holder.file_url == url and _hangs_on(holder)[0] in ours]
	if not holders or any(_may_read(holder, user) for holder in holders):
		return NO_OBJECTION
	return False


def refuse() -> None:
	"""Hook `auth_hooks`: refuse a customer the path of a file that no page shows them, and everybody a path that MariaDB takes
	for that of a file of theirs though it is spelled differently.

	Frappe serves a path because some document may be read, and calls no hook of File. The path stands in the address, or in
	the parameter `file_url`, as all functions call it that hand out files or attach an existing one.
	"""
	request = getattr(frappe.local, "request", None)
	if not request or frappe.session.user == "Guest":
		return  # Frappe hands a guest no private file
	for path, by_record in ((request.path, False), (frappe.form_dict.get("file_url"), True)):
		if not isinstance(path, str) or PRIVATE not in path:
			continue
		# as it is, and as Frappe reads it where a File is saved
		for url in {path, posixpath.normpath(unquote(path))}:
			if not shown_files.may_open(url, frappe.session.user, by_record=by_record):
				frappe.throw(_("You don't have permission to access this file"), frappe.PermissionError)


def _may_read(holder: frappe._dict, user: str) -> bool:
	shown = shown_files.verdict(holder, user)
	if shown is False:
		return False
	if holder.owner == user:
		return True
	# a customer reads the request, and of the messages about it only some
	if holder.attached_to_doctype == MESSAGE and not shown and CUSTOMER in frappe.get_roles(user):
		return False
	doctype, name = _hangs_on(holder)
	return bool(frappe.db.exists(doctype, name) and frappe.has_permission(doctype, "read", name, user=user))


def _hangs_on(holder: frappe._dict) -> tuple[str | None, str | None]:
	"""The document a file is attached to; for a message, what it is about."""
	if holder.attached_to_doctype != MESSAGE:
		return holder.attached_to_doctype, holder.attached_to_name
	about = ["reference_doctype", "reference_name"]
	return frappe.db.get_value(MESSAGE, holder.attached_to_name, about) or (None, None)
