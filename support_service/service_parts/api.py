"""The whitelisted function of service parts, for the visit form."""

from typing import Any

import frappe
from frappe.utils import flt

from support_service.service_parts import availability, part_facts
from support_service.service_parts.part_checks import has_stock_effect, problems_of


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
	stock = availability.stock_by_warehouse((row.item_code for row in rows), doc.company, doc.service_request)
	return {
		"rows": [_row(row, stock.get(row.item_code, {})) for row in rows],
		"problems": [problem.text for problem in problems_of(doc, facts)],
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
