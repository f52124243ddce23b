"""What vans lack by ERPNext's reorder levels, and what the supplying warehouse could give; own van, or those of led teams."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from support_service.foundation.reports import column
from support_service.permissions import named_links
from support_service.service_parts.vans import replenishment, rights
from support_service.service_parts.vans.replenishment import Lack


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary. filters: engineer, team, warehouse."""
	wanted = frappe._dict(filters or {})
	named_links.require("Service Engineer", wanted.engineer, _("Service Engineer"))
	vans = [
		engineer
		for engineer in rights.seen_engineers()
		if (not wanted.engineer or engineer.name == wanted.engineer)
		and (not wanted.team or engineer.team == wanted.team)
		and (not wanted.warehouse or engineer.van_warehouse == wanted.warehouse)
	]
	names = {engineer.van_warehouse: engineer for engineer in vans}
	lacks = replenishment.lacking(vans)
	rows = [_row(lack, names[lack.warehouse]) for lack in lacks]
	return _columns(), rows, None if rows else _why_empty(vans), _chart(rows), _summary(lacks)


def _why_empty(vans: list[Any]) -> str:
	"""Why no row is shown, and what to do about it."""
	if not vans:
		return _("None of the engineers shown has a van. Set their van warehouse in Service Engineer.")
	if not replenishment.have_levels(vans):
		return _(
			"No minimum is set for these vans, so nothing can fall below it. Set one with a Van Stock List."
		)
	return _("Nothing lacks: every item is above its reorder level, in the van or on its way.")


def _row(lack: Lack, engineer: Any) -> dict[str, Any]:
	return {
		"warehouse": lack.warehouse,
		"engineer": engineer.name,
		"engineer_name": engineer.engineer_name,
		"item_code": lack.item_code,
		"item_name": frappe.get_cached_value("Item", lack.item_code, "item_name"),
		"uom": lack.uom,
		"level": lack.level,
		"actual": lack.actual,
		"projected": lack.projected,
		"needed": lack.needed,
		"source": lack.source,
		"free": lack.free,
	}


def _columns() -> list[dict[str, Any]]:
	return [
		column("warehouse", _("Van Warehouse"), "Link", 160, "Warehouse"),
		column("engineer", _("Service Engineer"), "Link", 140, "Service Engineer"),
		column("engineer_name", _("Engineer Name"), "Data", 140),
		column("item_code", _("Item"), "Link", 140, "Item"),
		column("item_name", _("Item Name"), "Data", 160),
		column("needed", _("Needed"), "Float", 90),
		column("uom", _("UOM"), "Link", 70, "UOM"),
		column("actual", _("In the Van"), "Float", 90),
		column("projected", _("With What Is on Its Way"), "Float", 120),
		column("level", _("Reorder Level"), "Float", 100),
		column("source", _("Filled up from"), "Link", 160, "Warehouse"),
		column("free", _("Free There"), "Float", 90),
	]


def _chart(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
	"""How many items each van lacks."""
	if not rows:
		return None
	counted: dict[str, int] = {}
	for row in rows:
		counted[row["warehouse"]] = counted.get(row["warehouse"], 0) + 1
	return {
		"type": "bar",
		"colors": ["#e24c4c"],
		"data": {
			"labels": list(counted),
			"datasets": [{"name": _("Items Lacking"), "values": list(counted.values())}],
		},
	}


def _summary(lacks: list[Lack]) -> list[dict[str, Any]]:
	short = sum(1 for lack in lacks if lack.free < lack.needed)
	return [
		{"label": _("Items Lacking"), "value": len(lacks), "datatype": "Int", "indicator": "Blue"},
		{
			"label": _("Not Enough at the Store"),
			"value": short,
			"datatype": "Int",
			"indicator": "Red" if short else "Green",
		},
	]
