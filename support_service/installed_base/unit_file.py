"""Everything stored about one unit, for its history tab and the maintenance file.

Each kind is read with the user's rights: what they may not see is left out. Documents of rooms above this one are read
by the name of their DocType, never written.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, today

from support_service.constants.roles import STAFF
from support_service.installed_base import advice_rules, fitted_parts
from support_service.installed_base.advice_rules import Advice, Facts
from support_service.installed_base.fitting_rules import FITTED

LIMIT = 50  # newest rows of each kind; the unit form links to the full lists
FILE_LIMIT = 200  # the same on paper

# DocType → what is shown of it, and in which order
SECTIONS: dict[str, tuple[list[str], str]] = {
	"Service Request": (
		["name", "subject", "status", "request_type", "priority", "creation", "resolution"],
		"creation desc",
	),
	"Engineer Visit": (
		["name", "service_request", "engineer_name", "status", "outcome", "planned_start", "work_done"],
		"planned_start desc",
	),
	"Installed Unit Event": (
		[
			"name",
			"event",
			"happened_on",
			"customer",
			"from_customer",
			"old_value",
			"new_value",
			"reference_doctype",
			"reference_name",
			"reason",
			"recorded_by",
		],
		"happened_on desc, recorded_at desc",
	),
	"Service Warranty": (
		["name", "status", "part_item", "part_serial", "starts_on", "ends_on", "policy"],
		"creation desc",
	),
}


def rows_of(doctype: str, unit: str, limit: int = LIMIT) -> list[Any]:
	"""The newest rows of `doctype` about `unit` that the user may see."""
	if not frappe.db.exists("DocType", doctype) or not frappe.has_permission(doctype, "read"):
		return []
	fields, order_by = SECTIONS[doctype]
	known = frappe.get_meta(doctype)
	shown = [field for field in fields if field in ("name", "creation") or known.has_field(field)]
	return frappe.get_list(
		doctype, filters={"installed_unit": unit}, fields=shown, order_by=order_by, limit=limit
	)


def contracts_of(unit: str) -> list[Any]:
	"""The Service Contracts that name `unit`, the latest first."""
	doctype = "Service Contract"
	if not frappe.db.exists("DocType", doctype) or not frappe.has_permission(doctype, "read"):
		return []
	return frappe.get_list(
		doctype,
		filters=[["Service Contract Unit", "installed_unit", "=", unit], [doctype, "docstatus", "=", 1]],
		fields=["name", "title", "status", "start_date", "end_date"],
		order_by="start_date desc",
		limit=LIMIT,
	)


def files_of(unit: str) -> list[Any]:
	"""Drawings, manuals, acceptance papers: what is attached to the unit."""
	# the caller has been allowed to read the unit, and whoever may do that may open its files
	return frappe.get_all(
		"File",
		filters={"attached_to_doctype": "Installed Unit", "attached_to_name": unit, "is_folder": 0},
		fields=["name", "file_name", "file_url", "creation"],
		order_by="creation desc",
		limit=LIMIT,
	)


def advice_of(unit: Any) -> list[dict[str, Any]]:
	"""Advice on `unit` for staff, else nothing: each with action, label (the action translated) and reason."""
	if not set(STAFF) & set(frappe.get_roles()) and frappe.session.user != "Administrator":
		return []
	faults = frappe.get_all(
		"Service Request",
		filters={"installed_unit": unit.name, "request_type": "Fault", "status": ("!=", "Cancelled")},
		pluck="creation",
		order_by="creation desc",
		limit=FILE_LIMIT,
	)
	entries = fitted_parts.entries_of(unit.name)
	undone = {row.reversal_of for row in entries if row.reversal_of}
	parts = [
		(row.item_code, getdate(row.happened_at))
		for row in entries
		if row.kind == FITTED and not row.reversal_of and row.name not in undone
	]
	facts = Facts(
		faults=[getdate(day) for day in faults],
		parts=parts,
		delivered_on=getdate(unit.delivered_on) if unit.delivered_on else None,
		retired=unit.state == "Retired",
	)
	return [
		{"action": advice.action, "label": _label(advice.action), "reason": _reason(advice)}
		for advice in advice_rules.advise(facts, getdate(today()))
	]


def _label(action: str) -> str:
	return {
		advice_rules.REPLACE: _("Replace"),
		advice_rules.REFIT: _("Refit"),
		advice_rules.UPGRADE: _("Upgrade"),
	}[action]


def _reason(advice: Advice) -> str:
	if advice.reason == "faults":
		return _("{0} faults within a year").format(advice.number)
	if advice.reason == "same part":
		name = frappe.get_cached_value("Item", advice.item, "item_name") or advice.item
		return _("{0} was replaced {1} times within a year: look for the cause").format(name, advice.number)
	return _("Delivered {0} years ago: plan its successor").format(advice.number)
