"""*Create → Service Request* on ERPNext's forms: values of the new case, taken from the record it is created from.

Nothing is stored: the values fill an unsaved form, and its save checks them like typed ones. What the user may not see is
left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.contacts.doctype.address.address import get_address_display
from frappe.model.document import Document
from frappe.utils import strip_html

from support_service.permissions import named_links

CASE = "Service Request"
UNIT = "Installed Unit"
RETIRED = "Retired"
CHOICES = 100
UNIT_FIELDS = (
	"name",
	"unit_name",
	"serial_label",
	"item_code",
	"item_name",
	"customer",
	"contact",
	"site_address",
	"company",
)

Values = dict[str, Any]


class NothingToServeError(frappe.ValidationError):
	"""No case can be opened from a record of this kind."""


def values_from(doctype: str, name: str, unit: str | None = None) -> Values:
	"""Returns values of the new case; and choices, where several units may be meant and `unit` does not say which.

	The caller has checked that the user may create cases and read the record and the unit.
	"""
	if doctype not in SOURCES:
		frappe.throw(
			_("A service request is not created from {0}. Open a new one and fill it in by hand.").format(
				_(doctype)
			),
			NothingToServeError,
		)
	doc = frappe.get_doc(doctype, name)
	values = SOURCES[doctype](doc)
	pieces = [] if unit else _pieces_of(doc)
	if len(pieces) > 1:
		return {"choices": pieces, "values": _complete(values)}
	chosen = frappe.db.get_value(UNIT, unit, UNIT_FIELDS, as_dict=True) if unit else next(iter(pieces), None)
	if chosen:
		values = _about(chosen, values)
	return {"values": _complete(values)}


def _of_customer(doc: Document) -> Values:
	return {"customer": doc.name}


def _of_contact(doc: Document) -> Values:
	customers = {row.link_name for row in doc.links if row.link_doctype == "Customer"}
	# with several customers only the user can say which one
	return {"contact": doc.name, "customer": customers.pop() if len(customers) == 1 else None}


def _of_serial_no(doc: Document) -> Values:
	return {
		"customer": doc.get("customer"),
		"item_code": doc.item_code,
		"serial_label": doc.name,
		"company": doc.company,
	}


def _of_asset(doc: Document) -> Values:
	return {
		"customer": doc.get("customer"),
		"item_code": doc.item_code,
		"company": doc.company,
	}


def _of_delivery(doc: Document) -> Values:
	return {
		"customer": doc.customer,
		"contact": doc.get("contact_person"),
		"site_address": doc.get("shipping_address_name") or doc.get("customer_address"),
		"company": doc.company,
		"project": doc.get("project"),
	}


SOURCES: dict[str, Callable[[Document], Values]] = {
	"Customer": _of_customer,
	"Contact": _of_contact,
	"Serial No": _of_serial_no,
	"Asset": _of_asset,
	"Delivery Note": _of_delivery,
	"Sales Invoice": _of_delivery,
}


def _pieces_of(doc: Document) -> list[Any]:
	"""Units that `doc` is, or has delivered to a customer who still has them."""
	if doc.doctype in ("Serial No", "Asset"):
		filters: dict[str, Any] = {frappe.scrub(doc.doctype): doc.name}
	elif doc.doctype in ("Delivery Note", "Sales Invoice"):
		filters = {
			"source_doctype": ["in", ["Delivery Note", "Sales Invoice"]],
			"source_name": ["in", [doc.name, *_notes_of(doc)]],
			"customer": doc.customer,
		}
	else:
		return []
	if not frappe.has_permission(UNIT, "read"):
		return []
	filters["state"] = ["!=", RETIRED]
	return frappe.get_list(UNIT, filters=filters, fields=list(UNIT_FIELDS), order_by="name", limit=CHOICES)


def _notes_of(doc: Document) -> list[str]:
	"""The Delivery Notes that an invoice bills, or that delivered what it billed before."""
	if doc.doctype != "Sales Invoice":
		return []
	billed = [row.delivery_note for row in doc.items if row.delivery_note]
	delivered = frappe.get_all(
		"Delivery Note Item",
		filters={"against_sales_invoice": doc.name, "docstatus": 1},
		pluck="parent",
		order_by=None,
	)
	return sorted({*billed, *delivered})


def _about(unit: Any, values: Values) -> Values:
	"""Values of a case about `unit`: its customer and its site."""
	same = not values.get("customer") or values["customer"] == unit.customer
	kept = values if same else {}
	return {
		"customer": unit.customer or values.get("customer"),
		"installed_unit": unit.name,
		"item_code": unit.item_code,
		"serial_label": unit.serial_label,
		"contact": kept.get("contact") or unit.contact,
		"site_address": unit.site_address or kept.get("site_address"),
		"company": unit.company or values.get("company"),
		"project": kept.get("project"),
	}


def _complete(values: Values) -> Values:
	"""Add the customer's name, primary contact and address, the contact's numbers and the address as text."""
	customer = _visible("Customer", values.get("customer"))
	values["customer"] = customer
	if customer:
		fields = ("customer_name", "customer_primary_contact", "customer_primary_address")
		known = frappe.db.get_value("Customer", customer, fields, as_dict=True)
		values["customer_name"] = known.customer_name
		values["contact"] = values.get("contact") or known.customer_primary_contact
		values["site_address"] = values.get("site_address") or known.customer_primary_address
	values["contact"] = _visible("Contact", values.get("contact"))
	if values["contact"]:
		fields = ("full_name", "mobile_no", "phone", "email_id")
		person = frappe.db.get_value("Contact", values["contact"], fields, as_dict=True)
		values["contact_name"] = person.full_name
		values["contact_phone"] = person.mobile_no or person.phone
		values["contact_email"] = person.email_id
	values["site_address"] = _visible("Address", values.get("site_address"))
	if values["site_address"]:
		address = frappe.get_cached_doc("Address", values["site_address"])
		values["site_address_display"] = strip_html(get_address_display(address.as_dict()) or "")
	for fieldname, doctype in (("item_code", "Item"), ("project", "Project")):
		values[fieldname] = _visible(doctype, values.get(fieldname))
	return {field: value for field, value in values.items() if value}


def _visible(doctype: str, name: str | None) -> str | None:
	return name if name and named_links.may_see(doctype, name) else None
