"""Stock of 50 parts over 200 warehouses: free, reserved and posted for later, against reading the Bins alone.

`availability`: parts with LEDGER rows in the stock ledger (a million; `LEDGER` in the environment) against their Bins alone.
`availability-growth`: the same parts against as many others with a hundredth of these rows, taking turns. A few hundred pieces are
reserved for requests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from frappe.utils import now_datetime

from benchmarks.harness import Result, pairs, size
from support_service.foundation import rows
from support_service.service_parts import availability
from tests.factories import company, make_item, make_part_need, make_service_request, make_warehouse

PARTS = size("PARTS", 50, 5)
STORES = size("STORES", 200, 10)
LEDGER = size("LEDGER", 1_000_000, 2_000)
FEW = LEDGER // 100
RESERVED = size("RESERVED", 300, 10)
CHUNK = 100_000  # rows of the ledger in one statement


def run() -> list[Result]:
	stores = [make_warehouse().name for _ in range(STORES)]
	moved, quiet = ([make_item().name for _ in range(PARTS)] for _ in range(2))
	made: list[str] = []
	try:
		for items, count in ((moved, LEDGER), (quiet, FEW)):
			places = [(item, store) for item in items for store in stores]
			_insert("Bin", [_bin(*place) for place in places], made)
			_reserve(places, made)
			_ledger(places, count, made)
		frappe.db.sql_ddl("analyze table `tabStock Ledger Entry`")  # the optimizer knows how long it is
		reading, of_quiet = _reading(moved), _reading(quiet)
		alone = pairs(
			"availability",
			lambda: reading,
			lambda: lambda: _bins_alone(moved),
			n=40,
			statements_per=1,
			after=frappe.db.rollback,
		)
		growth = pairs(
			"availability-growth", lambda: reading, lambda: of_quiet, n=40, after=frappe.db.rollback
		)
	finally:
		_remove([*moved, *quiet], made)
	growth.extra = {"ledger": LEDGER, "few": FEW}
	return [alone, growth]


def _reading(items: list[str]) -> Callable[[], Any]:
	ours = company()
	return lambda: availability.on_hand(items, ours)


def _bins_alone(items: list[str]) -> list[Any]:
	return frappe.get_all(
		"Bin",
		filters={"item_code": ("in", items), "actual_qty": (">", 0)},
		fields=["item_code", "warehouse", "actual_qty", "reserved_stock"],
		order_by="actual_qty desc",
	)


def _bin(item: str, store: str) -> dict[str, Any]:
	return {
		"name": frappe.generate_hash(length=12),
		"item_code": item,
		"warehouse": store,
		"actual_qty": 20,
		"stock_uom": "Nos",
	}


def _ledger(places: list[tuple[str, str]], count: int, made: list[str]) -> None:
	"""`count` past movements in and out, spread evenly over the places: made inside the database, place by place.

	Names and index keys come in ascending order, so that the database fills its pages one after the other.
	"""
	each = max(1, count // len(places))  # movements of one place
	total = min(count, each * len(places))
	frappe.db.sql_ddl(
		"create temporary table bench_place (number int primary key, item_code varchar(140), warehouse varchar(140))"
	)
	places = sorted(places)
	values = [value for number, place in enumerate(places) for value in (number, *place)]
	frappe.db.sql(f"insert into bench_place values {', '.join(['(%s, %s, %s)'] * len(places))}", values)  # noqa: S608 - placeholders
	prefix, now = frappe.generate_hash(length=8), now_datetime()
	for first in range(0, total, CHUNK):
		last = min(first + CHUNK, total) - 1
		frappe.db.sql(
			f"""insert into `tabStock Ledger Entry` (name, creation, modified, owner, modified_by, docstatus, item_code,
				warehouse, posting_datetime, posting_date, actual_qty, qty_after_transaction)
			select straight_join concat(%(prefix)s, lpad(seq, 8, '0')), %(now)s, %(now)s, 'Administrator', 'Administrator', 1,
				item_code, warehouse, %(now)s - interval ({each} - seq %% {each}) minute,
				date(%(now)s - interval ({each} - seq %% {each}) minute), if(seq %% 2, 1, -1), 20
			from seq_{first}_to_{last} join bench_place on number = seq div {each}""",  # noqa: S608 - numbers
			{"prefix": prefix, "now": now},
		)
		frappe.db.commit()
	made.append("Stock Ledger Entry")
	frappe.db.sql_ddl("drop temporary table bench_place")
	# the optimizer knows the new size in both cases
	frappe.db.sql_ddl("analyze table `tabStock Ledger Entry`")


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
	for doctype in dict.fromkeys(made):
		for item in items:  # in small transactions, as the ledger is long
			frappe.db.delete(doctype, {"item_code": item})
			frappe.db.commit()
