"""The tree of units: what stands at a customer's site, and what each unit is made of."""

from __future__ import annotations

from typing import Any

import frappe

DOCTYPE = "Installed Unit"
LEVEL_LIMIT = 500  # units shown under one node; the list is made for more
DEEPEST = 20


def children(parent: str | None, customer: str | None) -> list[dict[str, Any]]:
	"""The units right under `parent`, or those of `customer` that are part of no other; as the desk's tree asks.

	Each: value, title, expandable, unit_kind, state, serial_label. One query for the level and one for what lies below.
	"""
	filters: dict[str, Any] = {"parent_unit": parent} if parent else {"parent_unit": ("is", "not set")}
	if not parent:
		if not customer:
			return []
		filters["customer"] = customer
	rows = frappe.get_list(
		DOCTYPE,
		filters=filters,
		fields=["name", "unit_name", "unit_kind", "state", "serial_label", "item_name"],
		order_by="unit_name, name",
		limit=LEVEL_LIMIT,
	)
	parents = set(
		frappe.get_all(
			DOCTYPE,
			filters={"parent_unit": ("in", [row.name for row in rows] or [""])},
			pluck="parent_unit",
			distinct=True,
			order_by="parent_unit",
		)
	)
	return [
		{**row, "value": row.name, "title": row.unit_name, "expandable": row.name in parents} for row in rows
	]


def position_of(unit: Any) -> dict[str, Any] | None:
	"""Where `unit` is on the map: its own latitude and longitude, else that of the unit it is part of.

	Returns latitude, longitude and from_unit (None where they are its own); None where nobody entered any.
	"""
	seen, now = set(), unit
	while now and now.name not in seen and len(seen) < DEEPEST:
		if now.latitude or now.longitude:
			inherited = now.name if now.name != unit.name else None
			return {"latitude": now.latitude, "longitude": now.longitude, "from_unit": inherited}
		seen.add(now.name)
		now = now.parent_unit and frappe.db.get_value(
			DOCTYPE, now.parent_unit, ["name", "latitude", "longitude", "parent_unit"], as_dict=True
		)
	return None
