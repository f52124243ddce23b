"""Serial numbers that ERPNext picks itself, as it does by default, make units at once, beside those somebody typed."""

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from erpnext.stock.doctype.delivery_note.delivery_note import make_installation_note
from frappe.utils import add_days, getdate, today

from support_service.installed_base.deliveries import documents as deliveries
from support_service.installed_base.deliveries import moved_goods
from support_service.installed_base.deliveries import sweep as delivery_sweep
from tests.factories import (
	insert,
	make_installed_unit,
	make_item,
	make_service_request,
	make_stock_receipt,
	make_warranty_policy,
	unique,
)
from tests.site.delivery_world import deliver_rows, events_of, give_back, goods, receive, set_switch, unit_of
from tests.site.visit_world import make_batch, visit_of
from tests.site.warranty_world import the_warranty

PICKS = "auto_create_serial_and_batch_bundle_for_outward"
DELIVERIES = ("Delivery Note", "Sales Invoice")


@pytest.fixture(autouse=True)
def settings_as_before(clean_transaction):
	assert frappe.get_meta("Stock Settings").get_field(PICKS).default == "1"
	assert frappe.db.get_single_value("Stock Settings", PICKS) == 1, "the site has ERPNext's default"
	yield
	frappe.db.rollback()
	for settings in ("Stock Settings", "Support Service Settings"):
		frappe.clear_document_cache(settings)


@pytest.fixture
def world() -> SimpleNamespace:
	"""Three pieces with serial numbers in stock, and a year of warranty for what is delivered."""
	world = goods(3)
	make_warranty_policy(scope={"item": world.item})
	return world


def row(world: SimpleNamespace, qty: int, *typed: str) -> dict[str, Any]:
	"""A row as somebody fills it in: item, quantity, and only what they typed."""
	text = {"use_serial_batch_fields": 1, "serial_no": "\n".join(typed)} if typed else {}
	return {"item_code": world.item, "qty": qty, "warehouse": world.warehouse, "rate": 500, **text}


def units_of(item: str) -> list[Any]:
	return frappe.get_all(
		"Installed Unit", {"item_code": item}, ["name", "serial_no", "state", "customer"], order_by="name"
	)


def went(doctype: str, name: str) -> set[str]:
	return {moved.serial_no for moved in moved_goods.serials(doctype, [name], outward=True)[name]}


@pytest.mark.parametrize("doctype", DELIVERIES)
def test_nothing_typed_two_pieces_two_units_two_warranties_at_once(world, doctype) -> None:
	document = deliver_rows(world, row(world, 2), doctype=doctype)
	units = units_of(world.item)
	assert len(units) == 2
	assert {unit.serial_no for unit in units} == went(doctype, document.name) <= set(world.numbers)
	for unit in units:
		assert (unit.state, unit.customer) == ("In Service", world.customer)
		assert events_of(unit.name) == [("Delivered", document.name)]
		assert the_warranty(unit.name).starts_on == getdate(document.posting_date)


@pytest.mark.parametrize("doctype", DELIVERIES)
def test_one_typed_row_and_one_picked_row_of_two(world, doctype) -> None:
	deliver_rows(world, row(world, 1, world.numbers[1]), row(world, 2), doctype=doctype)
	assert {unit.serial_no for unit in units_of(world.item)} == set(world.numbers)


@pytest.mark.parametrize("doctype", DELIVERIES)
def test_all_typed_as_before(world, doctype) -> None:
	deliver_rows(world, row(world, 2, *world.numbers[:2]), doctype=doctype)
	assert {unit.serial_no for unit in units_of(world.item)} == set(world.numbers[:2])


@pytest.mark.parametrize("doctype", DELIVERIES)
@pytest.mark.parametrize("twice", [False, True], ids=["once", "packed twice"])
def test_what_a_bundle_packs_is_picked_too(world, doctype, twice) -> None:
	packs = [{"item_code": world.item, "qty": 1}] * 2 if twice else [{"item_code": world.item, "qty": 2}]
	whole = make_item(is_stock_item=0).name
	insert("Product Bundle", {"new_item_code": whole, "items": packs}, {})
	document = deliver_rows(
		world,
		{"item_code": whole, "qty": 1, "rate": 900, "warehouse": world.warehouse},
		row(world, 1, world.numbers[2]),
		doctype=doctype,
		set_warehouse=world.warehouse,
	)
	assert {unit.serial_no for unit in units_of(world.item)} == set(world.numbers)
	document.cancel()
	assert {unit.state for unit in units_of(world.item)} == {"Returned"}


