"""ERPNext's Serial No shows what our ledger says, whatever stock moves do to it, and is never read back.

`test_what_erpnext_does_by_itself` is the comparison in docs/warranty.md: the same steps with and without our display.
"""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, getdate

from support_service.foundation.names.keys import key_of
from support_service.installed_base import placements
from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import warranties
from support_service.service_coverage.warranty.display import (
	is_shown_on_serial_no,
	on_submit_stock_ledger_entry,
)
from support_service.service_coverage.warranty.rules import months_after
from tests.factories import (
	company,
	make_customer,
	make_item,
	make_warehouse,
	make_warranty_policy,
	unique,
)
from tests.site.queries import count_queries
from tests.site.warranty_world import the_warranty, warranties_of

SOLD = date.today() - timedelta(days=200)
END = months_after(SOLD, 12)
OWN_DAYS = 90


@pytest.fixture
def goods() -> SimpleNamespace:
	"""Three serials of an item with 90 days in ERPNext and a year in a policy of ours, sold 200 days ago."""
	item = make_item(has_serial_no=1, warranty_period=str(OWN_DAYS)).name
	make_warranty_policy(scope={"item": item})
	warehouse = make_warehouse().name
	numbers = [unique("SN") for _ in range(3)]
	made = SimpleNamespace(item=item, warehouse=warehouse, numbers=numbers, customer=make_customer().name)
	receive(made, numbers, SOLD - timedelta(days=10))
	made.note = deliver(made, numbers, SOLD)
	return made


def receive(goods: SimpleNamespace, numbers: list[str], on: Any) -> Any:
	"""What people do for want of anything better when a unit comes in for repair: a Material Receipt."""
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": company(),
			"set_posting_time": 1,
			"posting_date": on,
			"items": [
				{
					"item_code": goods.item,
					"t_warehouse": goods.warehouse,
					"qty": len(numbers),
					"basic_rate": 100,
					"use_serial_batch_fields": 1,
					"serial_no": "\n".join(numbers),
				}
			],
		}
	).insert(ignore_permissions=True)
	entry.submit()
	return entry


def deliver(goods: SimpleNamespace, numbers: list[str], on: Any, customer: str | None = None) -> Any:
	"""A submitted Delivery Note, and the units it makes."""
	customer = customer or goods.customer
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"company": company(),
			"customer": customer,
			"set_posting_time": 1,
			"posting_date": on,
			"items": [
				{
					"item_code": goods.item,
					"qty": len(numbers),
					"rate": 100,
					"warehouse": goods.warehouse,
					"use_serial_batch_fields": 1,
					"serial_no": "\n".join(numbers),
				}
			],
		}
	).insert(ignore_permissions=True)
	note.submit()
	units = [
		placements.NewUnit(
			key_of("Serial No", number),
			customer,
			getdate(on),
			("Delivery Note", note.name),
			item_code=goods.item,
			serial_no=number,
			company=company(),
		)
		for number in numbers
	]
	placements.place(units)
	return note


def unit_of(number: str) -> str:
	return frappe.db.get_value("Installed Unit", {"serial_no": number})


def shown(number: str) -> date | None:
	return frappe.db.get_value("Serial No", number, "warranty_expiry_date")


def switch_display(on: bool) -> None:
	frappe.db.set_single_value("Support Service Settings", "show_warranty_on_serial_no", int(on))


def test_three_serials_are_three_warranties(goods):
	for number in goods.numbers:
		given = the_warranty(unit_of(number))
		assert (given.starts_on, given.ends_on, given.serial_label) == (SOLD, END, number)
		assert shown(number) == END
		assert frappe.db.get_value("Serial No", number, "maintenance_status") == "Under Warranty"


def test_received_for_repair_and_redelivered_it_is_the_same_to_the_day(goods):
	number = goods.numbers[0]
	receive(goods, [number], getdate())
	assert shown(number) == END
	deliver(goods, [number], getdate())
	assert (the_warranty(unit_of(number)).ends_on, shown(number)) == (END, END)


def test_what_erpnext_does_by_itself(goods):
	number = goods.numbers[0]
	switch_display(False)
	try:
		receive(goods, [number], getdate())
		wiped = shown(number)
		deliver(goods, [number], getdate())
		renewed = shown(number)
	finally:
		switch_display(True)
	assert (wiped, renewed) == (None, add_days(getdate(), OWN_DAYS))
	# our ledger was not asked and has not changed
	assert the_warranty(unit_of(number)).ends_on == END


def test_cancelled_stock_documents_leave_it_alone(goods):
	number = goods.numbers[0]
	receipt = receive(goods, [number], getdate())
	receipt.reload()
	receipt.cancel()
	assert shown(number) == END


def test_typing_a_date_on_the_serial_no_changes_nothing(goods):
	serial = frappe.get_doc("Serial No", goods.numbers[0])
	serial.warranty_expiry_date = "2040-01-01"
	serial.save()
	assert shown(serial.name) == END and the_warranty(unit_of(serial.name)).ends_on == END


def test_a_change_of_the_warranty_is_shown_at_once(goods):
	number = goods.numbers[0]
	name = the_warranty(unit_of(number)).name
	warranties.extend(name, {Kind.PART: add_days(END, 30)}, reason="goodwill")
	assert shown(number) == add_days(END, 30)
	warranties.void(name, reason="opened")
	assert shown(number) is None
	assert frappe.db.get_value("Installed Unit", unit_of(number), "warranty_until") is None


def test_an_older_form_of_the_unit_brings_no_older_day_back(goods):
	number = goods.numbers[0]
	form = frappe.get_doc("Installed Unit", unit_of(number))
	warranties.extend(the_warranty(form.name).name, {Kind.PART: add_days(END, 30)}, reason="goodwill")
	form.notes = "Beside the door"
	form.save()
	form.warranty_until = "2040-01-01"
	form.save()
	assert frappe.db.get_value("Installed Unit", form.name, "warranty_until") == add_days(END, 30)


def test_the_admin_may_leave_serial_numbers_to_erpnext(goods):
	number = goods.numbers[0]
	switch_display(False)
	try:
		receive(goods, [number], getdate())
		warranties.extend(
			the_warranty(unit_of(number)).name, {Kind.PART: add_days(END, 30)}, reason="goodwill"
		)
		assert shown(number) is None
	finally:
		switch_display(True)


def test_a_serial_number_without_a_warranty_of_ours_keeps_erpnexts(goods):
	frappe.db.set_value("Warranty Policy", {"item": goods.item}, "enabled", 0)
	frappe.db.set_value("Warranty Policy", "Standard", "enabled", 0)
	fresh = [unique("SN")]
	receive(goods, fresh, getdate())
	deliver(goods, fresh, getdate())
	assert not warranties_of(unit_of(fresh[0]))
	assert shown(fresh[0]) == add_days(getdate(), OWN_DAYS)


def test_a_stock_entry_costs_one_statement_whatever_the_number_of_serials(goods):
	entries = frappe.get_all("Stock Ledger Entry", filters={"voucher_no": goods.note.name}, pluck="name")
	is_shown_on_serial_no()
	entry = frappe.get_doc("Stock Ledger Entry", entries[0])
	assert count_queries(lambda: on_submit_stock_ledger_entry(entry)) == 1
