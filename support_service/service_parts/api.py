"""The whitelisted functions of service parts: for the visit form, and the steps of a removed part."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import flt, today

from support_service.permissions import named_links
from support_service.service_parts import availability, part_facts, scanning, visit_stock
from support_service.service_parts.part_checks import has_stock_effect, problems_of
from support_service.service_parts.removed import moves, record
from support_service.service_parts.removed.lifecycle import Move


@frappe.whitelist()
def stock_before_submit(visit: str) -> dict[str, Any]:
	"""Whether the parts of `visit` are in stock now, for its form; nothing is locked, so submitting may still find less.

	Returns `rows`: per part row with a stock effect `idx`, `item_code`, `warehouse`, `needed`, `free` and `elsewhere`
	(up to five other warehouses of the company, `warehouse` and `free`, most first), quantities in the item's stock
	unit; and `problems`: sentences that say what submitting would refuse.
	"""
	# write, not read: customers read their visits, but not our stock
	frappe.has_permission("Engineer Visit", "write", visit, throw=True)
	doc = frappe.get_doc("Engineer Visit", visit)
	facts = part_facts.gather(doc)
	rows = [row for row in doc.parts if has_stock_effect(row, facts)]
	problems = problems_of(doc, facts)
	if not problems:
		for row in rows:
			visit_stock.complete(row, facts)
		problems = visit_stock.booked_by_others(rows)
	stock = availability.stock_by_warehouse((row.item_code for row in rows), doc.company, doc.service_request)
	return {
		"rows": [_row(row, stock.get(row.item_code, {})) for row in rows],
		"problems": [problem.text for problem in problems],
	}


@frappe.whitelist()
def scan(visit: str, code: str) -> scanning.Scanned:
	"""What a scanned `code` means on the visit: item, quantity, serial number, batch; see `scanning.Scanned`."""
	# write, not read: customers read their visits, but not our numbers
	frappe.has_permission("Engineer Visit", "write", visit, throw=True)
	return scanning.resolve(frappe.get_doc("Engineer Visit", visit), code)


@frappe.whitelist()
def removed_part_steps(part: str) -> dict[str, Any]:
	"""For the form of a removed part: `steps` its reader may make now, `may_undo`, `days_late`, and what actions are called.

	Each step: action, label (translated), takes and needs (fieldnames), needs_reason, part_of, primary, danger.
	"""
	frappe.has_permission(record.DOCTYPE, "read", part, throw=True)
	doc = frappe.get_doc(record.DOCTYPE, part)
	return {
		"steps": [_step(move) for move in moves.steps_for(doc)],
		"may_undo": moves.may_undo(doc),
		"days_late": record.days_late(doc, today()),
		"labels": record.labels({row.action for row in doc.history}),
	}


@frappe.whitelist(methods=["POST"])
def move_removed_part(
	part: str,
	action: str,
	reason: str | None = None,
	qty: float | None = None,
	serial_no: str | None = None,
	batch_no: str | None = None,
	due_on: str | None = None,
	supplier: str | None = None,
	vendor_reference: str | None = None,
	credit_expected: float | None = None,
	credit_due_on: str | None = None,
	debit_note: str | None = None,
) -> dict[str, Any]:
	"""Make one step of a removed part; returns its status. See `moves.apply_move` for what may be refused."""
	frappe.has_permission(record.DOCTYPE, "read", part, throw=True)
	named_links.require("Batch", batch_no, _("Batch"))
	named_links.require("Supplier", supplier, _("Supplier"))
	named_links.require("Purchase Invoice", debit_note, _("Debit Note"))
	values = {
		"qty": qty,
		"serial_no": serial_no,
		"batch_no": batch_no,
		"due_on": due_on,
		"supplier": supplier,
		"vendor_reference": vendor_reference,
		"credit_expected": credit_expected,
		"credit_due_on": credit_due_on,
		"debit_note": debit_note,
	}
	doc = moves.apply_move(part, action, reason=reason, values=values)
	return {"name": doc.name, "status": doc.status}


@frappe.whitelist(methods=["POST"])
def undo_removed_part(part: str) -> dict[str, Any]:
	"""Take back the last step of a removed part, with its stock documents; returns its status."""
	frappe.has_permission(record.DOCTYPE, "read", part, throw=True)
	doc = moves.undo(part)
	return {"name": doc.name, "status": doc.status}


def _step(move: Move) -> dict[str, Any]:
	return {
		"action": move.action,
		"label": _(move.label),
		"takes": move.takes,
		"needs": move.needs,
		"needs_reason": move.needs_reason,
		"part_of": move.part_of,
		"moves_stock": bool(move.stock),
		"primary": move.primary,
		"danger": move.danger,
	}


def _row(row: Any, stock: dict[str, float]) -> dict[str, Any]:
	warehouse = row.draws_from()
	elsewhere = [
		{"warehouse": name, "free": free} for name, free in stock.items() if name != warehouse and free > 0
	]
	return {
		"idx": row.idx,
		"item_code": row.item_code,
		"warehouse": warehouse,
		"needed": flt(row.qty),
		"free": stock.get(warehouse, 0.0),
		"elsewhere": elsewhere[:5],
	}