def test_where_erpnext_may_not_pick_typed_numbers_make_units_and_no_others_leave(world) -> None:
	frappe.db.set_single_value("Stock Settings", PICKS, 0)
	frappe.clear_document_cache("Stock Settings")
	frappe.db.savepoint("before_submit")
	with pytest.raises(frappe.ValidationError):
		deliver_rows(world, row(world, 2))
	frappe.db.rollback(save_point="before_submit")
	deliver_rows(world, row(world, 2, *world.numbers[:2]))
	assert {unit.serial_no for unit in units_of(world.item)} == set(world.numbers[:2])


@pytest.mark.parametrize("empty", [1, 0], ids=["row stays empty", "row is written"])
def test_whether_erpnext_writes_them_into_the_row_or_not(world, empty) -> None:
	"""*Do Not Update Serial / Batch on Creation of Auto Bundle*, either way."""
	frappe.db.set_single_value(
		"Stock Settings", "do_not_update_serial_batch_on_creation_of_auto_bundle", empty
	)
	frappe.clear_document_cache("Stock Settings")
	note = deliver_rows(world, row(world, 3))
	written = frappe.db.get_value("Delivery Note Item", {"parent": note.name}, "serial_no")
	assert bool(written) != bool(empty)
	assert {unit.serial_no for unit in units_of(world.item)} == set(world.numbers)


@pytest.mark.parametrize("doctype", DELIVERIES)
def test_picked_pieces_come_back(world, doctype) -> None:
	"""ERPNext chooses which of them a return of one piece takes; the unit that is gone is the one it chose."""
	document = deliver_rows(world, row(world, 2), doctype=doctype)
	back = give_back(frappe.get_doc(doctype, document.name), qty=1)
	[moved] = moved_goods.serials(doctype, [back.name], outward=False)[back.name]
	assert {unit.serial_no: unit.state for unit in units_of(world.item)} == {
		serial: "Returned" if serial == moved.serial_no else "In Service"
		for serial in went(doctype, document.name)
	}


def test_an_installation_of_what_was_picked(world) -> None:
	"""ERPNext leaves the delivery's row empty and asks for the numbers; both of them are installed."""
	note = deliver_rows(world, row(world, 2))
	installation = make_installation_note(note.name)
	installation.update({"inst_date": today(), "territory": "All Territories"})
	installation.items[0].serial_no = ",".join(sorted(went("Delivery Note", note.name)))
	installation.insert().submit()
	installed = frappe.get_all("Installed Unit", {"item_code": world.item}, pluck="installed_on")
	assert installed == [getdate(today())] * 2
	assert installation.name not in delivery_sweep.submitted("Installation Note", add_days(today(), -1))


def test_the_last_day_on_picked_serial_numbers_is_ours(world) -> None:
	"""ERPNext writes its own period while it posts, and none when it cancels."""
	frappe.db.set_value("Item", world.item, "warranty_period", "90")
	note = deliver_rows(world, row(world, 2))
	for unit in units_of(world.item):
		last = frappe.db.get_value("Serial No", unit.serial_no, "warranty_expiry_date")
		assert last == the_warranty(unit.name).ends_on
	again = goods(1)  # the same serial numbers come in for repair and go out again, picked
	again.item, again.warehouse, again.customer = world.item, world.warehouse, world.customer
	receive(again, sorted(went("Delivery Note", note.name)))
	deliver_rows(again, row(again, 3))
	for serial in went("Delivery Note", note.name):
		unit = unit_of(serial)
		assert frappe.db.get_value("Serial No", serial, "warranty_expiry_date") == unit.warranty_until


