"""Submitting a visit with three part rows against submitting a bare Stock Entry with the same three rows.

Both draw plain items from the same kind of warehouse as the same user; both are timed with their commit. The visit
starts from a saved draft of a case in progress and makes, submits and links its Stock Entry, writes the parts inside the unit and moves the
case. The peer is measured twice: `visit-stock` from the dict to the submitted Stock Entry (the work the visit has to do
itself), `visit-stock-draft` from a saved draft (the stricter reading).

`visit-stock-mixed` is the same with ten rows: six plain ones, two serial numbers, two of a batch, and three removed parts that are
expected back. Its peer is the bare Stock Entry for the same movements, from the dict.
"""

from typing import Any

import frappe

from benchmarks.harness import Result, pairs
from support_service.support_service.moves import apply_move
from tests.factories import (
	company,
	make_done_visit,
	make_installed_unit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_stock_receipt,
	make_warehouse,
	unique,
)
from tests.site.visit_world import make_batch

ROWS = 3
PLAIN, REMOVED = 6, 3
MIXED = 20  # pairs


def run() -> list[Result]:
	warehouse, other = make_warehouse().name, make_warehouse().name
	items = [make_item().name for _ in range(ROWS)]
	for item in items:
		make_stock_receipt(item, warehouse, qty=10_000)
		make_stock_receipt(item, other, qty=10_000)
	engineer = make_service_engineer(van_warehouse=warehouse)
	unit = make_installed_unit()
	frappe.db.commit()  # what is measured starts from stored data

	def ours():
		case = make_service_request(installed_unit=unit.name, customer=unit.customer)
		apply_move(case.name, "assign", engineer=engineer.name)
		apply_move(case.name, "start")
		visit = make_done_visit(
			*[{"item_code": item, "qty": 1} for item in items],
			service_request=case.name,
			engineer=engineer.name,
			outcome="Not Solved",
		)
		frappe.db.commit()  # a draft saved earlier
		return lambda: (visit.submit(), frappe.db.commit())

	def entry():
		return frappe.get_doc(
			{
				"doctype": "Stock Entry",
				"stock_entry_type": "Material Issue",
				"company": company(),
				"items": [{"item_code": item, "qty": 1, "s_warehouse": other} for item in items],
			}
		)

	def from_dict():
		doc = entry()
		return lambda: (doc.insert(), doc.submit(), frappe.db.commit())

	def from_draft():
		doc = entry().insert()
		frappe.db.commit()  # a draft saved earlier
		return lambda: (doc.submit(), frappe.db.commit())

	return [
		pairs("visit-stock", ours, from_dict, n=30, statements_per=1),
		pairs("visit-stock-draft", ours, from_draft, n=30, statements_per=1),
		_mixed(engineer.name, unit),
	]


def _mixed(engineer: str, unit: Any) -> Result:
	"""Ten rows of all three kinds, three of which bring an old part back."""
	ours_at, peers_at = make_warehouse().name, make_warehouse().name
	# ERPNext keeps for a process which warehouse has which account, without those that are made later
	frappe.flags.pop("warehouse_account_map", None)
	plain = [make_item().name for _ in range(PLAIN)]
	serial, batch = make_item(has_serial_no=1).name, make_item(has_batch_no=1).name
	batch_no = make_batch(batch)
	numbers: dict[str, list[str]] = {}
	for place in (ours_at, peers_at):
		for item in plain:
			make_stock_receipt(item, place, qty=10_000)
		make_stock_receipt(batch, place, qty=10_000, batch_no=batch_no)
		# two for each pair, and as many for what the harness runs to warm up
		numbers[place] = [unique("SN") for _ in range(4 * MIXED)]
		make_stock_receipt(serial, place, qty=len(numbers[place]), serial_no="\n".join(numbers[place]))
	frappe.db.commit()  # what is measured starts from stored data

	def rows(place: str) -> list[dict[str, Any]]:
		return [
			*({"item_code": item, "qty": 1} for item in plain),
			*({"item_code": serial, "qty": 1, "serial_no": numbers[place].pop()} for _ in range(2)),
			*({"item_code": batch, "qty": 1, "batch_no": batch_no} for _ in range(2)),
		]

	def ours():
		case = make_service_request(installed_unit=unit.name, customer=unit.customer)
		apply_move(case.name, "assign", engineer=engineer)
		apply_move(case.name, "start")
		parts = [{**row, "serial_nos": row.pop("serial_no", None)} for row in rows(ours_at)]
		for row in parts[:REMOVED]:
			row.update({"removed_qty": 1, "removed_goes_to": "Back to Us"})
		visit = make_done_visit(
			*parts, service_request=case.name, engineer=engineer, outcome="Not Solved", warehouse=ours_at
		)
		frappe.db.commit()  # a draft saved earlier
		return lambda: (visit.submit(), frappe.db.commit())

	def bare():
		items = [
			{**row, "s_warehouse": peers_at, "use_serial_batch_fields": int(len(row) > 2)}
			for row in rows(peers_at)
		]
		doc = frappe.get_doc(
			{
				"doctype": "Stock Entry",
				"stock_entry_type": "Material Issue",
				"company": company(),
				"items": items,
			}
		)
		return lambda: (doc.insert(), doc.submit(), frappe.db.commit())

	return pairs("visit-stock-mixed", ours, bare, n=MIXED, statements_per=1)
