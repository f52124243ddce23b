"""What the browser may ask this room."""

from dataclasses import asdict
from typing import Any

import frappe

from support_service.installed_base import fitted_parts

SHOWN = (
	"name",
	"kind",
	"item_code",
	"serial_label",
	"batch_no",
	"qty",
	"happened_at",
	"voucher_type",
	"voucher_no",
	"reversal_of",
)
LIMIT = 50  # newest rows of each kind; the unit form links to the full lists


@frappe.whitelist()
def inside_now(unit: str) -> list[dict[str, Any]]:
	"""The parts inside `unit` now, oldest first: the fields of FittedPart and `item_name`."""
	frappe.has_permission("Installed Unit", "read", unit, throw=True)
	parts = fitted_parts.inside_now(unit)
	names = _item_names({part.item_code for part in parts})
	return [{**asdict(part), "item_name": names.get(part.item_code)} for part in parts]


@frappe.whitelist()
def unit_history(unit: str) -> dict[str, list[dict[str, Any]]]:
	"""`parts` (ledger), `cases` and `visits` of `unit`, newest first; cases and visits only those the user may see."""
	frappe.has_permission("Installed Unit", "read", unit, throw=True)
	parts = fitted_parts.entries_of(unit)[:LIMIT]
	names = _item_names({part.item_code for part in parts})
	return {
		"parts": [_entry(part, names) for part in parts],
		"cases": _readable(
			"Service Request",
			unit,
			["name", "subject", "status", "request_type", "priority", "creation"],
			"creation desc",
		),
		"visits": _readable(
			"Engineer Visit",
			unit,
			["name", "service_request", "engineer_name", "status", "outcome", "planned_start"],
			"planned_start desc",
		),
	}


def _entry(row: Any, names: dict[str, str]) -> dict[str, Any]:
	return {**{field: row[field] for field in SHOWN}, "item_name": names.get(row.item_code)}


def _readable(doctype: str, unit: str, fields: list[str], order_by: str) -> list[dict[str, Any]]:
	if not frappe.has_permission(doctype, "read"):
		return []
	return frappe.get_list(
		doctype, filters={"installed_unit": unit}, fields=fields, order_by=order_by, limit_page_length=LIMIT
	)


def _item_names(codes: set[str]) -> dict[str, str]:
	rows = frappe.get_all(
		"Item", filters={"name": ("in", sorted(codes) or [""])}, fields=["name", "item_name"]
	)
	return {row.name: row.item_name for row in rows}
