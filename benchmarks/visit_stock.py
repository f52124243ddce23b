"""Submitting a visit with three part rows against submitting a bare Stock Entry with the same three rows.

Both draw plain items from the same kind of warehouse as the same user; both are timed with their commit. The visit
starts from a saved draft of a case in progress and makes, submits and links its Stock Entry, writes the parts inside the unit and moves the
case. The peer is measured twice: `visit-stock` from the dict to the submitted Stock Entry (the work the visit has to do
itself), `visit-stock-draft` from a saved draft (the stricter reading).
"""

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
)

ROWS = 3


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
	]
