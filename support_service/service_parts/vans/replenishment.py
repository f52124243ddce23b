"""What vans lack by ERPNext's reorder levels, and the Material Requests that fill them up.

As in ERPNext's own reorder: an item lacks when its projected quantity is at or below the level; then at least the reorder quantity,
and enough to reach the level, is needed. What was requested is in the projected quantity, so nothing is requested twice; the van's
Warehouse is locked while this is read and written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, flt, nowdate

from support_service.foundation import locks, transactions
from support_service.foundation.settings import company_default
from support_service.service_parts import availability
from support_service.service_parts.vans import written
from support_service.service_parts.vans.errors import ReplenishmentError

REQUEST = "Material Request"


@dataclass(frozen=True, slots=True)
class Lack:
	"""One item that a van lacks, in stock units; `free` is what the supplying warehouse could give."""

	warehouse: str
	item_code: str
	uom: str
	level: float
	actual: float
	projected: float
	needed: float
	source: str | None
	free: float
	lead_days: int = 0


def lacking(vans: Iterable[Any], items: Collection[str] | None = None, *, lock: bool = False) -> list[Lack]:
	"""What the vans of these Service Engineers lack, by van and item. lock: read what is committed, whatever the snapshot."""
	engineers = {engineer.van_warehouse: engineer for engineer in vans}
	levels = _levels(list(engineers), items)
	projected = _projected({(row.warehouse, row.item_code) for row in levels}, lock)
	found = []
	for row in levels:
		actual, expected = projected.get((row.warehouse, row.item_code), (0.0, 0.0))
		needed = needed_of(row.warehouse_reorder_level, row.warehouse_reorder_qty, expected)
		if needed:
			found.append((row, actual, expected, ceil(needed) if row.whole else needed))
	free = _free(found, engineers)
	return [
		Lack(
			row.warehouse,
			row.item_code,
			row.stock_uom,
			flt(row.warehouse_reorder_level),
			actual,
			expected,
			needed,
			source := source_of(engineers[row.warehouse]),
			free.get((row.item_code, source), 0.0),
			row.lead_time_days or 0,
		)
		for row, actual, expected, needed in found
	]


def have_levels(vans: Iterable[Any]) -> bool:
	"""Whether a reorder level is set for any item in the vans of these Service Engineers."""
	return bool(_levels([engineer.van_warehouse for engineer in vans], None))


def needed_of(level: float, quantity: float, projected: float) -> float:
	"""How much ERPNext's reorder would request; 0 where nothing lacks."""
	level, quantity = flt(level), flt(quantity)
	if not (level or quantity) or projected > level:
		return 0.0
	return max(quantity, flt(level - projected, 9))


def source_of(engineer: Any) -> str | None:
	"""The warehouse that fills up the engineer's van: the own setting, else the spare parts store of the van's company."""
	if engineer.supplying_warehouse:
		return engineer.supplying_warehouse
	company = frappe.get_cached_value("Warehouse", engineer.van_warehouse, "company")
	return company_default(company).get("parts_warehouse")


def request(wanted: Mapping[str, tuple[Any, Collection[str]]]) -> dict[str, Any]:
	"""Make a submitted Material Request per van for what it lacks now: van → (Service Engineer, items).

	Returns `requests` and `nothing_for`, vans that lack nothing any more. The caller has checked who asks.
	"""
	anchor = frappe.get_doc("Service Engineer", next(iter(wanted.values()))[0].name)

	def lock() -> None:
		for van in sorted(wanted):
			locks.get_value("Warehouse", van, "name")

	def make() -> dict[str, Any]:
		made = {van: _request_for(engineer, items) for van, (engineer, items) in sorted(wanted.items())}
		return {
			"requests": [name for name in made.values() if name],
			"nothing_for": [van for van, name in made.items() if not name],
		}

	return transactions.run(anchor, make, lock)


def _request_for(engineer: Any, items: Collection[str]) -> str | None:
	lacks = lacking([engineer], items, lock=True)
	if not lacks:
		return None
	source = lacks[0].source
	if source == engineer.van_warehouse:
		frappe.throw(
			_("The van {0} cannot be filled up from itself. Correct the supplying warehouse.").format(source),
			ReplenishmentError,
		)
	doc = frappe.new_doc(REQUEST)
	doc.update(
		{
			"company": frappe.get_cached_value("Warehouse", engineer.van_warehouse, "company"),
			"transaction_date": nowdate(),
			"material_request_type": "Material Transfer",
			"set_from_warehouse": source,
			"set_warehouse": engineer.van_warehouse,
		}
	)
	for lack in lacks:
		_append(doc, lack)
	doc.schedule_date = max(row.schedule_date for row in doc.items)
	# whoever may use the van may have it filled up, as ERPNext's own reorder does without anybody's right
	written.save(doc).submit()
	return doc.name


def _append(doc: Document, lack: Lack) -> None:
	doc.append(
		"items",
		{
			"item_code": lack.item_code,
			"qty": lack.needed,
			"uom": lack.uom,
			"stock_uom": lack.uom,
			"conversion_factor": 1,
			"warehouse": lack.warehouse,
			"from_warehouse": lack.source,
			"schedule_date": add_days(nowdate(), lack.lead_days),
		},
	)


def _levels(vans: list[str], items: Collection[str] | None) -> list[Any]:
	level, item, uom = (frappe.qb.DocType(name) for name in ("Item Reorder", "Item", "UOM"))
	query = (
		frappe.qb.from_(level)
		.inner_join(item)
		.on(item.name == level.parent)
		.left_join(uom)
		.on(uom.name == item.stock_uom)
		.select(
			level.warehouse,
			level.warehouse_reorder_level,
			level.warehouse_reorder_qty,
			item.name.as_("item_code"),
			item.stock_uom,
			item.lead_time_days,
			uom.must_be_whole_number.as_("whole"),
		)
		.where(level.warehouse.isin(vans or [""]) & (level.material_request_type == "Transfer"))
		.where((item.disabled == 0) & (item.is_stock_item == 1) & (item.has_variants == 0))
		.where(item.end_of_life.isnull() | (item.end_of_life > nowdate()))
		.orderby(level.warehouse, item.name)
	)
	if items is not None:
		query = query.where(item.name.isin(sorted(items) or [""]))
	return query.run(as_dict=True)


def _projected(places: set[tuple[str, str]], lock: bool) -> dict[tuple[str, str], tuple[float, float]]:
	"""(warehouse, item) → actual and projected quantity."""
	if not places:
		return {}
	bin = frappe.qb.DocType("Bin")
	query = (
		frappe.qb.from_(bin)
		.select(bin.warehouse, bin.item_code, bin.actual_qty, bin.projected_qty)
		.where(bin.warehouse.isin(sorted({van for van, _item in places})))
		.where(bin.item_code.isin(sorted({item for _van, item in places})))
	)
	rows = locks.rows(query) if lock else query.run(as_dict=True)
	return {(row.warehouse, row.item_code): (flt(row.actual_qty), flt(row.projected_qty)) for row in rows}


def _free(found: list[Any], engineers: Mapping[str, Any]) -> dict[tuple[str, str | None], float]:
	"""(item, supplying warehouse) → what is free there."""
	items_of: dict[str, set[str]] = {}
	for row, *_numbers in found:
		company = frappe.get_cached_value("Warehouse", row.warehouse, "company")
		items_of.setdefault(company, set()).add(row.item_code)
	free: dict[tuple[str, str | None], float] = {}
	for company, items in items_of.items():
		for item, places in availability.stock_by_warehouse(items, company).items():
			free.update({(item, place): qty for place, qty in places.items()})
	return free
