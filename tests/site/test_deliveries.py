"""Units follow ERPNext's own documents, submitted, returned, cancelled and amended on a real site."""

import frappe
import pytest
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe.utils import add_days, getdate, today

from support_service.foundation.postponed import Backlog
from support_service.installed_base.deliveries import documents as deliveries
from support_service.installed_base.deliveries import facts as delivery_facts
from support_service.installed_base.deliveries import sweep as delivery_sweep
from support_service.patches.v0_5 import pieces_of_amended_deliveries
from tests.factories import insert, make_customer, make_item, make_stock_receipt, unique
from tests.site.delivery_world import (
	amend,
	deliver,
	deliver_rows,
	events_of,
	give_back,
	goods,
	receive,
	set_switch,
	unit_of,
	units_with,
)


@pytest.fixture(autouse=True)
def switch_as_before(clean_transaction):
	yield
	frappe.db.rollback()
	frappe.clear_document_cache("Support Service Settings")


@pytest.mark.parametrize("bundle", [True, False], ids=["bundle", "text"])
def test_a_delivery_makes_a_unit_of_each_serial_number(bundle: bool) -> None:
	world = goods()
	note = deliver(world, bundle=bundle)
	units = [unit_of(number) for number in world.numbers]
	assert [unit.serial_label for unit in units] == world.numbers
	for unit in units:
		assert (unit.customer, unit.item_code, unit.state) == (world.customer, world.item, "In Service")
		assert (unit.delivery_note, unit.source_doctype, unit.source_name) == (
			note.name,
			"Delivery Note",
			note.name,
		)
		assert (unit.delivered_on, unit.company) == (getdate(note.posting_date), note.company)
		assert events_of(unit.name) == [("Delivered", note.name)]


def test_an_invoice_that_updates_stock_delivers() -> None:
	world = goods()
	row = {
		"item_code": world.item,
		"qty": 3,
		"warehouse": world.warehouse,
		"rate": 500,
		"use_serial_batch_fields": 1,
		"serial_no": "\n".join(world.numbers),
	}
	invoice = deliver_rows(world, row, doctype="Sales Invoice")
	assert {unit.serial_no for unit in units_with(invoice.name)} == set(world.numbers)
	invoice.cancel()
	assert {unit_of(number).state for number in world.numbers} == {"Returned"}


def test_an_invoice_after_the_delivery_changes_nothing() -> None:
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice

	world = goods(1)
	note = deliver(world)
	make_sales_invoice(note.name).insert().submit()
	assert events_of(unit_of(world.numbers[0]).name) == [("Delivered", note.name)]


def test_returned_redelivered_and_sold_to_another() -> None:
	world = goods()
	first, *others = world.numbers
	note = deliver(world, posting_date=add_days(today(), -30))
	back = give_back(note, [first])
	unit = unit_of(first)
	assert (unit.state, unit.customer) == ("Returned", world.customer)
	assert {unit_of(number).state for number in others} == {"In Service"}

	again = deliver(world, [first])
	unit.reload()
	assert (unit.state, unit.delivery_note) == ("In Service", again.name)

	give_back(again, [first])
	buyer = make_customer().name
	sold = deliver(world, [first], customer=buyer)
	unit.reload()
	assert (unit.customer, unit.customer_name, unit.state) == (
		buyer,
		frappe.db.get_value("Customer", buyer, "customer_name"),
		"In Service",
	)
	assert [event for event, _document in events_of(unit.name)].count("Transferred") == 1
	assert ("Returned", back.name) in events_of(unit.name)
	assert ("Delivered", sold.name) in events_of(unit.name)


def test_a_cancelled_return_brings_the_unit_back() -> None:
	world = goods(1)
	note = deliver(world)
	back = give_back(note, world.numbers)
	back.cancel()
	unit = unit_of(world.numbers[0])
	assert (unit.state, unit.delivery_note) == ("In Service", note.name)
	assert ("Return Cancelled", back.name) in events_of(unit.name)


def test_a_cancelled_delivery_leaves_its_history() -> None:
	world = goods(1)
	note = deliver(world)
	note.cancel()
	unit = unit_of(world.numbers[0])
	assert (unit.state, unit.delivered_on, unit.delivery_note) == ("Returned", None, None)
	assert events_of(unit.name) == [("Delivered", note.name), ("Delivery Cancelled", note.name)]


def test_a_cancelled_sale_to_another_goes_back_to_the_first() -> None:
	world = goods(1)
	note = deliver(world, posting_date=add_days(today(), -30))
	give_back(note, world.numbers).cancel()
	# sold on by the customer, received by plain stock moves and sold again
	receive(world, world.numbers)
	sold = deliver(world, customer=make_customer().name)
	sold.cancel()
	unit = unit_of(world.numbers[0])
	assert (unit.customer, unit.delivery_note, unit.state) == (world.customer, note.name, "In Service")


