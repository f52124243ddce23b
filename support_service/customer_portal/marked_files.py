"""Files that staff mark for the customer on a request, a device or a contract: the customer opens them on that record's page.

A mark is on the File and says for which Customer. It counts only as long as the record is that customer's: what was marked for the
former owner of a device is not shown to the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html

from support_service.permissions import who

MARK = "service_shown_to"
DOCTYPES = ("Service Request", "Installed Unit", "Service Contract")
FIELDS = ("name", "file_name", "file_url", "file_size", "creation", "attached_to_doctype", "attached_to_name")


class NotMarkableError(frappe.ValidationError):
	"""The file hangs on nothing that has a page on the portal."""


def mark(file: str, *, shown: bool) -> None:
	"""Show the File `file` to the customer of the record it is attached to, or no longer; its timeline says so.

	Raises frappe.PermissionError unless the session's user may change that record, NotMarkableError.
	"""
	found = frappe.get_doc("File", file)
	if found.attached_to_doctype not in DOCTYPES or found.is_folder:
		found.check_permission("write")
		frappe.throw(_("Attach the file to a request, a device or a contract first."), NotMarkableError)
	holder = frappe.get_doc(found.attached_to_doctype, found.attached_to_name)
	holder.check_permission("write")
	customer = holder.get("customer")
	if shown and not customer:
		frappe.throw(_("Say first which customer it is for."), NotMarkableError)
	wanted = customer if shown else None
	if (found.get(MARK) or None) == wanted:
		return
	set_mark(found.name, wanted)
	said = _("{0} is shown to the customer.") if shown else _("{0} is no longer shown to the customer.")
	holder.add_comment("Info", said.format(escape_html(found.file_name or "")))


def set_mark(file: str, customer: str | None) -> None:
	"""The one writer of the mark; the field is at a permission level that no role has."""
	frappe.db.set_value("File", file, MARK, customer, update_modified=False)


def of(doctype: str, names: Iterable[str], customers: Iterable[str]) -> list[Any]:
	"""Rows (FIELDS) of the files on these records that are marked for one of `customers`, oldest first.

	The caller has checked that the records belong to these customers.
	"""
	return frappe.get_all(
		"File",
		filters={
			"attached_to_doctype": doctype,
			"attached_to_name": ("in", list(names) or [""]),
			MARK: ("in", list(customers) or [""]),
			"is_folder": 0,
		},
		fields=list(FIELDS),
		order_by="creation asc, name asc",
	)


def listed(doctype: str, name: str, customer: str) -> list[dict[str, str]]:
	"""The files marked on one record, ready to print: file_name, url (a download)."""
	url = "/api/method/support_service.customer_portal.papers_api.document"
	return [
		{"file_name": row.file_name, "url": f"{url}?file={row.name}"}
		for row in of(doctype, [name], [customer])
	]


def is_marked(file: Any, user: str) -> bool:
	"""Whether `file` (a row or document) is marked for a customer that `user` acts for and that still has the record.

	Hook key `support_service_shown_files` for devices and contracts; the rule of requests is in shown_to_customer.py.
	"""
	customer, doctype = file.get(MARK), file.get("attached_to_doctype")
	if not customer or doctype not in DOCTYPES or customer not in who.customers_of(user):
		return False
	holder = frappe.db.get_value(
		doctype, file.get("attached_to_name"), ["customer", "docstatus"], as_dict=True
	)
	return bool(holder) and is_shown_with(file, doctype, holder)


def is_shown_with(file: Any, doctype: str, holder: Any) -> bool:
	"""Whether `file` is marked for the customer of `holder`, the record of `doctype` it is attached to, and that has a page."""
	has_page = doctype != "Service Contract" or holder.docstatus == 1
	return has_page and bool(holder.customer) and file.get(MARK) == holder.customer
