"""A variant whose own *Follow at Customers* is empty goes by its template's."""

from types import SimpleNamespace

import frappe
import pytest
from erpnext.controllers.item_variant import create_variant

from support_service.installed_base.deliveries import sweep as delivery_sweep
from tests.factories import insert, make_customer, make_item, make_stock_receipt, make_warehouse, unique
from tests.site import takeover_world
from tests.site.delivery_world import deliver_rows, set_switch, units_with

pytestmark = pytest.mark.usefixtures("clean_transaction")


@pytest.fixture(autouse=True)
def switch_as_before(clean_transaction):
	yield
	frappe.db.rollback()
	frappe.clear_document_cache("Support Service Settings")


def variant(template_says: str, says: str | None = None, **template: object) -> str:
	attribute = insert(
		"Item Attribute",
		{"attribute_name": unique("Size"), "item_attribute_values": [{"attribute_value": "1", "abbr": "1"}]},
		{},
	).name
	whole = make_item(
		has_variants=1,
		attributes=[{"attribute": attribute}],
		service_unit_tracking=template_says,
		**template,
	)
	made = create_variant(whole.name, {attribute: "1"})
	assert not made.service_unit_tracking  # handed on only where Item Variant Settings lists it
	made.service_unit_tracking = says
	return made.insert().name


def sold(item: str) -> SimpleNamespace:
	world = SimpleNamespace(item=item, warehouse=make_warehouse().name, customer=make_customer().name)
	make_stock_receipt(item, world.warehouse, 5)
	row = {"item_code": item, "qty": 2, "warehouse": world.warehouse, "rate": 50}
	world.note = deliver_rows(world, row).name
	return world


# what the template says, what the variant says, how many units two pieces without a number are
SAID = [("Yes", None, 2), ("Yes", "", 2), ("Yes", "No", 0), ("No", "Yes", 2), ("", None, 0), ("No", None, 0)]


@pytest.mark.parametrize(("template", "own", "units"), SAID)
def test_when_it_is_delivered(template: str, own: str | None, units: int) -> None:
	assert len(units_with(sold(variant(template, own)).note)) == units


@pytest.mark.parametrize(("template", "own", "units"), SAID)
def test_when_the_sweep_looks(template: str, own: str | None, units: int) -> None:
	set_switch(0)
	world = sold(variant(template, own))
	assert units_with(world.note) == []
	set_switch(1)
	assert (world.note in delivery_sweep.submitted("Delivery Note", delivery_sweep._since())) == bool(units)
	delivery_sweep.catch_up()
	assert len(units_with(world.note)) == units


@pytest.mark.parametrize(
	("template", "own", "followed"), [("No", "", False), ("No", "Yes", True), ("", "", True)]
)
def test_serial_numbers(template: str, own: str, followed: bool) -> None:
	"""At the delivery, in the sweep and in a takeover."""
	set_switch(0)
	item = variant(template, own, has_serial_no=1)
	customer, serial = make_customer().name, unique("SN")
	note = takeover_world.make_delivery(customer, item, [serial], days_ago=1)
	set_switch(1)
	assert (note.name in delivery_sweep.submitted("Delivery Note", delivery_sweep._since())) == followed
	other = takeover_world.make_delivery(customer, item, [unique("SN")])
	assert len(units_with(other.name)) == int(followed)
	takeover_world.take_over("serial_nos", customer=customer)
	assert bool(frappe.db.exists("Installed Unit", {"serial_no": serial})) == followed