def test_an_amended_delivery_is_followed() -> None:
	world = goods()
	note = deliver(world)
	note.cancel()
	amended = amend(note)
	assert {unit.serial_no for unit in units_with(amended.name)} == set(world.numbers)
	assert {unit_of(number).state for number in world.numbers} == {"In Service"}
	assert frappe.db.count("Installed Unit", {"item_code": world.item}) == 3


def test_received_for_repair_and_sent_back_it_is_the_same_unit() -> None:
	world = goods(1)
	note = deliver(world, posting_date=add_days(today(), -30))
	unit = unit_of(world.numbers[0])
	stored = unit.as_dict()
	receive(world, world.numbers)
	assert unit_of(world.numbers[0]).as_dict() == stored
	deliver(world)
	unit.reload()
	assert (unit.delivered_on, unit.delivery_note) == (getdate(note.posting_date), note.name)
	assert frappe.db.count("Installed Unit", {"item_code": world.item}) == 1


class TestPieces:
	@pytest.fixture
	def world(self, clean_transaction):
		world = goods(1)
		world.item = make_item(service_unit_tracking="Yes").name
		make_stock_receipt(world.item, world.warehouse, 20)
		return world

	def rows(self, world, qty):
		return {"item_code": world.item, "qty": qty, "warehouse": world.warehouse, "rate": 50}

	def test_one_unit_for_each_piece(self, world) -> None:
		note = deliver_rows(world, self.rows(world, 3))
		assert len(units_with(note.name)) == 3
		back = give_back(note, qty=2)
		assert [unit.state for unit in units_with(note.name)] == ["In Service", "Returned", "Returned"]
		give_back(note, qty=1)
		assert {unit.state for unit in units_with(note.name)} == {"Returned"}
		back.cancel()
		assert [unit.state for unit in units_with(note.name)] == ["Returned", "In Service", "In Service"]

	def test_the_pieces_of_an_amended_delivery_are_the_same(self, world) -> None:
		note = deliver_rows(world, self.rows(world, 3))
		before = [unit.name for unit in units_with(note.name)]
		note.cancel()
		copy = amend(note)
		assert [unit.name for unit in units_with(copy.name)] == before

	@pytest.mark.parametrize("serial", [False, True], ids=["as it came", "given a serial number"])
	def test_the_pieces_of_an_amended_delivery_come_back_and_are_installed(self, world, serial) -> None:
		"""Twice amended: whoever names a row of the last delivery finds its pieces, those of other deliveries stay."""
		deliver_rows(world, self.rows(world, 1))
		note = deliver_rows(world, self.rows(world, 2))
		first, second = (unit.name for unit in units_with(note.name))
		if serial:  # somebody reads it from the piece
			number = insert("Serial No", {"serial_no": unique("SN"), "item_code": world.item}, {}).name
			frappe.db.set_value("Installed Unit", second, {"serial_no": number, "serial_label": number})
		for _time in range(2):
			note.cancel()
			note = amend(note)
		assert [unit.name for unit in units_with(note.name)] == [first, second]
		installation(note, qty=1)
		give_back(note, qty=1)
		assert [(bool(unit.installed_on), unit.state) for unit in units_with(note.name)] == [
			(True, "In Service"),
			(False, "Returned"),
		]
		assert frappe.db.count("Installed Unit", {"item_code": world.item}) == 3

	def test_what_was_amended_before_gets_its_keys_once(self, world) -> None:
		note = deliver_rows(world, self.rows(world, 2))
		former = {unit.name: unit.source_key for unit in units_with(note.name)}
		note.cancel()
		copy = amend(note)
		keys = {unit.name: unit.source_key for unit in units_with(copy.name)}
		for name, key in former.items():
			frappe.db.set_value("Installed Unit", name, "source_key", key)
		for _run in range(2):
			pieces_of_amended_deliveries.execute()
			assert {unit.name: unit.source_key for unit in units_with(copy.name)} == keys

	def test_a_row_that_comes_back_in_two_rows(self, world) -> None:
		note = deliver_rows(world, self.rows(world, 3))
		back = make_return_doc("Delivery Note", note.name)
		back.items[0].qty = -1
		again = back.items[0].as_dict(no_default_fields=True)
		back.append("items", {**again, "dn_detail": back.items[0].dn_detail})
		back.insert().submit()
		assert [unit.state for unit in units_with(note.name)] == ["In Service", "Returned", "Returned"]
		deliveries.follow_submitted(frappe.get_doc("Delivery Note", back.name))
		assert [unit.state for unit in units_with(note.name)] == ["In Service", "Returned", "Returned"]

	def test_a_row_that_is_installed_in_two_rows(self, world) -> None:
		note = deliver_rows(world, self.rows(world, 3))
		done = installation(note, rows=2)
		assert [bool(unit.installed_on) for unit in units_with(note.name)] == [True, True, False]
		deliveries.follow_submitted(frappe.get_doc("Installation Note", done.name))
		assert [bool(unit.installed_on) for unit in units_with(note.name)] == [True, True, False]

	def test_only_items_that_are_followed(self, world) -> None:
		plain = make_item().name
		make_stock_receipt(plain, world.warehouse, 2)
		note = deliver_rows(world, {**self.rows(world, 2), "item_code": plain})
		assert units_with(note.name) == []
		silent = goods(1)
		frappe.db.set_value("Item", silent.item, "service_unit_tracking", "No")
		deliver(silent)
		assert unit_of(silent.numbers[0]) is None

	def test_the_first_pieces_are_installed_first(self, world) -> None:
		note = deliver_rows(world, self.rows(world, 3))
		installation(note, qty=2)
		assert [bool(unit.installed_on) for unit in units_with(note.name)] == [True, True, False]


