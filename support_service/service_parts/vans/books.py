"""What ERPNext's books say is in a van: quantities, batches and serial numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import frappe
from erpnext.stock.doctype.batch.batch import get_batch_qty
from erpnext.stock.stock_ledger import get_valuation_rate
from frappe.utils import flt

BATCH, SERIAL = "Batch", "Serial"
Key = tuple[str, str | None]  # item code, batch


@dataclass(frozen=True, slots=True)
class Held:
	"""One item, or one batch of it, in one warehouse. rate: stock value of one piece in the company's currency."""

	item_code: str
	batch_no: str | None
	tracking: str
	uom: str
	qty: float
	rate: float
	serials: tuple[str, ...] = ()

	@property
	def key(self) -> Key:
		return (self.item_code, self.batch_no)


def held(warehouse: str, items: Collection[str] | None = None) -> dict[Key, Held]:
	"""Everything in `warehouse` whose quantity is not zero, by item and batch; only of `items` where these are given."""
	found = _bins(warehouse, items)
	serials = _serials(warehouse, [row.item_code for row in found if row.has_serial_no])
	holdings: dict[Key, Held] = {}
	for row in found:
		if row.has_serial_no:
			numbers = tuple(serials.get(row.item_code, ()))
			held_here = [_held(row, SERIAL, len(numbers), serials=numbers)]
		elif row.has_batch_no:
			# one look-up per item: ERPNext answers for one item at a time
			held_here = [
				_held(row, BATCH, qty, batch) for batch, qty in _batches(row.item_code, warehouse).items()
			]
		else:
			held_here = [_held(row, "", flt(row.actual_qty))]
		holdings.update({one.key: one for one in held_here if one.qty or one.serials})
	return holdings


def item_facts(item_code: str) -> Any:
	"""name, has_serial_no, has_batch_no, stock_uom, is_stock_item, disabled of an item; None where there is none."""
	return frappe.get_cached_value(
		"Item",
		item_code,
		["name", "item_name", "has_serial_no", "has_batch_no", "stock_uom", "is_stock_item", "has_variants"],
		as_dict=True,
	)


def rate_of(item_code: str, warehouse: str, company: str) -> float:
	"""What one piece would be worth that the books do not expect here, as ERPNext values it; 0 where it knows no price."""
	here = frappe.db.get_value("Bin", {"item_code": item_code, "warehouse": warehouse}, "valuation_rate")
	if flt(here):
		return flt(here)
	rate = get_valuation_rate(
		item_code, warehouse, "Stock Reconciliation", "", company=company, raise_error_if_no_rate=False
	)
	return flt(rate)


def batches_of(serials: Collection[str]) -> set[str]:
	"""The batches of these serial numbers; empty for numbers without one."""
	numbered = {"name": ("in", sorted(serials) or [""]), "batch_no": ("is", "set")}
	return set(frappe.get_all("Serial No", numbered, pluck="batch_no", order_by=None))


def tracking_of(item: Any) -> str:
	"""How pieces of the item are told apart: by serial number, by batch, or not at all."""
	if item.has_serial_no:
		return SERIAL
	return BATCH if item.has_batch_no else ""


def _held(
	row: Any, tracking: str, qty: float, batch: str | None = None, serials: tuple[str, ...] = ()
) -> Held:
	return Held(row.item_code, batch, tracking, row.stock_uom, flt(qty), flt(row.valuation_rate), serials)


def _bins(warehouse: str, items: Collection[str] | None) -> list[Any]:
	bin, item = frappe.qb.DocType("Bin"), frappe.qb.DocType("Item")
	query = (
		frappe.qb.from_(bin)
		.inner_join(item)
		.on(item.name == bin.item_code)
		.select(
			bin.item_code,
			bin.actual_qty,
			bin.valuation_rate,
			item.has_serial_no,
			item.has_batch_no,
			item.stock_uom,
		)
		.where((bin.warehouse == warehouse) & (item.is_stock_item == 1))
		.orderby(bin.item_code)
	)
	if items is not None:
		query = query.where(bin.item_code.isin(sorted(items) or [""]))
	return query.run(as_dict=True)


def _serials(warehouse: str, items: Collection[str]) -> dict[str, list[str]]:
	if not items:
		return {}
	rows = frappe.get_all(
		"Serial No",
		{"warehouse": warehouse, "item_code": ("in", sorted(items))},
		["name", "item_code"],
		order_by="name",
	)
	found: dict[str, list[str]] = {}
	for row in rows:
		found.setdefault(row.item_code, []).append(row.name)
	return found


def _batches(item_code: str, warehouse: str) -> dict[str, float]:
	found: dict[str, float] = {}
	stock = get_batch_qty(
		item_code=item_code,
		warehouse=warehouse,
		for_stock_levels=True,
		consider_negative_batches=True,
		ignore_reserved_stock=True,
	)
	for batch in stock:
		found[batch.batch_no] = found.get(batch.batch_no, 0) + flt(batch.qty)
	return {batch: qty for batch, qty in found.items() if flt(qty, 6)}
