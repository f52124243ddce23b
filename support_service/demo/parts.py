"""Parts and devices of the demo on their way: needs of cases, devices on loan, the count of a van."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import frappe
from frappe.utils import add_days, today

from support_service.demo import cases, goods, goods_data, visits
from support_service.demo.base import acting_as, company, day, ensure_warehouse, keep_messages_here
from support_service.demo.coverage import make_service_item, price_item
from support_service.demo.people import email_of
from support_service.service_parts.loans import bookings, hand_over
from support_service.service_parts.needs import api as needs_api
from support_service.service_parts.vans import api as vans_api
from support_service.service_parts.vans import counts

DAMAGE = ("DEVICE-DAMAGE", "Damage to a lent device", 0)
COUNTED_BY, MISSING = "liu.qiang", "FAN-120"
# field of the settings per company → warehouse
PLACES = {
	"defective_warehouse": "Removed Parts",
	"loan_source_warehouse": "Devices to Lend",
	"loan_warehouse": "Devices on Loan",
	"loan_inspection_warehouse": "Devices to Inspect",
}


@dataclass(frozen=True, slots=True)
class Need:
	"""A part that the case `story` needs; reserved where it is free, else nobody has ordered it yet."""

	story: str
	item: str
	qty: float
	reserve: bool


@dataclass(frozen=True, slots=True)
class Loan:
	"""A device lent for the case `story` some days ago, until some days ahead (below zero: overdue)."""

	story: str
	item: str
	serial: str
	days_ago: int
	days_ahead: int


NEEDS = (
	Need("probe-cable", "PROBE-CABLE-E8", 1, reserve=False),
	Need("printer-faint", "PRINT-HEAD-4", 1, reserve=True),
	Need("cooling-hot", "SEAL-KIT-20", 1, reserve=True),
)
LOANS = (
	Loan("printer-faint", "PRN-LABEL-4", "PRN4-55140", 0, 10),
	Loan("ups-bypass", "UPS-6K", "UPS6K-240151", 12, -2),
)


def make_parts() -> None:
	"""What is needed, lent and counted; only what an earlier run has not made."""
	_set_places()
	_fill_lending_store()
	for good in goods_data.GOODS:
		price_item(good.code, good.price)
	for need in NEEDS:
		_need(need)
	for loan in LOANS:
		_lend(loan)
	_count_van()


def _set_places() -> None:
	house = company()
	make_service_item(*DAMAGE)
	settings = frappe.get_doc("Support Service Settings")
	for row in settings.company_defaults:
		if row.company == house.name:
			row.damage_item = row.damage_item or DAMAGE[0]
			for field, name in PLACES.items():
				row.set(field, row.get(field) or ensure_warehouse(name))
	settings.save()


def _fill_lending_store() -> None:
	"""The spare devices that still stand in the central store go where devices to lend are."""
	store = goods.store_warehouse()
	lines = [
		(code, 1, (serial,))
		for code, serials in goods_data.SPARE_DEVICES.items()
		for serial in serials
		if frappe.db.get_value("Serial No", serial, "warehouse") == store
	]
	if lines:
		goods.transfer(_lending_store(), lines)


def _lending_store() -> str:
	return ensure_warehouse(PLACES["loan_source_warehouse"])


def _need(need: Need) -> None:
	request = cases.case_of(need.story)
	if frappe.db.exists("Part Need", {"service_request": request, "item_code": need.item}):
		return
	with acting_as(frappe.db.get_value("Service Request", request, "engineer_user")):
		needs_api.add(request, [{"item_code": need.item, "qty": need.qty}], reserve=need.reserve)


def _lend(loan: Loan) -> None:
	request = cases.case_of(loan.story)
	if frappe.db.exists("Equipment Loan", {"service_request": request}):
		return
	signer = frappe.db.get_value("Service Request", request, "contact_name")
	doc = frappe.get_doc(
		{
			"doctype": "Equipment Loan",
			"service_request": request,
			"from_date": day(loan.days_ago),
			"until_date": day(-loan.days_ahead)
			if loan.days_ahead < 0
			else add_days(today(), loan.days_ahead),
			"source_warehouse": _lending_store(),
			"pieces": [{"item_code": loan.item, "serial_no": loan.serial, "qty": 1, "condition": "Good"}],
		}
	).insert()
	bookings.book(doc.name)
	hand_over.hand_over(doc.name, {"signature": visits.signature(signer), "signed_by": signer})
	keep_messages_here([request])


def _count_van() -> None:
	"""The engineer counts their van and misses one piece; the draft that follows waits for the store."""
	engineer = visits.engineer_of(COUNTED_BY)
	if frappe.db.exists(counts.COUNT, {"engineer": engineer}):
		return
	with acting_as(email_of(COUNTED_BY)):
		vans_api.begin_count(engineer)
		count = frappe.get_last_doc(counts.COUNT, {"engineer": engineer})
		for row in count.rows:
			vans_api.enter(count.name, **_found(row))
		vans_api.finish_count(count.name)


def _found(row: Any) -> dict[str, Any]:
	return {
		"item_code": row.item_code,
		"batch_no": row.batch_no,
		"found": row.expected - (row.item_code == MISSING),
		"serials": row.expected_serials,
	}