@pytest.mark.parametrize("serial", [True, False])
def test_what_is_packed_in_a_bundle_is_followed(serial: bool) -> None:
	world = goods(2)
	parts = world.item
	if not serial:
		parts = make_item(service_unit_tracking="Yes").name
		make_stock_receipt(parts, world.warehouse, 2)
	whole = make_item(is_stock_item=0).name
	insert("Product Bundle", {"new_item_code": whole, "items": [{"item_code": parts, "qty": 2}]}, {})
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"company": frappe.db.get_value("Warehouse", world.warehouse, "company"),
			"customer": world.customer,
			"set_warehouse": world.warehouse,
			"items": [{"item_code": whole, "qty": 1, "rate": 900, "warehouse": world.warehouse}],
		}
	).insert()
	if serial:
		note.packed_items[0].update({"use_serial_batch_fields": 1, "serial_no": "\n".join(world.numbers)})
		note.save()
	note.submit()
	assert [unit.item_code for unit in units_with(note.name)] == [parts, parts]
	if not serial:
		note.cancel()
		note = amend(note)
	give_back(note)
	assert {unit.state for unit in units_with(note.name)} == {"Returned"}


def installation(note, serial_no=None, qty=1, rows=1, **values):
	doc = frappe.get_doc(
		{
			"doctype": "Installation Note",
			"company": note.company,
			"customer": note.customer,
			"inst_date": today(),
			"territory": "All Territories",
			"items": [
				{
					"item_code": note.items[0].item_code,
					"qty": qty,
					"serial_no": serial_no,
					"prevdoc_docname": note.name,
					"prevdoc_doctype": "Delivery Note",
					"prevdoc_detail_docname": note.items[0].name,
				}
			]
			* rows,
			**values,
		}
	)
	doc.insert(ignore_permissions=True)
	doc.submit()
	return doc


def test_an_installation_is_followed_and_taken_back() -> None:
	world = goods()
	note = deliver(world)
	done = installation(note, world.numbers[0])
	unit = unit_of(world.numbers[0])
	assert unit.installed_on == getdate(today())
	assert unit_of(world.numbers[1]).installed_on is None
	done.cancel()
	unit.reload()
	assert unit.installed_on is None
	assert [event for event, _document in events_of(unit.name)] == [
		"Delivered",
		"Installed",
		"Installation Cancelled",
	]
	# the ledger names it and does not keep it; the next of that number is another one
	frappe.delete_doc("Installation Note", done.name)
	[told] = [document for event, document in events_of(unit.name) if event == "Installed"]
	assert told.startswith(f"{done.name} (deleted ")


def test_an_installation_makes_a_unit_the_delivery_did_not() -> None:
	world = goods(1)
	set_switch(0)
	note = deliver(world)
	assert unit_of(world.numbers[0]) is None
	set_switch(1)
	installation(note, world.numbers[0])
	unit = unit_of(world.numbers[0])
	assert (unit.installed_on, unit.customer) == (getdate(today()), world.customer)


def test_an_asset_that_belongs_to_a_customer() -> None:
	customer = make_customer().name
	asset = customer_asset(customer)
	unit = frappe.get_doc("Installed Unit", {"asset": asset.name})
	assert (unit.customer, unit.unit_name, unit.item_code) == (customer, asset.asset_name, asset.item_code)
	asset.cancel()
	unit.reload()
	assert unit.state == "Returned"
	assert not frappe.db.exists("Installed Unit", {"asset": customer_asset(None).name})


