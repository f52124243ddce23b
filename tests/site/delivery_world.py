"""Goods in a warehouse and ERPNext's documents that hand them to customers, for the tests of deliveries."""

from types import SimpleNamespace
from typing import Any

import frappe
from frappe.utils import add_days, cint, today

from tests.factories import company, make_customer, make_item, make_warehouse, unique


def goods(serials: int = 3, *, received: int = -60) -> SimpleNamespace:
	"""A serial item in stock since `received` (days from today) and a customer who will buy it."""
	item, warehouse = make_item(has_serial_no=1, brand=None).name, make_warehouse().name
	numbers = [unique("SN") for _number in range(serials)]
	world = SimpleNamespace(item=item, warehouse=warehouse, numbers=numbers, customer=make_customer().name)
	receive(world, numbers, add_days(today(), received))
	return world


def receive(world: SimpleNamespace, numbers: list[str], on: Any = None) -> None:
	"""A plain stock move: bought, or come in for repair."""
	frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": company(),
			"set_posting_time": 1,
			"posting_date": on or today(),
			"items": [
				{
					"item_code": world.item,
					"t_warehouse": world.warehouse,
					"qty": len(numbers),
					"basic_rate": 100,
					"use_serial_batch_fields": 1,
					"serial_no": "\n".join(numbers),
				}
			],
		}
	).insert(ignore_permissions=True).submit()


def deliver(
	world: SimpleNamespace, numbers: list[str] | None = None, *, bundle: bool = False, **values: Any
) -> Any:
	"""A submitted Delivery Note of serial numbers, named in a bundle or as text."""
	numbers = world.numbers if numbers is None else numbers
	row = {"item_code": world.item, "qty": len(numbers), "warehouse": world.warehouse, "rate": 500}
	if bundle:
		row["serial_and_batch_bundle"] = make_bundle(world, numbers)
	else:
		row.update(use_serial_batch_fields=1, serial_no="\n".join(numbers))
	return deliver_rows(world, row, **values)


def deliver_rows(
	world: SimpleNamespace, *rows: dict[str, Any], doctype: str = "Delivery Note", **values: Any
) -> Any:
	doc = frappe.get_doc(
		{
			"doctype": doctype,
			"company": company(),
			"customer": world.customer,
			"set_posting_time": 1,
			**({"update_stock": 1} if doctype == "Sales Invoice" else {}),
			"items": [dict(row) for row in rows],
			**values,
		}
	)
	doc.insert(ignore_permissions=True)
	doc.submit()
	return doc


def make_bundle(world: SimpleNamespace, numbers: list[str]) -> str:
	bundle = frappe.get_doc(
		{
			"doctype": "Serial and Batch Bundle",
			"company": company(),
			"item_code": world.item,
			"warehouse": world.warehouse,
			"has_serial_no": 1,
			"type_of_transaction": "Outward",
			"voucher_type": "Delivery Note",
			"entries": [{"serial_no": number, "qty": -1, "warehouse": world.warehouse} for number in numbers],
		}
	)
	return bundle.insert(ignore_permissions=True).name


def give_back(delivery: Any, numbers: list[str] | None = None, qty: float | None = None) -> Any:
	"""A submitted return of `numbers`, or of `qty` pieces, of a delivery."""
	from erpnext.controllers.sales_and_purchase_return import make_return_doc

	doc = make_return_doc(delivery.doctype, delivery.name)
	for row in doc.items:
		if numbers:
			row.update({"qty": -len(numbers), "serial_no": "\n".join(numbers), "use_serial_batch_fields": 1})
			row.serial_and_batch_bundle = None
		elif qty:
			row.qty = -qty
	doc.insert(ignore_permissions=True)
	doc.submit()
	return doc


def amend(doc: Any) -> Any:
	copy = frappe.copy_doc(doc)
	copy.update({"amended_from": doc.name, "docstatus": 0})
	for row in copy.items:
		row.serial_and_batch_bundle = None
	copy.insert(ignore_permissions=True)
	copy.submit()
	return copy


def unit_of(number: str) -> Any:
	name = frappe.db.get_value("Installed Unit", {"serial_no": number})
	return frappe.get_doc("Installed Unit", name) if name else None


def units_with(reference: str) -> list[Any]:
	return [
		frappe.get_doc("Installed Unit", name)
		for name in frappe.get_all(
			"Installed Unit", {"source_name": reference}, pluck="name", order_by="name"
		)
	]


def events_of(unit: str) -> list[tuple[str, str | None]]:
	"""(event, document) of a unit, in the order they were recorded."""
	return [
		(row.event, row.reference_name)
		for row in frappe.get_all(
			"Installed Unit Event",
			filters={"installed_unit": unit},
			fields=["event", "reference_name"],
			order_by="recorded_at, event",
		)
	]


def set_switch(value: int) -> None:
	frappe.db.set_single_value("Support Service Settings", "units_from_deliveries", cint(value))
	frappe.clear_document_cache("Support Service Settings")
