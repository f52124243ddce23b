"""What a new visit brings along: its part rows come from the needs of the case (hook `support_service_visit_parts`)."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import flt

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
