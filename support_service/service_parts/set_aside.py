"""Warehouses whose stock is ours but free for nobody: removed parts that are not tested, what is lent or inspected, what we rejected.

What lies there is not offered, reserved, supplied, drawn or lent. It becomes free when a step or a transfer brings it into a store.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe

# of a company's row in the settings
HOLDS_BACK = ("defective_warehouse", "loan_warehouse", "loan_inspection_warehouse")
GIVES_OUT = ("parts_warehouse", "loan_source_warehouse")
REJECTED = "is_rejected_warehouse"


def by_settings() -> frozenset[str]:
	"""Those that the settings name for it in any company; a store that is one of them at the same time gives out what it holds."""
	rows = frappe.get_cached_doc("Support Service Settings").company_defaults
	held_back = {row.get(field) for row in rows for field in HOLDS_BACK}
	return frozenset(filter(None, held_back - {row.get(field) for row in rows for field in GIVES_OUT}))


def among(warehouses: Iterable[str | None]) -> set[str]:
	"""Those of `warehouses` whose stock is free for nobody."""
	asked = set(filter(None, warehouses))
	found = asked & by_settings()
	if asked and knows_rejected():
		rejected = {"name": ("in", sorted(asked)), REJECTED: 1}
		found |= set(frappe.get_all("Warehouse", rejected, pluck="name", order_by=None))
	return found


def knows_rejected() -> bool:
	"""Whether this ERPNext marks warehouses for rejected goods."""
	return bool(frappe.get_meta("Warehouse").has_field(REJECTED))


def leave_out(stores: Any, warehouse: Any) -> Any:
	"""The query `stores` over the table `warehouse` without those warehouses."""
	if knows_rejected():
		stores = stores.where(warehouse[REJECTED] == 0)
	by_name = by_settings()
	return stores.where(warehouse.name.notin(sorted(by_name))) if by_name else stores
