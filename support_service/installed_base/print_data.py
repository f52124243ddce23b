"""Data for the print formats of a unit beside the unit itself. Registered for Jinja in hooks.py.

A customer may print a unit of theirs: everything here is read with the rights of whoever prints, and costs, licence keys
and advice are not for customers.
"""

from typing import Any

import frappe

from support_service.installed_base import fitted_parts, labels, readings, unit_file
from support_service.installed_base.unit_tree import position_of

PARTS_OF_THE_FILE = ("Service Request", "Engineer Visit", "Installed Unit Event", "Service Warranty")


def unit_maintenance_file(unit: str) -> dict[str, Any]:
	"""Everything stored about `unit`, by kind: what is inside, cases, visits, events, warranties, contracts, meters, …"""
	doc = frappe.get_doc("Installed Unit", unit)
	doc.check_permission("read")
	found = {
		frappe.scrub(doctype): unit_file.rows_of(doctype, unit, unit_file.FILE_LIMIT)
		for doctype in PARTS_OF_THE_FILE
	}
	entries = fitted_parts.entries_of(unit)[: unit_file.FILE_LIMIT]
	inside = fitted_parts.inside_now(unit)
	return {
		**found,
		"contracts": unit_file.contracts_of(unit),
		"inside": inside,
		"parts": entries,
		"item_names": _item_names({row.item_code for row in [*entries, *inside]}),
		"meters": readings.meters_of(unit) if frappe.has_permission("Unit Reading", "read") else [],
		"children": frappe.get_list(
			"Installed Unit",
			filters={"parent_unit": unit},
			fields=["name", "unit_name", "unit_kind", "serial_label", "state"],
			order_by="unit_name",
			limit=unit_file.FILE_LIMIT,
		),
		"position": position_of(doc),
		"advice": unit_file.advice_of(doc),
	}


def unit_label_code(unit: str) -> str:
	"""The QR code of the unit's label, for the source of an image."""
	return labels.qr_code(unit)


def _item_names(codes: set[str]) -> dict[str, str]:
	rows = frappe.get_all(
		"Item", filters={"name": ("in", sorted(codes) or [""])}, fields=["name", "item_name"]
	)
	return {row.name: row.item_name for row in rows}
