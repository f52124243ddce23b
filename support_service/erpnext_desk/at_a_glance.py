"""Facts that ERPNext's forms show when they open: open cases and contracts of a customer; unit, warranty and who would pay of
a serial number or asset.

They come with the document itself (`__onload`), without a second request, by a few indexed reads with the reader's rights.
Who may read none of our documents gets nothing, at no cost. An error here never keeps a form from opening.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from support_service.erpnext_desk.connections import LIVE_STATES
from support_service.permissions import named_links
from support_service.service_charging.decision import preview as coverage_preview
from support_service.service_coverage.contract.rules import ContractStatus, status_on

KEY = "after_sales"
CASE = "Service Request"
UNIT = "Installed Unit"
CONTRACT = "Service Contract"
MOST = 100  # the desk says 99+
CONTRACTS = 5
UNIT_FIELDS = ["name", "unit_name", "serial_label", "state", "customer", "customer_name"]


def onload(doc: Document, method: str | None = None) -> None:
	"""Listens to `onload` of the forms in SHOWN (hooks.py)."""
	try:
		doc.set_onload(KEY, SHOWN[doc.doctype](doc))
	except Exception:
		# an error must not keep the form from opening
		frappe.log_error(f"After-sales facts of {doc.doctype} {doc.name}")


def of_customer(doc: Document) -> dict[str, Any] | None:
	"""cases (open, late, name where it is the only one) and contracts in force, each None for who may not read them."""
	facts = {
		"cases": _open_cases({"customer": doc.name}) if _reads(CASE) else None,
		"contracts": _contracts(doc.name) if _reads(CONTRACT) else None,
	}
	return facts if any(part is not None for part in facts.values()) else None


def of_serial_no(doc: Document) -> dict[str, Any] | None:
	"""unit, cases and coverage (see coverage_preview.preview) of the unit with this serial number, if there is one."""
	return _unit({"serial_no": doc.name})


def of_asset(doc: Document) -> dict[str, Any] | None:
	"""As of_serial_no, for the unit of this asset."""
	return _unit({"asset": doc.name})


SHOWN: dict[str, Callable[[Document], dict[str, Any] | None]] = {
	"Customer": of_customer,
	"Serial No": of_serial_no,
	"Asset": of_asset,
}


def _reads(doctype: str) -> bool:
	return bool(frappe.has_permission(doctype, "read"))


def _rows(doctype: str, filters: dict[str, Any], fields: list[str], order_by: str, limit: int) -> list[Any]:
	"""Rows that the reader may see; by the faster get_all where that is all of them."""
	if named_links.sees_all(doctype, frappe.session.user):
		found = frappe.db.get_values(doctype, filters, fields, as_dict=True, order_by=order_by, limit=limit)
		return list(found)
	return frappe.get_list(doctype, filters=filters, fields=fields, order_by=order_by, limit=limit)


def _open_cases(filters: dict[str, Any]) -> dict[str, Any]:
	filters = {**filters, "status": ["in", LIVE_STATES]}
	rows = _rows(CASE, filters, ["name", "clock_state"], "raised_on", MOST)
	late = sum(row.clock_state == "Overdue" for row in rows)
	return {"open": len(rows), "late": late, "only": rows[0].name if len(rows) == 1 else None}


def _contracts(customer: str) -> list[dict[str, Any]]:
	today = getdate()
	filters = {
		"customer": customer,
		"docstatus": 1,
		"start_date": ["<=", today],
		"end_date": [">=", today],
	}
	fields = ["name", "title", "start_date", "end_date", "terminated_on"]
	rows = _rows(CONTRACT, filters, fields, "end_date desc", CONTRACTS)
	return [
		{"name": row.name, "title": row.title, "until": row.terminated_on or row.end_date}
		for row in rows
		if status_on(
			today, docstatus=1, start=row.start_date, end=row.end_date, terminated_on=row.terminated_on
		)
		== ContractStatus.ACTIVE
	]


def _unit(filters: dict[str, Any]) -> dict[str, Any] | None:
	if not _reads(UNIT):
		return None
	units = _rows(UNIT, filters, UNIT_FIELDS, "creation desc", 1)
	if not units:
		return None
	unit = units[0]
	return {
		"unit": unit,
		"cases": _open_cases({"installed_unit": unit.name}) if _reads(CASE) else None,
		"coverage": coverage_preview.preview(unit.name, unit.customer),
	}
