"""Items, stock and installed units of the demo, made with ERPNext's own documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from support_service.demo import goods_data
from support_service.demo.base import company, day, ensure, ensure_warehouse, posting, root
from support_service.demo.customers import address_of, customer_of
from support_service.demo.people import email_of

STORE = "Central Spares Store"
Line = tuple[str, float, tuple[str, ...]]  # item, quantity, serial numbers


def make_items() -> None:
	"""Item groups and items; quantities of serial and batch items are kept one by one."""
	for group in (goods_data.DEVICES, goods_data.PARTS):
		ensure("Item Group", {"item_group_name": group}, {"parent_item_group": root("Item Group")})
	for good in goods_data.GOODS:
		ensure("UOM", {"uom_name": good.uom})
		ensure(
			"Item",
			{"item_code": good.code},
			{
				"item_name": good.name,
				"item_group": good.group,
				"description": good.description or good.name,
				"stock_uom": good.uom,
				"is_stock_item": 1,
				"has_serial_no": int(good.tracked == "serial"),
				"has_batch_no": int(good.tracked == "batch"),
			},
		)
	ensure("Batch", {"batch_id": goods_data.BATCH}, {"item": "BAT-PACK-48"})


def make_stock() -> None:
	"""Receive devices and spare parts into the central store."""
	store = store_warehouse()
	devices = {code: list(serials) for code, serials in goods_data.SPARE_DEVICES.items()}
	for serial, (code, *_rest) in goods_data.INSTALLED.items():
		devices.setdefault(code, []).append(serial)
	_receive("DEMO-DEVICES", "Pacific Power & Network 太平洋设备", _serial_lines(devices), store)
	parts = [
		*_serial_lines(goods_data.STORE_SERIALS),
		*((code, qty, ()) for code, qty in goods_data.STORE_QUANTITIES.items()),
	]
	_receive("DEMO-PARTS", "Hanjiang Spare Parts 汉江备件", parts, store)


def deliver_devices() -> None:
	"""One Delivery Note per customer; the Installed Units it makes get what only the customer knows of them."""
	of_customer: dict[str, dict[str, list[str]]] = {}
	for serial, (code, key, *_rest) in goods_data.INSTALLED.items():
		of_customer.setdefault(key, {}).setdefault(code, []).append(serial)
	for key, serials in of_customer.items():
		note = _deliver(key, _serial_lines(serials))
		_install(note)


def load_vans() -> None:
	"""Each van gets its parts from the central store by a Material Transfer."""
	for login, wanted in goods_data.VAN_STOCK.items():
		van = van_of(login)
		if not frappe.db.exists("Stock Ledger Entry", {"warehouse": van}):
			transfer(
				van, [(code, qty, _pick(code, qty)) for code, qty in wanted.items()], posting(90, "09:00:00")
			)


def transfer(van: str, lines: Iterable[Line], when: dict[str, Any] | None = None) -> Document:
	"""Move parts from the central store into a van; returns the submitted Stock Entry."""
	store = store_warehouse()
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Transfer",
			"company": company().name,
			**(when or {}),
			"items": [{"s_warehouse": store, "t_warehouse": van, **_row(line)} for line in lines],
		}
	).insert()
	entry.submit()
	return entry


def receive_into(warehouse: str, lines: Iterable[Line]) -> Document:
	"""Material Receipt at cost, for a story that was played so often that the warehouse is empty."""
	cost = {good.code: good.cost for good in goods_data.GOODS}
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": company().name,
			"items": [
				{"t_warehouse": warehouse, "basic_rate": cost[line[0]], **_row(line)} for line in lines
			],
		}
	).insert()
	entry.submit()
	return entry


def store_warehouse() -> str:
	return ensure_warehouse(STORE)


def van_of(login: str) -> str:
	return frappe.db.get_value("Service Engineer", {"user": email_of(login)}, "van_warehouse")


def serials_in(code: str, warehouse: str, limit: int) -> tuple[str, ...]:
	"""Serial numbers of `code` in `warehouse`, lowest first."""
	filters = {"item_code": code, "warehouse": warehouse}
	return tuple(frappe.get_all("Serial No", filters=filters, pluck="name", order_by="name asc", limit=limit))


def _pick(code: str, qty: float) -> tuple[str, ...]:
	tracked = next(good.tracked for good in goods_data.GOODS if good.code == code)
	return serials_in(code, store_warehouse(), int(qty)) if tracked == "serial" else ()


def _serial_lines(serials: dict[str, Any]) -> list[Line]:
	return [(code, len(names), tuple(names)) for code, names in serials.items()]


def _row(line: Line) -> dict[str, Any]:
	code, qty, serials = line
	batch = goods_data.BATCH if code == "BAT-PACK-48" else None
	return {
		"item_code": code,
		"qty": qty,
		# the plain fields instead of a bundle made by hand; ERPNext makes the bundle of them
		"use_serial_batch_fields": int(bool(serials or batch)),
		"serial_no": "\n".join(serials),
		"batch_no": batch,
	}


def _receive(key: str, supplier: str, lines: list[Line], store: str) -> None:
	if frappe.db.exists("Purchase Receipt", {"supplier_delivery_note": key, "docstatus": 1}):
		return
	cost = {good.code: good.cost for good in goods_data.GOODS}
	group = frappe.db.get_value("Supplier Group", {"is_group": 0}, order_by="creation asc")
	receipt = frappe.get_doc(
		{
			"doctype": "Purchase Receipt",
			"company": company().name,
			"supplier": ensure("Supplier", {"supplier_name": supplier}, {"supplier_group": group}),
			"supplier_delivery_note": key,
			**_plain_money(),
			**posting(240, "08:30:00"),
			"items": [{"warehouse": store, "rate": cost[line[0]], **_row(line)} for line in lines],
		}
	).insert()
	receipt.submit()


def _deliver(key: str, lines: list[Line]) -> Document:
	marker = {"po_no": f"DEMO-{key.upper()}", "docstatus": 1}
	if existing := frappe.db.get_value("Delivery Note", marker):
		return frappe.get_doc("Delivery Note", existing)
	price = {good.code: good.price for good in goods_data.GOODS}
	customer = customer_of(key)
	days_ago = max(days for _code, owner, _name, days in goods_data.INSTALLED.values() if owner == key)
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"company": company().name,
			"customer": customer,
			"po_no": marker["po_no"],
			"shipping_address_name": address_of(customer),
			"ignore_pricing_rule": 1,
			**_plain_money(),
			**posting(days_ago, "10:00:00"),
			"items": [
				{"warehouse": store_warehouse(), "rate": price[line[0]], **_row(line)} for line in lines
			],
		}
	).insert()
	note.submit()
	return note


def _plain_money() -> dict[str, Any]:
	currency = company().default_currency
	return {
		"currency": currency,
		"conversion_rate": 1,
		"price_list_currency": currency,
		"plc_conversion_rate": 1,
	}


def _install(note: Document) -> None:
	contact = frappe.db.get_value(
		"Dynamic Link",
		{"link_doctype": "Customer", "link_name": note.customer, "parenttype": "Contact"},
		"parent",
	)
	delivered = [
		serial
		for serial, (_code, key, *_rest) in goods_data.INSTALLED.items()
		if customer_of(key) == note.customer
	]
	for serial in delivered:
		_code, _key, unit_name, days_ago = goods_data.INSTALLED[serial]
		unit = frappe.get_doc("Installed Unit", {"serial_no": serial})
		if unit.unit_name != unit_name:
			accepted_on = max(day(max(days_ago - 7, 0)), getdate(note.posting_date))
			unit.update(
				{
					"unit_name": unit_name,
					"contact": contact,
					"site_address": address_of(note.customer),
					"accepted_on": None if serial in goods_data.WAITING else accepted_on,
				}
			)
			unit.save()
