"""Locking ERPNext's Bins (one row per item and warehouse) before anything of ours moves stock.

ERPNext reads the ledger before it writes the Bin, so two documents may both find the last part. Whoever holds the Bin
before reading anything is alone with that item in that warehouse until the transaction ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import flt

from support_service.foundation import locks

Place = tuple[str, str]  # (item_code, warehouse)

_LOCK = """select name, item_code, warehouse, actual_qty, reserved_stock, modified
from `tabBin` where name = %s for update"""


class StockChangedError(frappe.ValidationError):
	"""The stock changed after the caller's transaction had read it."""


@dataclass(frozen=True, slots=True)
class LockedBin:
	"""What one locked Bin holds; quantities in the item's stock unit."""

	name: str
	item_code: str
	warehouse: str
	actual_qty: float
	reserved_stock: float | None
	modified: datetime

	@property
	def free(self) -> float:
		"""Quantity nobody has reserved."""
		return flt(self.actual_qty) - flt(self.reserved_stock)


def names_of(places: Iterable[Place]) -> dict[Place, str]:
	"""Bin names of `places`, in locking order. A place without Bin never held stock and is left out.

	A missing Bin is not created: what is not there cannot be drawn, so there is nothing to lock.
	"""
	wanted = {(item, warehouse) for item, warehouse in places if item and warehouse}
	if not wanted:
		return {}
	found = frappe.get_all(
		"Bin",
		filters={
			"item_code": ("in", sorted({item for item, _warehouse in wanted})),
			"warehouse": ("in", sorted({warehouse for _item, warehouse in wanted})),
		},
		fields=["name", "item_code", "warehouse"],
		order_by=None,
	)
	bins = {(row.item_code, row.warehouse): row.name for row in found}
	return {place: bins[place] for place in sorted(wanted & bins.keys())}


def lock(names: dict[Place, str]) -> dict[Place, LockedBin]:
	"""Lock the Bins until the transaction ends; returns what they hold now, whatever the transaction's snapshot says.

	One statement per row, by primary key and in sorted order: the order in which one statement over many rows takes
	its locks is the optimizer's choice, and a changing order is a deadlock.
	"""
	locks.latest()
	locked: dict[Place, LockedBin] = {}
	for place in sorted(names):
		# raw SQL: a lock is held for as long as the next statements take to build
		for row in frappe.db.sql(_LOCK, (names[place],), as_dict=True):
			locked[(row.item_code, row.warehouse)] = LockedBin(**row)
	return locked


def lock_in_callers_transaction(places: Iterable[Place]) -> dict[Place, LockedBin]:
	"""Lock the Bins inside a transaction that is not ours to restart.

	:raises StockChangedError: when the caller's snapshot is older than the stock; what ERPNext would read there is stale.
	"""
	names = names_of(places)
	seen = {
		row.name: (row.actual_qty, row.modified)
		for row in frappe.get_all(
			"Bin",
			filters={"name": ("in", list(names.values()) or [""])},
			fields=["name", "actual_qty", "modified"],
			order_by=None,
		)
	}
	locked = lock(names)
	for bin in locked.values():
		if seen[bin.name] != (bin.actual_qty, bin.modified):
			frappe.throw(
				_(
					"The stock of {0} in {1} changed while this was being submitted. Nothing was drawn; please try again."
				).format(bin.item_code, bin.warehouse),
				exc=StockChangedError,
			)
	return locked
