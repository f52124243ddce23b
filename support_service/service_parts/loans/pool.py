"""The devices that may be lent, what of them is free on which days, and which could stand in for a broken one.

The pool of a company is what stands in the warehouse its settings name for it (with all below, where that is a group), what is out on
loan of it, and our own devices in the state Standby wherever they stand. Only reads; nothing is locked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import frappe
from frappe.utils import flt, getdate

from support_service.foundation.settings import company_default
from support_service.service_parts.loans import bookings, periods
from support_service.service_parts.loans.bookings import Plain
from support_service.service_parts.loans.lifecycle import OUT
from support_service.service_parts.loans.moves import LOAN, PIECE
from support_service.service_parts.loans.periods import Booking

LIMIT = 200
SAME, ALTERNATIVE, GROUP = "same", "alternative", "group"


def lends(company: str) -> bool:
	"""Whether the company has devices to lend at all: a warehouse for them, some on loan, or some standing by."""
	return bool(_warehouses(company) or _lent(company) or _standing_by(company))


def free(
	company: str, item_code: str | None, first: date, last: date, *, but: str | None = None
) -> list[dict[str, Any]]:
	"""The pieces of the pool, those of one item or all, free ones first; see `_line` for what is said of each.

	but: a loan whose own booking does not count.
	"""
	warehouses = _warehouses(company)
	items = [item_code] if item_code else None
	serials = _serials(company, warehouses, items)
	heaps = _heaps(warehouses, items)
	taken = bookings.of_serials([row.name for row in serials], but=but)
	plain = bookings.of_plain({heap[0] for heap in heaps}, but=but)
	names = _item_names({row.item_code for row in serials} | {heap[0] for heap in heaps})
	lines = [_line_of_serial(row, names, taken.get(row.name, []), first, last) for row in serials]
	lines += [_line_of_heap(heap, names, plain.get(heap, []), first, last) for heap in sorted(heaps)]
	return sorted(lines, key=lambda line: (not line["free"], line["item_code"], line["serial_no"] or ""))


def suggest(
	company: str, item_code: str | None, first: date, last: date, *, but: str | None = None
) -> list[dict[str, Any]]:
	"""Free pieces that could stand in for a device of `item_code`, the best first: the same item, ERPNext's alternatives, the same group.

	As `free`, with `fits`: "same", "alternative" or "group".
	"""
	if not item_code:
		return []
	found: list[dict[str, Any]] = []
	seen: set[str] = set()
	for fits, items in (
		(SAME, [item_code]),
		(ALTERNATIVE, _alternatives(item_code)),
		(GROUP, _of_group(item_code)),
	):
		for item in [one for one in items if one not in seen]:
			seen.add(item)
			found += [
				{**line, "fits": fits}
				for line in free(company, item, first, last, but=but)
				if line["free"] > 0
			]
	return found[:LIMIT]


def _line_of_serial(
	row: Any, names: dict[str, str], taken: Sequence[Booking], first: date, last: date
) -> dict[str, Any]:
	met = periods.meeting(taken, first, last, getdate())
	return _line(
		item_code=row.item_code,
		item_name=names.get(row.item_code),
		serial_no=row.name,
		batch_no=None,
		warehouse=row.warehouse,
		free=0.0 if met else 1.0,
		taken=taken,
		first=first,
	)


def _line_of_heap(
	heap: Plain, names: dict[str, str], taken: Sequence[Booking], first: date, last: date
) -> dict[str, Any]:
	there = bookings.in_heap(heap, taken)
	return _line(
		item_code=heap[0],
		item_name=names.get(heap[0]),
		serial_no=None,
		batch_no=heap[1] or None,
		warehouse=heap[2],
		free=max(0.0, there - periods.most_taken(taken, first, last, getdate())),
		taken=taken,
		first=first,
	)


def _line(*, taken: Sequence[Booking], first: date, **facts: Any) -> dict[str, Any]:
	"""One line: item_code, item_name, serial_no, batch_no, warehouse, free (pieces), free_until (the last day before the next booking)
	and taken (loan, first, last, qty)."""
	today = getdate()
	return {
		**facts,
		"free_until": periods.last_free_day(taken, first, today) if facts["free"] else None,
		"taken": [
			{"loan": one.loan, "first": one.first, "last": one.until(today), "qty": one.qty}
			for one in sorted(taken, key=lambda one: one.first)
		],
	}


def _warehouses(company: str) -> list[str]:
	name = company_default(company).get("loan_source_warehouse")
	place = frappe.db.get_value("Warehouse", name, ["is_group", "lft", "rgt"], as_dict=True) if name else None
	if not place:
		return []
	if not place.is_group:
		return [name]
	inside = {"lft": (">", place.lft), "rgt": ("<", place.rgt), "is_group": 0, "disabled": 0}
	return frappe.get_all("Warehouse", filters={**inside, "company": company}, pluck="name", order_by="name")


def _serials(company: str, warehouses: Sequence[str], items: Sequence[str] | None) -> list[Any]:
	"""Serial numbers of the pool: in its warehouses, out on loan from there, or a device of ours in the state Standby."""
	serial = frappe.qb.DocType("Serial No")
	place = serial.warehouse.isin([*warehouses, ""])
	also = [*_lent(company), *_standing_by(company)]
	query = (
		frappe.qb.from_(serial)
		.select(serial.name, serial.item_code, serial.warehouse)
		.where((place & (serial.warehouse != "")) | serial.name.isin([*also, ""]))
		.orderby(serial.item_code)
		.orderby(serial.name)
		.limit(LIMIT)
	)
	if items is not None:
		query = query.where(serial.item_code.isin(list(items)))
	return query.run(as_dict=True)


def _lent(company: str) -> list[str]:
	loan, piece = frappe.qb.DocType(LOAN), frappe.qb.DocType(PIECE)
	return (
		frappe.qb.from_(piece)
		.join(loan)
		.on((loan.name == piece.parent) & (piece.parenttype == LOAN))
		.select(piece.serial_no)
		.where(loan.status.isin([status.value for status in OUT]) & (loan.company == company))
		.where((piece.serial_no != "") & (piece.qty > piece.returned_qty))
		.run(pluck=True)
	)


def _standing_by(company: str) -> list[str]:
	"""Serial numbers of our devices in the state Standby that are in a warehouse of the company."""
	unit, serial, warehouse = (
		frappe.qb.DocType(name) for name in ("Installed Unit", "Serial No", "Warehouse")
	)
	return (
		frappe.qb.from_(unit)
		.join(serial)
		.on(serial.name == unit.serial_no)
		.join(warehouse)
		.on(warehouse.name == serial.warehouse)
		.select(serial.name)
		.where((unit.state == "Standby") & (warehouse.company == company))
		.run(pluck=True)
	)


def _heaps(warehouses: Sequence[str], items: Sequence[str] | None) -> set[Plain]:
	"""Items without serial numbers in the pool: (item, batch or "", warehouse)."""
	if not warehouses:
		return set()
	bin, item = frappe.qb.DocType("Bin"), frappe.qb.DocType("Item")
	query = (
		frappe.qb.from_(bin)
		.join(item)
		.on(item.name == bin.item_code)
		.select(bin.item_code, bin.warehouse, item.has_batch_no)
		.where(bin.warehouse.isin(list(warehouses)) & (item.has_serial_no == 0))
		.limit(LIMIT)
	)
	if items is not None:
		query = query.where(bin.item_code.isin(list(items)))
	found: set[Plain] = set()
	for row in query.run(as_dict=True):
		batches = _batches(row.item_code, row.warehouse) if row.has_batch_no else [""]
		found |= {(row.item_code, batch, row.warehouse) for batch in batches}
	return found


def _batches(item_code: str, warehouse: str) -> list[str]:
	from erpnext.stock.doctype.batch.batch import get_batch_qty

	rows = get_batch_qty(item_code=item_code, warehouse=warehouse) or []
	return [row.batch_no for row in rows if flt(row.qty) > 0]


def _alternatives(item_code: str) -> list[str]:
	"""ERPNext's Item Alternatives, those that hold both ways included."""
	forward = frappe.get_all(
		"Item Alternative", {"item_code": item_code}, pluck="alternative_item_code", order_by="creation"
	)
	back = frappe.get_all(
		"Item Alternative",
		{"alternative_item_code": item_code, "two_way": 1},
		pluck="item_code",
		order_by="creation",
	)
	return list(dict.fromkeys([*forward, *back]))


def _of_group(item_code: str) -> list[str]:
	group = frappe.get_cached_value("Item", item_code, "item_group")
	filters = {"item_group": group, "disabled": 0, "has_variants": 0, "is_stock_item": 1}
	return frappe.get_all("Item", filters=filters, pluck="name", order_by="name", limit=LIMIT)


def _item_names(items: Collection[str]) -> dict[str, str]:
	filters = {"name": ("in", sorted(items) or [""])}
	return dict(frappe.get_all("Item", filters, ["name", "item_name"], as_list=True, order_by=None))
