"""The van, the crew and the looks at stock that the tests of visits and parts share."""

from functools import cache
from types import SimpleNamespace
from typing import Any

import frappe

from tests.factories import (
	insert,
	make_done_visit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_stock_receipts,
	make_warehouse,
	unique,
)
from tests.ledger_oracle import ledger_sum, stock


def make_van() -> SimpleNamespace:
	"""A van with five plain parts, two serial ones and four of one batch."""
	warehouse = make_warehouse().name
	plain = make_item().name
	serial = make_item(has_serial_no=1).name
	batch = make_item(has_batch_no=1).name
	numbers = [unique("SN"), unique("SN")]
	batch_no = make_batch(batch)
	make_stock_receipts(
		warehouse,
		{"item_code": plain, "qty": 5, "basic_rate": 80},
		{"item_code": serial, "qty": 2, "basic_rate": 300, "serial_no": "\n".join(numbers)},
		{"item_code": batch, "qty": 4, "basic_rate": 12, "batch_no": batch_no},
	)
	return SimpleNamespace(
		warehouse=warehouse, plain=plain, serial=serial, batch=batch, numbers=numbers, batch_no=batch_no
	)


def make_batch(item: str, **values: Any) -> str:
	return insert("Batch", {"item": item, "batch_id": unique("B")}, values).name


@cache
def crew() -> dict[str, str]:
	"""One engineer and one case for all tests that do not look at them; users are slow to make."""
	made = {"engineer": make_service_engineer().name, "service_request": make_service_request().name}
	frappe.db.commit()
	return made


def visit_of(van: SimpleNamespace, *parts: dict[str, Any], **values: Any) -> Any:
	return make_done_visit(*parts, **{"warehouse": van.warehouse, **crew(), **values})


def all_three(van: SimpleNamespace) -> list[dict[str, Any]]:
	return [
		{"item_code": van.plain, "qty": 2},
		{"item_code": van.serial, "qty": 1, "serial_nos": van.numbers[0]},
		{"item_code": van.batch, "qty": 3, "batch_no": van.batch_no},
	]


def elsewhere(van: SimpleNamespace) -> str:
	return make_warehouse().name


def other_company() -> str:
	name = "Other Service Company"
	if not frappe.db.exists("Company", name):
		insert("Company", {"company_name": name, "default_currency": "CNY", "country": "China"}, {})
	return name


def bundles(visit: Any) -> list[str]:
	return frappe.get_all(
		"Serial and Batch Bundle", {"voucher_no": visit.stock_entry, "docstatus": 1}, pluck="name"
	)


def messages() -> list[dict[str, Any]]:
	return [
		frappe.parse_json(message) if isinstance(message, str) else message for message in frappe.message_log
	]


def everything(van: SimpleNamespace) -> list[tuple[float, float]]:
	return [
		(stock(item, van.warehouse), ledger_sum(item, van.warehouse))
		for item in (van.plain, van.serial, van.batch)
	]


def set_stock_setting(field: str, value: Any) -> None:
	frappe.db.set_single_value("Stock Settings", field, value)
	frappe.clear_document_cache("Stock Settings")
