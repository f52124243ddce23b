"""Rows elsewhere on the site that point at one of our DocTypes: comments, versions, files, shares, saved filters …

Frappe's uninstaller drops our tables and the records of our modules; the rows that merely *mention* them stay. They
are found by meta, not by a list: every field of a Frappe DocType that links to "DocType". Only Frappe's own tables are
searched, so business documents of ERPNext and other apps are never deleted.
"""

from collections.abc import Iterator

import frappe
from frappe.utils import create_batch

from support_service.setup import names

BATCH = 500
# Frappe deletes these itself with our modules; a table's own definition rows go with its DocType
KEPT = {"DocType", "DocField", "DocPerm", "DocType Action", "DocType State"}
# these only mention a DocType beside what they are for: the mention goes, the record stays
MENTIONS = {
	("Email Account", "append_to"): ("append_to",),
	("IMAP Folder", "append_to"): ("append_to",),
	("User Type", "apply_user_permission_on"): ("apply_user_permission_on",),
	("Event", "reference_doctype"): ("reference_doctype", "reference_docname"),
}
# what goes with our DocTypes and is linked to by others; a report before the charts that draw it
GONE_WITH_US = (
	"Report",
	"Page",
	"Print Format",
	"Server Script",
	"Kanban Board",
	"Dashboard Chart Source",
	"Dashboard Chart",
	"Number Card",
	"Custom HTML Block",
	"Workspace",
)
WORKSPACE_ROWS = (
	("Workspace Link", "link_type"),
	("Workspace Shortcut", "type"),
	("Workspace Sidebar Item", "link_type"),  # Frappe 16
)
NOTHING_WITHOUT = ("Custom Role", "Dashboard Chart", "Number Card")
# tables that name a DocType in plain text, or as the parent of a row
TEXT_REFERENCES = (
	("__UserSettings", "doctype"),
	("__global_search", "doctype"),
	("Access Log", "export_from"),
	("Deleted Document", "deleted_doctype"),
	("DefaultValue", "defkey"),
	("Custom DocPerm", "parent"),
	("__Auth", "doctype"),  # passwords; Frappe deletes those of documents, not those of a DocType
)


def remove_rows_about_our_doctypes() -> None:
	"""Delete every framework row that refers to one of our DocTypes, files on disk included."""
	ours = list(names.doctypes())
	_delete_files(ours)
	for doctype, fieldname in _fields_that_name_a_doctype():
		if mentions := MENTIONS.get((doctype, fieldname)):
			frappe.db.set_value(doctype, {fieldname: ["in", ours]}, dict.fromkeys(mentions))
		else:
			delete_where(doctype, {fieldname: ["in", ours]})
	for table, column in TEXT_REFERENCES:
		frappe.db.delete(table, {column: ["in", ours]})
	for table, kind in _workspace_rows():
		frappe.db.delete(table, {kind: "DocType", "link_to": ["in", ours]})


def remove_rows_about(records: list[tuple[str, str]]) -> None:
	"""Unlink reports, charts, cards, boards … that are deleted with our DocTypes: `records` and what shows them.

	A row of a list (a card on somebody's dashboard) and what is nothing without it (the mailing of a report) go; elsewhere
	the field is emptied.
	"""
	gone: dict[str, set[str]] = {}
	for kind, name in records:
		gone.setdefault(kind, set()).add(name)
	for kind in GONE_WITH_US:
		ours = sorted(gone.get(kind, ()))
		for doctype, fieldname in _framework_links_to(kind) if ours else ():
			filters = {fieldname: ["in", ours]}
			meta = frappe.get_meta(doctype)
			if meta.istable or meta.get_field(fieldname).reqd or doctype in NOTHING_WITHOUT:
				if doctype in GONE_WITH_US:
					gone.setdefault(doctype, set()).update(frappe.get_all(doctype, filters, pluck="name"))
				delete_where(doctype, filters)
			else:
				frappe.db.set_value(doctype, filters, fieldname, None)
		for table, kind_field in _workspace_rows() if ours else ():
			frappe.db.delete(table, {kind_field: kind, "link_to": ["in", ours]})


def records_about_our_doctypes() -> list[tuple[str, str]]:
	"""(DocType, name) of reports, boards, User Permissions … of the site's own that `remove_rows_about_our_doctypes` will delete."""
	ours = list(names.doctypes())
	found = names.fixtures()
	for doctype, fieldname in _fields_that_name_a_doctype():
		if doctype in (*GONE_WITH_US, "User Permission"):
			found += [
				(doctype, name) for name in frappe.get_all(doctype, {fieldname: ["in", ours]}, pluck="name")
			]
	return found


