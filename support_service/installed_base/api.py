"""Whitelisted functions of the installed base: for the form of a unit, its tree and its list, and for returns."""

from dataclasses import asdict
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.installed_base import bulk_changes, fitted_parts, labels, readings, unit_file, unit_tree
from support_service.installed_base.deliveries import documents as deliveries
from support_service.installed_base.deliveries import return_questions, returns

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


@frappe.whitelist()
def inside_now(unit: str) -> list[dict[str, Any]]:
	"""The parts inside `unit` now, oldest first: the fields of FittedPart and `item_name`."""
	_readable(unit)
	parts = fitted_parts.inside_now(unit)
	names = _item_names({part.item_code for part in parts})
	return [{**asdict(part), "item_name": names.get(part.item_code)} for part in parts]


@frappe.whitelist(methods=["POST"])
def renew_label(unit: str) -> None:
	"""Make the labels of `unit` invalid that were printed so far; the next one printed carries another code."""
	frappe.get_doc("Installed Unit", unit).check_permission("write")
	labels.renew(unit)


@frappe.whitelist()
def unit_history(unit: str) -> dict[str, Any]:
	"""Everything on record of `unit`, newest first: cases, visits, parts, events, meters, warranties, contracts, files.

	Of documents with rules of their own only those the user may see. Also `advice`, and `position` on the map.
	"""
	doc = _readable(unit)
	parts = fitted_parts.entries_of(unit)[: unit_file.LIMIT]
	names = _item_names({part.item_code for part in parts})
	return {
		"parts": [_entry(part, names) for part in parts],
		"cases": unit_file.rows_of("Service Request", unit),
		"visits": unit_file.rows_of("Engineer Visit", unit),
		"events": unit_file.rows_of("Installed Unit Event", unit),
		"meters": readings.meters_of(unit),
		"warranties": unit_file.rows_of("Service Warranty", unit),
		"contracts": unit_file.contracts_of(unit),
		"files": unit_file.files_of(unit),
		"advice": unit_file.advice_of(doc),
		"position": unit_tree.position_of(doc),
	}


@frappe.whitelist()
def get_children(
	doctype: str, parent: str | None = None, customer: str | None = None, is_root: Any = None, **kwargs: Any
) -> list[dict[str, Any]]:
	"""One level of the tree of units, as the desk's tree view asks for it; the root is the customer."""
	frappe.has_permission("Installed Unit", "read", throw=True)
	at_root = frappe.parse_json(is_root) if is_root else False
	return unit_tree.children(None if at_root else parent, customer)


@frappe.whitelist()
def change_many(units: str | list[str], values: str | dict[str, Any]) -> None:
	"""Set state, criticality, site or contact of many units, as a job that shows its progress."""
	frappe.has_permission("Installed Unit", "write", throw=True)
	bulk_changes.start(frappe.parse_json(units), frappe.parse_json(values))


@frappe.whitelist()
def units_to_name(doctype: str, name: str) -> list[dict[str, Any]]:
	"""What a return does not say: per question `item_code`, how many `pieces` came back, and the `candidates`.

	Each candidate: `name`, `label`, `site`, `delivered_on`.
	"""
	doc = _return(doctype, name)
	return [
		{
			"item_code": question.item_code,
			"pieces": question.pieces,
			"candidates": return_questions.labels_of(question.candidates),
		}
		for question in returns.units_of(doc, deduce=False).open
	]


@frappe.whitelist()
def name_returned_units(doctype: str, name: str, units: str | list[str]) -> int:
	"""Answer which units came back with a return; returns of how many pieces that is still unknown."""
	doc = _return(doctype, name)
	return sum(question.pieces for question in return_questions.answer(doc, frappe.parse_json(units)))


def _return(doctype: str, name: str) -> Document:
	"""The submitted return of goods, if the user may write it: who may fill in its rows may say what came back."""
	if doctype not in return_questions.RETURNS:
		frappe.throw(_("There is no such return, or you may not change it."), frappe.PermissionError)
	frappe.has_permission(doctype, "write", throw=True)
	if not frappe.db.exists(doctype, name) or not frappe.has_permission(doctype, "write", name):
		frappe.throw(_("There is no such return, or you may not change it."), frappe.PermissionError)
	doc = frappe.get_doc(doctype, name)
	if doc.docstatus != 1 or not doc.get("is_return") or not deliveries.concerns_units(doc):
		frappe.throw(_("{0} {1} takes back no goods.").format(_(doctype), name))
	return doc


def _readable(unit: str) -> Document:
	"""The unit. The message is the same whether it does not exist or the user may not see it."""
	if not frappe.db.exists("Installed Unit", unit) or not frappe.has_permission(
		"Installed Unit", "read", unit
	):
		frappe.throw(_("There is no such unit, or you may not see it."), frappe.PermissionError)
	return frappe.get_doc("Installed Unit", unit)


def _entry(row: Any, names: dict[str, str]) -> dict[str, Any]:
	return {**{field: row[field] for field in SHOWN}, "item_name": names.get(row.item_code)}


def _item_names(codes: set[str]) -> dict[str, str]:
	rows = frappe.get_all(
		"Item", filters={"name": ("in", sorted(codes) or [""])}, fields=["name", "item_name"]
	)
	return {row.name: row.item_name for row in rows}
