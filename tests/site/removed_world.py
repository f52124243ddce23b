"""The store, the settings and the looks at books that the tests of removed parts share."""

from types import SimpleNamespace
from typing import Any

import frappe
from frappe.utils import flt

from support_service.service_parts.removed import moves
from tests.factories import COMPANY, insert, make_supplier, make_warehouse
from tests.ledger_oracle import assert_ledger_clean, stock
from tests.site.visit_world import make_van, visit_of

OF_VISIT = ("service_request", "installed_unit", "engineer")


def set_company(company: str = COMPANY, **values: Any) -> None:
	"""Put values into the row of the settings for `company`."""
	settings = frappe.get_single("Support Service Settings")
	row = next((row for row in settings.company_defaults if row.company == company), None)
	row = row or settings.append("company_defaults", {"company": company})
	row.update(values)
	settings.save(ignore_permissions=True)


def make_store() -> SimpleNamespace:
	"""A van with parts, a warehouse for removed parts and a store for good ones, named in the settings."""
	van = make_van()
	van.defective = make_warehouse().name
	van.store = make_warehouse().name
	van.supplier = make_supplier().name
	set_company(defective_warehouse=van.defective, parts_warehouse=van.store)
	return van


def swap(van: SimpleNamespace, what: str, **values: Any) -> Any:
	"""Submit a visit that replaces one piece of the van's plain, serial or batch item; returns the Removed Part."""
	rows = {
		"plain": {"item_code": van.plain, "qty": 1, "removed_item_code": van.plain, "removed_qty": 1},
		"serial": {
			"item_code": van.serial,
			"qty": 1,
			"serial_nos": van.numbers[0],
			"removed_serial_nos": frappe.generate_hash(length=8),
		},
		"batch": {
			"item_code": van.batch,
			"qty": 1,
			"batch_no": van.batch_no,
			"removed_qty": 1,
			"removed_batch_no": van.batch_no,
		},
	}
	of_visit = {name: values.pop(name) for name in OF_VISIT if name in values}
	visit = visit_of(van, {**rows[what], "removed_goes_to": "Back to Us", **values}, **of_visit)
	visit.submit()
	return parts_of(visit)[0]


def parts_of(visit: Any) -> list[Any]:
	names = frappe.get_all("Removed Part", {"engineer_visit": visit.name}, pluck="name", order_by="name")
	return [frappe.get_doc("Removed Part", name) for name in names]


def step(part: Any, action: str, reason: str | None = None, **values: Any) -> Any:
	return moves.apply_move(part.name, action, reason=reason, values=values)


def make_purchase(item: str, warehouse: str, qty: float, supplier: str, rate: float = 100, **row: Any) -> Any:
	"""A submitted Purchase Receipt; `row` takes serial_no, batch_no, received_qty, rejected_qty …"""
	head = {field: row.pop(field) for field in ("currency", "conversion_rate", "company") if field in row}
	doc = insert(
		"Purchase Receipt",
		{
			"supplier": supplier,
			"company": COMPANY,
			"items": [
				{
					"item_code": item,
					"qty": qty,
					"rate": rate,
					"warehouse": warehouse,
					"use_serial_batch_fields": int(bool(row.get("serial_no") or row.get("batch_no"))),
					**row,
				}
			],
		},
		head,
	)
	doc.submit()
	return doc


def holds(part: Any, warehouse: str) -> float:
	return stock(part.item_code, warehouse)


def books_are_clean(part: Any, *warehouses: str) -> None:
	"""ERPNext's own reports find nothing wrong, and the accounts of every stock document of the part balance."""
	for warehouse in warehouses:
		assert_ledger_clean(part.item_code, warehouse)
	for row in part.history:
		for doctype, name in (
			("Stock Entry", row.stock_entry),
			("Purchase Receipt", row.purchase_return),
			("Purchase Invoice", row.debit_note),
		):
			if name:
				entries = gl_of(doctype, name)
				assert flt(sum(entry.debit - entry.credit for entry in entries), 2) == 0


def gl_of(doctype: str, name: str) -> list[Any]:
	return frappe.get_all(
		"GL Entry",
		{"voucher_type": doctype, "voucher_no": name, "is_cancelled": 0},
		["account", "debit", "credit"],
	)
