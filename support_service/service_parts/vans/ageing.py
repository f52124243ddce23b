"""How old the stock in vans is: first in, first out, as ERPNext's report Stock Ageing counts it, from the day it came into the van."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe
from erpnext.stock.report.stock_ageing.stock_ageing import FIFOSlots, get_average_age
from frappe.utils import date_diff, flt

LEDGER, ENTRY = "Stock Ledger Entry", "Serial and Batch Entry"
Place = tuple[str, str]  # (item code, warehouse)


@dataclass(frozen=True, slots=True)
class Age:
	"""Of one item in one warehouse: days of the oldest piece, on average, since anything moved, and the last day it did."""

	oldest: int
	average: float
	idle: int
	last_moved: date


def ages(warehouses: Collection[str], on: str) -> dict[Place, Age]:
	"""(item, warehouse) → age on the day `on` of what lies in `warehouses`; only what is there."""
	rows = _ledger(warehouses, on)
	if not rows:
		return {}
	last = {(row.name, row.warehouse): row.posting_date for row in rows}
	serial_numbers = _serial_numbers([row.serial_and_batch_bundle for row in rows if row.has_serial_no])
	for row in rows:
		if row.has_serial_no and row.serial_and_batch_bundle:
			row.serial_no = "\n".join(serial_numbers.get(row.serial_and_batch_bundle, ()))
			row.serial_and_batch_bundle = (
				None  # the numbers are known: ERPNext would read them bundle by bundle
			)
	filters = frappe._dict(to_date=on, show_warehouse_wise_stock=1)
	found = {}
	for place, held in FIFOSlots(filters, sle=rows).generate().items():
		slots = sorted((slot for slot in held["fifo_queue"] if slot[1]), key=lambda slot: slot[1])
		if slots and flt(held.get("total_qty"), 6):
			idle = date_diff(on, last[place])
			found[place] = Age(date_diff(on, slots[0][1]), get_average_age(slots, on), int(idle), last[place])
	return found


def _ledger(warehouses: Collection[str], on: str) -> list[Any]:
	"""The whole ledger of the vans, oldest first, with the columns that ERPNext's report reads."""
	ledger, item = frappe.qb.DocType(LEDGER), frappe.qb.DocType("Item")
	return (
		frappe.qb.from_(ledger)
		.inner_join(item)
		.on(item.name == ledger.item_code)
		.select(
			item.name,
			item.has_serial_no,
			ledger.actual_qty,
			ledger.stock_value_difference,
			ledger.valuation_rate,
			ledger.posting_date,
			ledger.voucher_type,
			ledger.voucher_no,
			ledger.voucher_detail_no,
			ledger.serial_no,
			ledger.batch_no,
			ledger.qty_after_transaction,
			ledger.serial_and_batch_bundle,
			ledger.warehouse,
		)
		.where(ledger.warehouse.isin(sorted(warehouses) or [""]))
		.where((ledger.is_cancelled == 0) & (ledger.posting_date <= on))
		.orderby(ledger.posting_datetime, ledger.creation)
	).run(as_dict=True)


def _serial_numbers(bundles: Collection[str | None]) -> dict[str, list[str]]:
	wanted = sorted({bundle for bundle in bundles if bundle})
	found: dict[str, list[str]] = {}
	rows = frappe.get_all(
		ENTRY,
		{"parent": ("in", wanted or [""]), "serial_no": ("is", "set")},
		["parent", "serial_no"],
		order_by=None,
	)
	for row in rows:
		found.setdefault(row.parent, []).append(row.serial_no)
	return found
