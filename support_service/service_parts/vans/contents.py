"""What lies in vans, item by item, with value, age and what is wrong with it; for the report and for the notice to leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import frappe
from frappe.utils import cint, flt, nowdate

from support_service.service_parts.vans import ageing
from support_service.support_service.messaging import recipients

SETTINGS = "Support Service Settings"
DEFAULT_OLD = 180  # days
GOOD, OLD, NEGATIVE, LEFT_BEHIND = "Good", "Old", "Negative", "Left Behind"


def of(vans: Mapping[str, Any]) -> list[dict[str, Any]]:
	"""Van warehouse → its Service Engineer; a row per item that is not zero.

	`state`: below zero, left behind by an engineer who has gone, older than the settings say, or good. Amounts in `currency`.
	"""
	old_after = cint(frappe.get_cached_doc(SETTINGS).van_aged_days) or DEFAULT_OLD
	ages = ageing.ages(list(vans), nowdate())
	here = recipients.able_engineers(engineer.name for engineer in vans.values())
	return [
		_row(
			held,
			vans[held.warehouse],
			ages.get((held.item_code, held.warehouse)),
			here,
			old_after,
		)
		for held in _held(list(vans))
	]


def _row(
	held: Any, engineer: Any, age: ageing.Age | None, here: Mapping[str, str], old_after: int
) -> dict[str, Any]:
	company = frappe.get_cached_value("Warehouse", held.warehouse, "company")
	row = {
		"warehouse": held.warehouse,
		"engineer": engineer.name,
		"engineer_name": engineer.get("engineer_name"),
		"team": engineer.team,
		"item_code": held.item_code,
		"item_name": held.item_name,
		"qty": flt(held.actual_qty),
		"uom": held.stock_uom,
		"value": flt(held.stock_value),
		"currency": frappe.get_cached_value("Company", company, "default_currency"),
		"oldest": age.oldest if age else None,
		"average_age": age.average if age else None,
		"idle": age.idle if age else None,
	}
	return {**row, "state": _state(row, engineer.name in here, old_after)}


def _state(row: dict[str, Any], engineer_is_here: bool, old_after: int) -> str:
	if row["qty"] < 0:
		return NEGATIVE
	if not engineer_is_here:
		return LEFT_BEHIND
	return OLD if (row["oldest"] or 0) > old_after else GOOD


def _held(vans: list[str]) -> list[Any]:
	bin, item = frappe.qb.DocType("Bin"), frappe.qb.DocType("Item")
	return (
		frappe.qb.from_(bin)
		.inner_join(item)
		.on(item.name == bin.item_code)
		.select(bin.warehouse, bin.item_code, bin.actual_qty, bin.stock_value, item.item_name, item.stock_uom)
		.where(bin.warehouse.isin(vans or [""]) & (bin.actual_qty != 0))
		.orderby(bin.warehouse, bin.item_code)
	).run(as_dict=True)
