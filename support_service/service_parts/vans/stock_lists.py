"""A stock list becomes the reorder levels that ERPNext keeps on the items, one row per item and van."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.utils import flt

from support_service.foundation import locks
from support_service.service_parts.vans import written
from support_service.service_parts.vans.errors import VanStockListError

TRANSFER = "Transfer"


def apply(name: str, engineers: Iterable[Any]) -> dict[str, int]:
	"""Set the levels of the engineers' vans. Levels of other items, and of other warehouses, stay as they are.

	The caller has checked who may do this. Returns `vans` and `levels`: how many levels were new or changed.
	"""
	stock_list = frappe.get_doc("Van Stock List", name)
	if stock_list.disabled:
		frappe.throw(_("{0} is disabled. Choose another list, or enable it.").format(name), VanStockListError)
	vans = [_van(engineer) for engineer in engineers]
	if not vans:
		frappe.throw(_("Choose at least one engineer with a van."), VanStockListError)
	changed = sum(_set_levels(row, vans) for row in sorted(stock_list.items, key=lambda row: row.item_code))
	return {"vans": len(vans), "levels": changed}


def _van(engineer: Any) -> str:
	if not engineer.van_warehouse:
		frappe.throw(
			_("{0} has no van. Choose a van warehouse on the Service Engineer first.").format(
				engineer.engineer_name
			),
			VanStockListError,
		)
	return engineer.van_warehouse


def _set_levels(row: Any, vans: list[str]) -> int:
	"""Put the levels of one item on it; its document is saved once, however many vans there are."""
	item = locks.get_doc("Item", row.item_code)
	wanted = {
		"warehouse_reorder_level": flt(row.min_qty),
		"warehouse_reorder_qty": flt(flt(row.max_qty) - flt(row.min_qty), 9),
	}
	changed = 0
	for van in vans:
		level = _level_of(item, van)
		if not level:
			level = item.append("reorder_levels", {"warehouse": van, "material_request_type": TRANSFER})
		if any(flt(level.get(field)) != value for field, value in wanted.items()):
			level.update(wanted)
			changed += 1
	if changed:
		# what a van carries is the lead's to say, who has no right to change items otherwise
		written.save(item)
	return changed


def _level_of(item: Any, van: str) -> Any:
	return next(
		(
			level
			for level in item.reorder_levels
			if level.warehouse == van and level.material_request_type == TRANSFER
		),
		None,
	)