def remove_rows_about_our_app() -> None:
	"""Delete what is named after the app rather than after a DocType: jobs, patches, module blocks."""
	inside = ["like", f"{names.APP}.%"]
	jobs = frappe.get_all("Scheduled Job Type", {"method": inside}, pluck="name")
	if jobs:
		frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": ["in", jobs]})
		frappe.db.delete("Scheduled Job Type", {"name": ["in", jobs]})
	# those that Frappe deleted because the app no longer asks for them
	job = {"deleted_doctype": "Scheduled Job Type", "data": ["like", f'%"method": "{names.APP}.%']}
	frappe.db.delete("Deleted Document", job)
	frappe.db.delete("Patch Log", {"patch": inside})
	frappe.db.delete("Block Module", {"module": ["in", names.modules()]})
	routes = [item["route"] for item in frappe.get_hooks("standard_portal_menu_items", app_name=names.APP)]
	if routes:
		frappe.db.delete("Portal Menu Item", {"route": ["in", routes]})


def remove_fixtures() -> None:
	"""Delete the fixture records we ship that carry no module of ours."""
	for doctype, name in names.fixtures():
		if frappe.db.exists("DocType", doctype):
			frappe.delete_doc(doctype, name, force=True, ignore_missing=True, delete_permanently=True)


def records_of_our_modules() -> list[tuple[str, str]]:
	"""(DocType, name) of everything Frappe's uninstaller is about to delete with our modules."""
	found = [("DocType", name) for name in names.doctypes()]
	found += [("Module Def", name) for name in names.modules()]
	for doctype, fieldname in _links_to("Module Def"):
		rows = frappe.get_all(doctype, {fieldname: ["in", names.modules()]}, pluck="name")
		found += [(doctype, name) for name in rows]
	return found


def forget_deleted(records: list[tuple[str, str]]) -> None:
	"""Delete the Deleted Documents of `records`, as none of them could be restored without the app, and who might see them."""
	by_doctype: dict[str, list[str]] = {}
	for doctype, name in records:
		by_doctype.setdefault(doctype, []).append(name)
	logged = frappe.db.table_exists("Permission Log")  # Frappe 16
	for doctype, deleted in by_doctype.items():
		frappe.db.delete("Deleted Document", {"deleted_doctype": doctype, "deleted_name": ["in", deleted]})
		if logged:
			frappe.db.delete("Permission Log", {"for_doctype": doctype, "for_document": ["in", deleted]})
	frappe.db.delete("Deleted Document", {"deleted_doctype": ["in", names.doctypes()]})


def _fields_that_name_a_doctype() -> Iterator[tuple[str, str]]:
	yield from (field for field in _framework_links_to("DocType") if field[0] not in KEPT)


def _framework_links_to(target: str) -> Iterator[tuple[str, str]]:
	framework = set(frappe.get_all("Module Def", {"app_name": "frappe"}, pluck="name"))
	modules = dict(
		frappe.get_all("DocType", {"issingle": 0, "is_virtual": 0}, ["name", "module"], as_list=True)
	)
	for doctype, fieldname in _links_to(target):
		if modules.get(doctype) in framework and frappe.db.table_exists(doctype):
			yield doctype, fieldname


def _links_to(target: str) -> list[tuple[str, str]]:
	rows = frappe.get_all(
		"DocField",
		{"fieldtype": "Link", "options": target, "is_virtual": 0},
		["parent", "fieldname"],
		order_by="parent, idx",
	)
	stored = set(frappe.get_all("DocType", {"issingle": 0, "is_virtual": 0}, pluck="name"))
	return [(row.parent, row.fieldname) for row in rows if row.parent in stored]


def _delete_files(ours: list[str]) -> None:
	# through the document, so that the file leaves the disk unless another document shows the same one; detached
	# first, because Frappe would comment on a document that is no longer there
	for name in frappe.get_all("File", {"attached_to_doctype": ["in", ours]}, pluck="name"):
		frappe.db.set_value("File", name, {"attached_to_doctype": None, "attached_to_name": None})
		frappe.delete_doc("File", name, force=True, delete_permanently=True)


def _workspace_rows() -> list[tuple[str, str]]:
	return [row for row in WORKSPACE_ROWS if frappe.db.table_exists(row[0])]


def delete_where(doctype: str, filters: dict[str, list]) -> None:
	"""Delete matching rows together with the child rows they own."""
	children = [field.options for field in frappe.get_meta(doctype).get_table_fields()]
	if children:
		for batch in create_batch(frappe.get_all(doctype, filters, pluck="name"), BATCH):
			for child in children:
				frappe.db.delete(child, {"parenttype": doctype, "parent": ["in", batch]})
	frappe.db.delete(doctype, filters)
