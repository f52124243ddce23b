"""Whitelisted functions of Supplier Claims."""

from __future__ import annotations

from typing import Any

import frappe

from support_service.service_charging import supplier_claims
from support_service.service_charging.supplier_claims import CLAIM, INVOICE, RECEIPT


@frappe.whitelist()
def claim_defaults(request: str) -> dict[str, Any]:
	"""Values of a new claim that comes from the case `request`."""
	frappe.has_permission("Service Request", "read", doc=request, throw=True)
	frappe.has_permission(CLAIM, "create", throw=True)
	case = frappe.db.get_value("Service Request", request, ["installed_unit", "company"], as_dict=True)
	unit = (
		frappe.db.get_value("Installed Unit", case.installed_unit, ["item_code", "serial_no"], as_dict=True)
		if case.installed_unit
		else None
	)
	return {"service_request": request, **case, **(unit or {})}


@frappe.whitelist(methods=["POST"])
def make_purchase_return(claim: str) -> str:
	"""Draft of the Purchase Receipt that sends back what is claimed; needs the right to make one. Returns its name."""
	frappe.has_permission(CLAIM, "read", doc=claim, throw=True)
	frappe.has_permission(RECEIPT, "create", throw=True)
	return supplier_claims.purchase_return_of(claim)


@frappe.whitelist(methods=["POST"])
def make_debit_note(claim: str) -> str:
	"""Draft of the Debit Note on the supplier; needs the right to make one. Returns its name."""
	frappe.has_permission(CLAIM, "read", doc=claim, throw=True)
	frappe.has_permission(INVOICE, "create", throw=True)
	return supplier_claims.debit_note_of(claim)