class TestSweep:
	"""What is compared are pieces: one event hides nothing."""

	def test_one_event_does_not_hide_the_others(self, world) -> None:
		note = deliver_rows(world, row(world, 1, world.numbers[0]), row(world, 2))
		forget(note.name, keep=world.numbers[0])
		assert len(units_of(world.item)) == 1
		assert note.name in delivery_sweep.submitted("Delivery Note", add_days(today(), -1))
		deliveries.follow_submitted(frappe.get_doc("Delivery Note", note.name))
		assert {unit.serial_no for unit in units_of(world.item)} == set(world.numbers)
		assert note.name not in delivery_sweep.submitted("Delivery Note", add_days(today(), -1))

	def test_pieces_without_numbers_are_counted(self, world) -> None:
		item = make_item(service_unit_tracking="Yes").name
		make_stock_receipt(item, world.warehouse, 3)
		note = deliver_rows(world, {**row(world, 3), "item_code": item}, row(world, 1))
		assert note.name not in delivery_sweep.submitted("Delivery Note", add_days(today(), -1))
		forget_unit(units_of(item)[1].name)
		assert note.name in delivery_sweep.submitted("Delivery Note", add_days(today(), -1))
		deliveries.follow_submitted(frappe.get_doc("Delivery Note", note.name))
		assert len(units_of(item)) == 3

	def test_a_return_told_in_part_is_found_and_repeating_it_takes_no_more(self, world) -> None:
		item = make_item(service_unit_tracking="Yes").name
		make_stock_receipt(item, world.warehouse, 3)
		note = deliver_rows(world, {**row(world, 3), "item_code": item})
		back = give_back(note, qty=1)
		assert back.name not in delivery_sweep.submitted("Delivery Note", add_days(today(), -1))
		deliveries.follow_submitted(frappe.get_doc("Delivery Note", back.name))
		assert [unit.state for unit in units_of(item)] == ["In Service", "In Service", "Returned"]

	def test_where_deliveries_make_no_units_none_is_missing(self, world) -> None:
		set_switch(0)
		note = deliver_rows(world, row(world, 2))
		assert note.name not in delivery_sweep.submitted("Delivery Note", add_days(today(), -1))

	def test_a_branch_of_our_own_is_missing_nothing(self, world) -> None:
		note = deliver_rows(world, row(world, 2))
		for unit in units_of(world.item):
			forget_unit(unit.name)
		frappe.db.set_value("Delivery Note", note.name, "is_internal_customer", 1)
		assert note.name not in delivery_sweep.submitted("Delivery Note", add_days(today(), -1))


def test_a_visit_records_the_batch_of_each_number_erpnext_read(van) -> None:
	"""An item with serial numbers and batches: the engineer types the numbers, ERPNext knows their batches."""
	item = make_item(has_serial_no=1, has_batch_no=1).name
	pieces = {unique("SN"): make_batch(item) for _number in range(2)}
	for serial, batch in pieces.items():
		make_stock_receipt(item, van.warehouse, 1, serial_no=serial, batch_no=batch)
	unit = make_installed_unit()
	case = make_service_request(customer=unit.customer, installed_unit=unit.name)
	visit = visit_of(
		van,
		{"item_code": item, "qty": 2, "serial_nos": "\n".join(pieces), "fit_to_unit": 1},
		service_request=case.name,
		installed_unit=unit.name,
	)
	visit.submit()
	fitted = frappe.get_all("Fitted Part Entry", {"voucher_no": visit.name}, ["serial_label", "batch_no"])
	assert {part.serial_label: part.batch_no for part in fitted} == pieces


def forget(document: str, *, keep: str) -> None:
	"""As if only the unit of one serial number had been made."""
	for name in frappe.get_all(
		"Installed Unit", {"source_name": document, "serial_no": ("!=", keep)}, pluck="name"
	):
		forget_unit(name)


def forget_unit(name: str) -> None:
	warranties = frappe.get_all("Service Warranty", {"installed_unit": name}, pluck="name")
	frappe.db.delete("Service Warranty Entry", {"warranty": ("in", warranties or [""])})
	frappe.db.delete("Service Warranty", {"installed_unit": name})
	frappe.db.delete("Installed Unit Event", {"installed_unit": name})
	frappe.db.delete("Installed Unit", {"name": name})
