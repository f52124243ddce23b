"""What the hotline page shows about a caller: customer card and unit card.

Every read goes through `frappe.get_list`, so each document's permission rule decides what an agent sees. Every query uses
an index, or a table that does not grow with the cases (contacts, customers), and is limited: the page takes as long with
a million closed cases as with ten.
"""

from typing import Any

import frappe

from support_service.installed_base.api import inside_now
from support_service.permissions import contact_ties
from support_service.service_charging.decision import preview as coverage_preview
from support_service.service_intake.look_up import CASE_FIELDS, LIVE_STATES, UNIT_FIELDS, look_up

__all__ = ["customer_card", "look_up", "open_cases", "unit_card"]

OPEN_CASES = 15
CLOSED_CASES = 5
UNITS = 20


def customer_card(customer: str) -> dict[str, Any]:
	"""The customer with contacts, addresses, open cases, the last closed ones, contracts that hold, and units."""
	doc = frappe.get_cached_doc("Customer", customer)
	return {
		"customer": {
			field: doc.get(field)
			for field in ("name", "customer_name", "customer_group", "territory", "mobile_no", "email_id")
		},
		"contacts": _contacts_of(customer),
		"addresses": _addresses_of(customer),
		"open_cases": open_cases({"customer": customer}),
		"closed_cases": _closed_cases({"customer": customer}),
		"contracts": _contracts_of(customer),
		"units": frappe.get_list(
			"Installed Unit",
			filters={"customer": customer, "state": ["!=", "Retired"]},
			fields=UNIT_FIELDS,
			order_by="unit_name",
			limit=UNITS,
		),
	}


def unit_card(unit: str) -> dict[str, Any]:
	"""One unit: what and where it is, who would pay, its contracts and open cases, what is inside it and was done lately."""
	doc = frappe.get_doc("Installed Unit", unit)
	fields = (
		*UNIT_FIELDS,
		"site_address_display",
		"delivered_on",
		"accepted_on",
		"contact",
		"parent_unit",
		"notes",
	)
	return {
		"unit": {field: doc.get(field) for field in fields},
		"contacts": _contacts_of(doc.customer),
		"coverage": coverage_preview.preview(unit, doc.customer),
		"inside": inside_now(unit),
		"open_cases": open_cases({"installed_unit": unit}),
		"closed_cases": _closed_cases({"installed_unit": unit}),
		"visits": frappe.get_list(
			"Engineer Visit",
			filters={"installed_unit": unit, "docstatus": ["<", 2]},
			fields=["name", "planned_start", "status", "outcome", "engineer_name"],
			order_by="planned_start desc",
			limit=CLOSED_CASES,
		),
	}


def open_cases(filters: dict[str, Any]) -> list[dict[str, Any]]:
	"""The open cases that match `filters`, oldest first: the one the caller asks about is likely among them."""
	return frappe.get_list(
		"Service Request",
		filters={**filters, "status": ["in", list(LIVE_STATES)]},
		fields=CASE_FIELDS,
		order_by="raised_on asc",
		limit=OPEN_CASES,
	)


def _contacts_of(customer: str) -> list[dict[str, Any]]:
	return frappe.get_list(
		"Contact",
		filters={"name": ["in", contact_ties.known_contacts(customer)]},
		fields=["name", "full_name", "designation", "phone", "mobile_no", "email_id", "is_primary_contact"],
		order_by="is_primary_contact desc",
		limit=10,
	)


def _contracts_of(customer: str) -> list[dict[str, Any]]:
	return frappe.get_list(
		"Service Contract",
		filters={"customer": customer, "docstatus": 1, "status": "Active"},
		fields=["name", "title", "status", "start_date", "end_date", "calendar"],
		order_by="end_date desc",
		limit=5,
	)


def _addresses_of(customer: str) -> list[dict[str, Any]]:
	return frappe.get_list(
		"Address",
		filters=[
			["Dynamic Link", "link_doctype", "=", "Customer"],
			["Dynamic Link", "link_name", "=", customer],
		],
		fields=["name", "address_title", "address_type", "address_line1", "city", "pincode"],
		order_by="`tabAddress`.`modified` desc",
		limit=5,
	)


def _closed_cases(filters: dict[str, Any]) -> list[dict[str, Any]]:
	# one status, so that the index (customer or unit, status, raised_on) gives the last ones without sorting
	return frappe.get_list(
		"Service Request",
		filters={**filters, "status": "Closed"},
		fields=CASE_FIELDS,
		order_by="raised_on desc",
		limit=CLOSED_CASES,
	)
