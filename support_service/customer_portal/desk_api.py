"""Whitelisted functions for staff: who of a customer's people has portal access, and which files a customer may open."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.customer_portal import marked_files, shown_to_customer
from support_service.permissions import portal_users


@frappe.whitelist()
def of_customer(customer: str) -> dict[str, list[dict[str, Any]]]:
	"""Who has access and who could be given it; see `permissions/portal_users.overview`."""
	return portal_users.overview(_writable(customer).name)


@frappe.whitelist(methods=["POST"])
def give(customer: str, address: str = "", contact: str | None = None) -> str:
	"""Give portal access to the person with this e-mail address; returns the user. contact: their Contact, if they have one."""
	doc = _writable(customer)
	names = {}
	if contact:
		found = frappe.get_doc("Contact", contact)
		found.check_permission("read")
		names = {"first_name": found.first_name or "", "last_name": found.last_name or ""}
	return portal_users.give_access(doc, address, **names)


@frappe.whitelist(methods=["POST"])
def take(customer: str, user: str) -> None:
	"""Take portal access for the customer away from `user`."""
	portal_users.take_access(_writable(customer), user)


def _writable(customer: str) -> Document:
	"""The Customer; raises the same frappe.PermissionError whether it does not exist or may not be changed."""
	if not frappe.db.exists("Customer", customer) or not frappe.has_permission("Customer", "write", customer):
		frappe.throw(
			_("Only people who may change this customer decide who acts for it on the portal."),
			frappe.PermissionError,
		)
	return frappe.get_doc("Customer", customer)


@frappe.whitelist()
def files_of_case(request: str) -> list[dict[str, Any]]:
	"""As `files_of`, of a request and of its messages."""
	return files_of("Service Request", request)


@frappe.whitelist()
def files_of(doctype: str, name: str) -> list[dict[str, Any]]:
	"""The files of a request, a device or a contract, and whether its customer may open them.

	Each: name, file_name, file_url, owner_name, creation, with_message (bool), shown (bool), marked (bool: shown as staff have
	marked it).
	"""
	if doctype not in marked_files.DOCTYPES:
		frappe.throw(_("Nothing of it is shown on the portal."), marked_files.NotMarkableError)
	holder = frappe.get_doc(doctype, name)
	holder.check_permission("read")
	return shown_to_customer.files_of(holder)


@frappe.whitelist(methods=["POST"])
def show_file(file: str, shown: bool) -> None:
	"""Show a file on a request, a device or a contract to its customer, or no longer; see marked_files.mark."""
	marked_files.mark(file, shown=shown)
