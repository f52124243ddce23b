"""Delivered serial numbers in bulk: the rows ERPNext leaves behind, without ERPNext's own work of making them."""

from __future__ import annotations

import frappe
from frappe.utils import add_days, now_datetime, today

from support_service.foundation import rows
from tests import factories

PREFIX = "TKB"
PER_NOTE = 500
STEP = 5_000


def make(first: int, count: int, customer: str, item: str) -> None:
	"""Serial numbers `first` … with a Serial and Batch Bundle of their receipt and one of their Delivery Note, committed."""
	for start in range(first, first + count, PER_NOTE):
		numbers = [f"{PREFIX}-{number:07d}" for number in range(start, start + PER_NOTE)]
		note = f"{PREFIX}-DN-{start:07d}"
		rows.insert("Serial No", [_serial(number, item) for number in numbers])
		rows.insert("Delivery Note", [_note(note, customer)])
		for bundle in (
			_bundle(
				f"{PREFIX}-IN-{start:07d}", item, "Stock Entry", f"{PREFIX}-SE-{start:07d}", "Inward", -50
			),
			_bundle(f"{PREFIX}-OUT-{start:07d}", item, "Delivery Note", note, "Outward", -40),
		):
			rows.insert("Serial and Batch Bundle", [bundle])
			rows.insert(
				"Serial and Batch Entry",
				[_entry(bundle, number, idx) for idx, number in enumerate(numbers, 1)],
			)
		if start % STEP == 0:
			frappe.db.commit()  # a bulk load
	frappe.db.commit()
	for doctype in ("Serial No", "Serial and Batch Entry", "Serial and Batch Bundle", "Delivery Note"):
		frappe.db.sql(f"analyze table `tab{doctype}`")


def clear() -> None:
	"""Take away what an earlier run left, and what was made of it."""
	like = f"{PREFIX}-%"
	units = "(select name from `tabInstalled Unit` where serial_no like %s)"
	for doctype in ("Service Warranty Entry", "Service Warranty", "Installed Unit Event"):
		frappe.db.sql(f"delete from `tab{doctype}` where installed_unit in {units}", like)  # noqa: S608 - our own names
	frappe.db.delete("Installed Unit", {"serial_no": ("like", like)})
	for doctype in ("Serial No", "Delivery Note", "Serial and Batch Bundle"):
		frappe.db.delete(doctype, {"name": ("like", like)})
	frappe.db.delete("Serial and Batch Entry", {"parent": ("like", like)})
	frappe.db.commit()  # a benchmark leaves the site as it was


def make_item_and_customer() -> tuple[str, str]:
	item, customer = factories.make_item(has_serial_no=1).name, factories.make_customer().name
	factories.make_warranty_policy(item=item)
	frappe.db.commit()
	return item, customer


def _serial(number: str, item: str) -> dict:
	return {
		"name": number,
		"serial_no": number,
		"item_code": item,
		"company": factories.COMPANY,
		"status": "Delivered",
	}


def _note(name: str, customer: str) -> dict:
	return {
		"name": name,
		"docstatus": 1,
		"customer": customer,
		"company": factories.COMPANY,
		"posting_date": add_days(today(), -40),
		"posting_time": "10:00:00",
	}


def _bundle(name: str, item: str, voucher_type: str, voucher: str, direction: str, days: int) -> dict:
	return {
		"name": name,
		"docstatus": 1,
		"company": factories.COMPANY,
		"item_code": item,
		"has_serial_no": 1,
		"voucher_type": voucher_type,
		"voucher_no": voucher,
		"type_of_transaction": direction,
		"posting_date": add_days(today(), days),
		"posting_time": "10:00:00",
		"creation": now_datetime(),
	}


def _entry(bundle: dict, number: str, idx: int) -> dict:
	return {
		"name": f"{bundle['name']}-{idx}",
		"docstatus": 1,
		"parent": bundle["name"],
		"parenttype": "Serial and Batch Bundle",
		"parentfield": "entries",
		"idx": idx,
		"serial_no": number,
		"qty": -1 if bundle["type_of_transaction"] == "Outward" else 1,
	}
