"""Portal access on the Customer's form: who has it, give it, take it away."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.permissions import portal_access


@frappe.whitelist()
def of_customer(customer: str) -> dict[str, list[dict[str, Any]]]:
	"""See `portal_access.overview`."""
	return portal_access.overview(_writable(customer).name)


@frappe.whitelist(methods=["POST"])
def give(customer: str, address: str = "", contact: str | None = None) -> str:
	"""Give the person behind `address`, perhaps a Contact of the customer, portal access; returns the user."""
	doc = _writable(customer)
	names = {}
	if contact:
		found = frappe.get_doc("Contact", contact)
		found.check_permission("read")
		names = {"first_name": found.first_name or "", "last_name": found.last_name or ""}
	return portal_access.give(doc, address, **names)


@frappe.whitelist(methods=["POST"])
def take(customer: str, user: str) -> None:
	"""Take the customer's portal access from `user`."""
	portal_access.take(_writable(customer), user)


def _writable(customer: str) -> Document:
	"""The Customer; raises frappe.PermissionError with the same words whether it exists or not."""
	if not frappe.db.exists("Customer", customer) or not frappe.has_permission("Customer", "write", customer):
		frappe.throw(
			_("Only people who may change this customer decide who acts for it on the portal."),
			frappe.PermissionError,
		)
	return frappe.get_doc("Customer", customer)
