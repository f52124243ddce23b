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
# tables: the stock ledger, the long one, and where the former is kept meanwhile
OWN, LONG, KEPT = "tabStock Ledger Entry", "bench long ledger", "bench kept ledger"


def run() -> list[Result]:
	_put_back()  # where a run was killed
	stores = [make_warehouse().name for _ in range(STORES)]
	moved, quiet = ([make_item().name for _ in range(PARTS)] for _ in range(2))
	made: list[str] = []
	try:
		for items in (moved, quiet):
			places = _places(items, stores)
			_insert("Bin", [_bin(*place) for place in places], made)
			_reserve(places, made)
		_lengthen({LEDGER: _places(moved, stores), FEW: _places(quiet, stores)})
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
		_put_back()
		_remove([*moved, *quiet], made)
	growth.extra = {"ledger": LEDGER, "few": FEW}
	return [alone, growth]


def _places(items: list[str], stores: list[str]) -> list[tuple[str, str]]:
	return [(item, store) for item in items for store in stores]


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


def _lengthen(ledgers: dict[int, list[tuple[str, str]]]) -> None:
	"""Put a long ledger in the place of ERPNext's: so many past movements, spread evenly over these places, and the rows it had.

	The database makes it of a sequence, in the order of its keys, in a table of its own that it fills in bulk while it is empty; so it
	takes seconds, is gone in one step, and locks nobody's rows. `_put_back` gives the ledger back as it was.
	"""
	frappe.db.commit()
	frappe.db.sql_ddl(f"create table `{LONG}` like `{OWN}`")
	frappe.db.sql("set session unique_checks = 0, foreign_key_checks = 0")
	for count, places in ledgers.items():
		_fill(count, sorted(places))
	frappe.db.sql(f"insert into `{LONG}` select * from `{OWN}`")  # noqa: S608 - names are ours
	frappe.db.sql("set session unique_checks = 1, foreign_key_checks = 1")
	frappe.db.commit()
	frappe.db.sql_ddl(f"rename table `{OWN}` to `{KEPT}`, `{LONG}` to `{OWN}`")
	frappe.db.sql_ddl(f"analyze table `{OWN}`")  # the optimizer knows how long it is


def _fill(count: int, places: list[tuple[str, str]]) -> None:
	"""`count` movements in and out, place by place, in one statement."""
	each = max(1, count // len(places))  # movements of one place
	frappe.db.sql_ddl(
		"create temporary table bench_place (number int primary key, item_code varchar(140), warehouse varchar(140))"
	)
	values = [value for number, place in enumerate(places) for value in (number, *place)]
	rows_of_places = ", ".join(["(%s, %s, %s)"] * len(places))
	frappe.db.sql(f"insert into bench_place values {rows_of_places}", values)  # noqa: S608 - placeholders
	frappe.db.commit()
	last = min(count, each * len(places)) - 1
	frappe.db.sql(
		f"""insert into `{LONG}` (name, creation, modified, owner, modified_by, docstatus, item_code,
			warehouse, posting_datetime, posting_date, actual_qty, qty_after_transaction)
		select straight_join concat(%(prefix)s, lpad(seq, 8, '0')), %(now)s, %(now)s, 'Administrator', 'Administrator', 1,
			item_code, warehouse, %(now)s - interval ({each} - seq %% {each}) minute,
			date(%(now)s - interval ({each} - seq %% {each}) minute), if(seq %% 2, 1, -1), 20
		from seq_0_to_{last} join bench_place on number = seq div {each}""",  # noqa: S608 - numbers
		{"prefix": frappe.generate_hash(length=8), "now": now_datetime()},
	)
	frappe.db.commit()
	frappe.db.sql_ddl("drop temporary table bench_place")


def _put_back() -> None:
	"""The ledger as it was; does nothing where no long one stands in its place."""
	frappe.db.rollback()
	if KEPT in frappe.db.get_tables(cached=False):
		frappe.db.sql_ddl(f"rename table `{OWN}` to `{LONG}`, `{KEPT}` to `{OWN}`")
	frappe.db.sql_ddl(f"drop table if exists `{LONG}`")


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
