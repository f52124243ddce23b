"""What a visit brings along: the part rows of a new one come from the needs of the case (hook `support_service_visit_parts`); one that
was there before is offered what has been reserved for the case in its engineer's van since."""

from __future__ import annotations

from typing import Any

import frappe
from erpnext.stock.get_item_details import get_conversion_factor
from frappe.model.document import Document
from frappe.utils import flt

from support_service.service_parts.needs import reservations
from support_service.service_parts.needs.need_rules import OVER, TOLERANCE


def rows_for(case: Document) -> list[dict[str, Any]]:
	"""Part rows (item_code, item_name, qty, uom) for a new visit of `case`: what it still needs and no other visit is to bring."""
	needs = frappe.get_all(
		"Part Need",
		filters={
			"service_request": case.name,
			"status": ("not in", list(OVER)),
			"engineer_visit": ("is", "not set"),
		},
		fields=["item_code", "item_name", "stock_qty", "used_qty", "stock_uom"],
		order_by="name",
	)
	rows: dict[str, dict[str, Any]] = {}
	for need in needs:
		left = flt(need.stock_qty) - flt(need.used_qty)
		if left > TOLERANCE:
			row = rows.setdefault(
				need.item_code,
				{"item_code": need.item_code, "item_name": need.item_name, "qty": 0.0, "uom": need.stock_uom},
			)
			row["qty"] += left
	return list(rows.values())


def reserved_for(visit: Document) -> list[dict[str, Any]]:
	"""Part rows (item_code, item_name, qty, uom, warehouse) that the visit lacks of what is reserved for its case where it draws from."""
	van = visit.warehouse or frappe.db.get_value("Service Engineer", visit.engineer, "van_warehouse")
	if not van or not visit.service_request:
		return []
	held = reservations.held_in(visit.service_request, van)
	for row in visit.parts:
		if row.item_code in held and (row.warehouse or van) == van:
			held[row.item_code] -= flt(row.qty) * _stock_units(row)
	lacking = {item: qty for item, qty in held.items() if qty > TOLERANCE}
	if not lacking:
		return []
	names = {"name": ("in", sorted(lacking))}
	items = frappe.get_all("Item", names, ["name", "item_name", "stock_uom"], order_by="name")
	return [
		{
			"item_code": item.name,
			"item_name": item.item_name,
			"qty": lacking[item.name],
			"uom": item.stock_uom,
			"warehouse": van,
		}
		for item in items
	]


def _stock_units(row: Any) -> float:
	"""How many stock units one unit of the row is."""
	return flt(get_conversion_factor(row.item_code, row.uom).get("conversion_factor")) if row.uom else 1.0
