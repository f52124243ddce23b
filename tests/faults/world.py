"""What the fault tests work on: engineers, committed visits, stock in many places; and what must hold afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import frappe

from support_service.foundation.bins import Place
from tests.factories import (
	company,
	make_done_visit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_stock_receipt,
	make_warehouse,
	unique,
)
from tests.ledger_oracle import assert_ledger_clean, stock


@dataclass(frozen=True)
class Engineer:
	"""An engineer with a case of their own, so that only stock can stand between two of them."""

	name: str
	user: str
	case: str
	customer: str  # of the case


def make_engineers(count: int) -> list[Engineer]:
	made = []
	for _number in range(count):
		engineer = make_service_engineer()
		case = make_service_request()
		made.append(Engineer(engineer.name, engineer.user, case.name, case.customer))
	frappe.db.commit()
	return made


def make_visit(engineer: Engineer, *parts: dict[str, Any], **values: Any) -> str:
	visit = make_done_visit(*parts, **{"engineer": engineer.name, "service_request": engineer.case, **values})
	frappe.db.commit()
	return visit.name


def fill_places(items: Sequence[str], quantities: Sequence[float]) -> list[Place]:
	"""Stock the first item and the others in turn, each quantity in a place of its own, with few receipts."""
	warehouses = [make_warehouse().name for _ in range(-(-len(quantities) // len(items)))]
	places = [(item, warehouse) for warehouse in warehouses for item in items][: len(quantities)]
	for start in range(0, len(places), 50):
		entry = frappe.new_doc("Stock Entry")
		entry.update({"stock_entry_type": "Material Receipt", "company": company()})
		for (item, warehouse), qty in zip(
			places[start : start + 50], quantities[start : start + 50], strict=True
		):
			entry.append("items", {"item_code": item, "t_warehouse": warehouse, "qty": qty, "basic_rate": 50})
		entry.insert()
		entry.submit()
		frappe.db.commit()
	return places


def make_serial_stock(count: int) -> tuple[str, str, list[str]]:
	"""(item, warehouse, serial numbers) with `count` pieces."""
	item, warehouse = make_item(has_serial_no=1).name, make_warehouse().name
	numbers = [unique("SN") for _ in range(count)]
	make_stock_receipt(item, warehouse, count, serial_no="\n".join(numbers))
	frappe.db.commit()
	return item, warehouse, numbers


def fresh() -> None:
	"""Forget the snapshot: see what the other processes have committed."""
	frappe.db.rollback()


def entries_of(visit: str) -> list[Any]:
	return frappe.get_all(
		"Stock Entry", filters={"engineer_visit": visit}, fields=["name", "docstatus", "owner"], order_by=None
	)


def assert_all_or_nothing(visit: str) -> bool:
	"""True when the visit is submitted with all its effects, False when it left no trace at all."""
	fresh()
	doc = frappe.get_doc("Engineer Visit", visit)
	entries = entries_of(visit)
	ledger = frappe.get_all(
		"Stock Ledger Entry", {"voucher_no": ("in", [row.name for row in entries] or [""])}
	)
	fitted = frappe.get_all("Fitted Part Entry", {"voucher_no": visit})
	if doc.docstatus == 0:
		assert (entries, ledger, fitted, doc.stock_entry) == ([], [], [], None)
		return False
	assert doc.docstatus == 1
	assert [(row.name, row.docstatus) for row in entries] == [(doc.stock_entry, 1)]
	assert len(ledger) == len(doc.parts)
	assert len(fitted) == (len(doc.parts) if doc.installed_unit else 0)
	return True


def assert_drawn_once(visit: str, user: str) -> None:
	assert assert_all_or_nothing(visit)
	(entry,) = entries_of(visit)
	assert entry.owner == user


__all__ = ["Place", "assert_ledger_clean", "stock"]
