"""A case of an engineer with a van, a parts store, and the steps of needs, orders and receipts in ERPNext."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import frappe
from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_receipt
from erpnext.stock.doctype.material_request.material_request import make_purchase_order
from frappe.utils import add_days, today

from support_service.support_service.moves import apply_move
from tests.factories import (
	company,
	insert,
	make_done_visit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_supplier,
	make_warehouse,
	unique,
)


def make_world() -> SimpleNamespace:
	"""An engineer with a van, a parts store of the company in the settings, a supplier, and one plain item."""
	store = make_warehouse(warehouse_name=unique("Parts Store")).name
	settings = frappe.get_single("Support Service Settings")
	settings.company_defaults = [row for row in settings.company_defaults if row.company != company()]
	settings.append("company_defaults", {"company": company(), "parts_warehouse": store})
	settings.update({"resume_with_parts": "At Our Warehouse", "reserved_parts_taken": "Warn"})
	settings.save()
	engineer = make_service_engineer()
	return SimpleNamespace(
		store=store,
		engineer=engineer,
		van=engineer.van_warehouse,
		supplier=make_supplier().name,
		item=make_item().name,
	)


def open_case(world: SimpleNamespace, **values: Any) -> str:
	"""A case that the engineer works on."""
	case = make_service_request(**values)
	apply_move(case.name, "assign", engineer=world.engineer.name)
	apply_move(case.name, "start")
	return case.name


def make_need(case: str, item: str, qty: float = 1, **values: Any) -> Any:
	return insert("Part Need", {"service_request": case, "item_code": item, "qty": qty}, values)


def need(name: str) -> Any:
	return frappe.get_doc("Part Need", name)


def order(world: SimpleNamespace, request: str, days: int = 5) -> Any:
	"""A submitted Purchase Order made of the Material Request, promised in `days`."""
	order = make_purchase_order(request)
	order.supplier = world.supplier
	order.schedule_date = add_days(today(), days)
	for row in order.items:
		row.update({"rate": 10, "schedule_date": add_days(today(), days)})
	order.insert()
	order.submit()
	return order


def receive(order: str, qty: float | None = None) -> Any:
	receipt = make_purchase_receipt(order)
	for row in receipt.items:
		if qty is not None:
			row.update({"qty": qty, "received_qty": qty})
	receipt.insert()
	receipt.submit()
	return receipt


def bring(world: SimpleNamespace, item: str, qty: float, source: str, target: str) -> Any:
	"""A transfer that somebody makes without any request."""
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Transfer",
			"company": company(),
			"items": [{"item_code": item, "qty": qty, "s_warehouse": source, "t_warehouse": target}],
		}
	).insert()
	entry.submit()
	return entry


def issue(item: str, qty: float, warehouse: str) -> Any:
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Issue",
			"company": frappe.db.get_value("Warehouse", warehouse, "company"),
			"items": [{"item_code": item, "qty": qty, "s_warehouse": warehouse}],
		}
	).insert()
	entry.submit()
	return entry


def visit(world: SimpleNamespace, case: str, item: str, qty: float, warehouse: str, **row: Any) -> Any:
	"""A visit of the case, not yet submitted, that draws `qty`."""
	return make_done_visit(
		{"item_code": item, "qty": qty, "warehouse": warehouse, **row},
		service_request=case,
		engineer=world.engineer.name,
		outcome="Not Solved",
	)


def held(name: str) -> dict[str, float]:
	"""Warehouse → what is reserved there for the need."""
	rows = frappe.get_all("Part Reservation", {"part_need": name, "held": 1}, ["warehouse", "qty"])
	found: dict[str, float] = {}
	for row in rows:
		found[row.warehouse] = found.get(row.warehouse, 0) + row.qty
	return found