def customer_asset(customer: str | None):
	company = frappe.get_all("Company", pluck="name")[0]
	accounts = {
		"company_name": company,
		"fixed_asset_account": frappe.db.get_value(
			"Account", {"account_type": "Fixed Asset", "company": company}
		),
		"accumulated_depreciation_account": frappe.db.get_value(
			"Account", {"account_type": "Accumulated Depreciation", "company": company}
		),
		"depreciation_expense_account": frappe.db.get_value(
			"Account", {"account_type": "Depreciation", "company": company}
		),
	}
	category = insert("Asset Category", {"asset_category_name": unique("Racks"), "accounts": [accounts]}, {})
	item = make_item(is_stock_item=0, is_fixed_asset=1, asset_category=category.name)
	location = insert("Location", {"location_name": unique("Hall")}, {})
	asset = insert(
		"Asset",
		{
			"asset_name": unique("Rack"),
			"item_code": item.name,
			"company": company,
			"asset_owner": "Customer" if customer else "Company",
			"asset_owner_company": None if customer else company,
			"customer": customer,
			"location": location.name,
			"is_existing_asset": 1,
			"purchase_date": today(),
			"available_for_use_date": today(),
			"gross_purchase_amount": 1000,
			"net_purchase_amount": 1000,
			"calculate_depreciation": 0,
		},
		{},
	)
	asset.submit()
	return asset


class TestFailures:
	"""Whatever goes wrong with a unit, ERPNext's document stands and the next night makes good."""

	@pytest.fixture
	def broken(self, monkeypatch):
		def fail(*args, **kwargs):
			raise ValueError("no units today")

		with monkeypatch.context() as patch:
			patch.setattr(delivery_facts, "goods_of", fail)
			yield patch

	def test_the_delivery_stands_and_is_caught_up(self, broken) -> None:
		world = goods()
		note = deliver(world)
		assert frappe.db.get_value("Delivery Note", note.name, "docstatus") == 1
		assert unit_of(world.numbers[0]) is None
		assert frappe.db.exists("Error Log", {"reference_name": note.name})
		broken.undo()
		since = add_days(today(), -1)
		assert note.name in delivery_sweep.submitted("Delivery Note", since)
		deliveries.follow_submitted(note)
		assert unit_of(world.numbers[0]).delivery_note == note.name
		Backlog(deliveries.FOLLOW_SUBMITTED, "Delivery Note").forget([note.name])  # as the nightly run does
		assert note.name not in delivery_sweep.submitted("Delivery Note", since)

	def test_a_missed_cancellation_is_found(self, monkeypatch) -> None:
		world = goods(1)
		note = deliver(world)
		with monkeypatch.context() as patch:
			patch.setattr(deliveries, "follow_cancelled", lambda doc: 1 / 0)
			note.cancel()
		assert unit_of(world.numbers[0]).state == "In Service"
		assert note.name in delivery_sweep.cancelled("Delivery Note", add_days(today(), -1))

	def test_the_sweep_makes_good_in_transactions_of_its_own(self, broken) -> None:
		world = goods()
		note = deliver(world)
		frappe.db.commit()
		broken.undo()
		assert delivery_sweep.catch_up() >= 1
		frappe.db.rollback()
		assert not frappe.db.exists("Postponed Work", {"reference_name": note.name})
		assert unit_of(world.numbers[0]).delivery_note == note.name
		delivery_sweep.catch_up()
		assert events_of(unit_of(world.numbers[0]).name) == [("Delivered", note.name)]

	def test_goods_that_are_not_followed_are_not_looked_at_again(self) -> None:
		world = goods(1)
		plain = make_item().name
		make_stock_receipt(plain, world.warehouse, 1)
		note = deliver_rows(world, {"item_code": plain, "qty": 1, "warehouse": world.warehouse, "rate": 5})
		assert note.name not in delivery_sweep.submitted("Delivery Note", add_days(today(), -1))


def test_switched_off_nothing_is_made_and_what_is_there_is_followed() -> None:
	world = goods(2)
	note = deliver(world, world.numbers[:1])
	set_switch(0)
	deliver(world, world.numbers[1:])
	assert unit_of(world.numbers[1]) is None
	give_back(note, world.numbers[:1])
	assert unit_of(world.numbers[0]).state == "Returned"


def test_a_branch_of_our_own_is_no_customer() -> None:
	world = goods(1)
	note = deliver(world)
	note.is_internal_customer = 1
	assert not delivery_facts.moves_goods(note)


def test_the_site_comes_with_the_delivery() -> None:
	world = goods(1)
	address = insert(
		"Address",
		{
			"address_title": unique("Plant"),
			"address_line1": "1 Harbour Road",
			"city": "Ningbo",
			"country": "China",
			"address_type": "Shipping",
			"links": [{"link_doctype": "Customer", "link_name": world.customer}],
		},
		{},
	)
	deliver(world, shipping_address_name=address.name)
	unit = unit_of(world.numbers[0])
	assert unit.site_address == address.name
	assert "1 Harbour Road" in unit.site_address_display
