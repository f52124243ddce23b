"""Parts that do as well as another one: ERPNext's Item Alternative, in both directions where it says so. Only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import frappe


def of(items: Collection[str]) -> dict[str, list[str]]:
	"""Item → items that may stand in for it and can be drawn from stock; items without are left out."""
	if not items:
		return {}
	known = sorted(items)
	pair = frappe.qb.DocType("Item Alternative")
	rows = (
		frappe.qb.from_(pair)
		.select(pair.item_code, pair.alternative_item_code, pair.two_way)
		.where(pair.item_code.isin(known) | (pair.alternative_item_code.isin(known) & (pair.two_way == 1)))
		.orderby(pair.name)
		.run()
	)
	found: dict[str, list[str]] = defaultdict(list)
	for item, other, two_way in rows:
		for one, stand_in in ((item, other), (other, item)) if two_way else ((item, other),):
			if one in items and stand_in not in found[one]:
				found[one].append(stand_in)
	usable = drawable({stand_in for stand_ins in found.values() for stand_in in stand_ins})
	return {
		item: kept
		for item, all_of_it in found.items()
		if (kept := [one for one in all_of_it if one in usable])
	}


def drawable(items: Collection[str]) -> set[str]:
	"""Those of the items that a visit could draw: stock is kept of them, and they are neither disabled nor templates."""
	if not items:
		return set()
	filters = {"name": ("in", sorted(items)), "is_stock_item": 1, "disabled": 0, "has_variants": 0}
	return set(frappe.get_all("Item", filters=filters, pluck="name", order_by=None))
