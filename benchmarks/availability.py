"""Stock of 50 parts over 200 warehouses: free, reserved and posted for later, against reading the Bins alone.

`availability`: with LEDGER rows in the stock ledger of these parts (a million; `LEDGER` in the environment). `availability-growth`:
the same reading with that ledger against one with a hundredth of it. A few hundred pieces are reserved for requests.
"""

from __future__ import annotations

import statistics
from typing import Any

import frappe
from frappe.utils import add_to_date, now_datetime

from benchmarks.harness import Result, pairs, seconds, size
from support_service.foundation import rows
from support_service.service_parts import availability
from tests.factories import company, make_item, make_part_need, make_service_request, make_warehouse

PARTS = size("PARTS", 50, 5)
STORES = size("STORES", 200, 10)
LEDGER = size("LEDGER", 1_000_000, 2_000)
FEW = LEDGER // 100
RESERVED = size("RESERVED", 300, 10)
CHUNK = 20_000


def run() -> list[Result]:
	items = [make_item().name for _ in range(PARTS)]
	stores = [make_warehouse().name for _ in range(STORES)]
	places = [(item, store) for item in items for store in stores]
	made: list[str] = []
	try:
		_insert("Bin", [_bin(*place) for place in places], made)
		_reserve(places, made)
		_ledger(places, FEW, made)
		small = _median(items)
		_ledger(places, LEDGER - FEW, made)
		result = pairs(
			"availability",
			lambda: lambda: availability.on_hand(items, company()),
			lambda: lambda: _bins_alone(items),
			n=40,
			statements_per=1,
			after=frappe.db.rollback,
		)
		large = _median(items)
	finally:
		_remove(items, made)
	growth = Result(
		"availability-growth",
		round(large * 1000, 3),
		round(small * 1000, 3),
		round(large / small, 3),
		"ms",
		20,
	)
	growth.extra = {"ledger": LEDGER, "few": FEW}
	return [result, growth]


def _bins_alone(items: list[str]) -> list[Any]:
	return frappe.get_all(
		"Bin",
		filters={"item_code": ("in", items), "actual_qty": (">", 0)},
		fields=["item_code", "warehouse", "actual_qty", "reserved_stock"],
		order_by="actual_qty desc",
	)


def _median(items: list[str]) -> float:
	times = []
	for _ in range(20):
		times.append(seconds(lambda: availability.on_hand(items, company())))
		frappe.db.rollback()
	return statistics.median(times)


def _bin(item: str, store: str) -> dict[str, Any]:
	return {
		"name": frappe.generate_hash(length=12),
		"item_code": item,
		"warehouse": store,
		"actual_qty": 20,
		"stock_uom": "Nos",
	}


def _ledger(places: list[tuple[str, str]], count: int, made: list[str]) -> None:
	"""`count` past movements in and out, spread evenly over the places."""
	now = now_datetime()
	lines = []
	for number in range(count):
		item, store = places[number % len(places)]
		at = add_to_date(now, minutes=-1 - number // len(places))
		lines.append(
			{
				"name": frappe.generate_hash(length=14),
				"item_code": item,
				"warehouse": store,
				"posting_date": at.date(),
				"posting_datetime": at,
				"actual_qty": 1 if number % 2 else -1,
				"qty_after_transaction": 20,
				"company": company(),
				"docstatus": 1,
			}
		)
		if len(lines) == CHUNK:
			_insert("Stock Ledger Entry", lines, made)
			lines = []
	_insert("Stock Ledger Entry", lines, made)
	frappe.db.sql_ddl(
		"analyze table `tabStock Ledger Entry`"
	)  # the optimizer knows the new size in both cases


def _reserve(places: list[tuple[str, str]], made: list[str]) -> None:
	need = make_part_need(service_request=make_service_request().name)
	values = {"part_need": need.name, "service_request": need.service_request, "qty": 1, "held": 1}
	_insert(
		"Part Reservation",
		[
			{
				"name": frappe.generate_hash(length=12),
				"item_code": item,
				"warehouse": store,
				**values,
			}
			for item, store in places[:RESERVED]
		],
		made,
	)


def _insert(doctype: str, lines: list[dict[str, Any]], made: list[str]) -> None:
	rows.insert(doctype, lines)
	frappe.db.commit()  # what is measured is read as stored
	if doctype not in made:
		made.append(doctype)


def _remove(items: list[str], made: list[str]) -> None:
	"""Take away rows that ERPNext's own reports would find wrong."""
	for doctype in made:
		frappe.db.delete(doctype, {"item_code": ("in", items)})
		frappe.db.commit()  # table by table, as the ledger is long
