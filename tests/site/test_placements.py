"""Units made and moved in bulk: once each, whoever tells them again; in the order of what happened, not of telling."""

from datetime import date

import frappe

from support_service.foundation.names.keys import key_of
from support_service.installed_base import placements, unit_events
from support_service.installed_base.placements import NewUnit, place
from tests.factories import make_customer, make_installed_unit, make_item, unique
from tests.site.stored_name_world import bare

FIRST, SECOND = date(2026, 3, 2), date(2026, 6, 1)


def delivered(customer, *, keys, note="DN-A", on=FIRST, **facts):
	return [
		NewUnit(
			source_key=key,
			customer=customer,
			happened_on=on,
			reference=("Delivery Note", note),
			**facts,
		)
		for key in keys
	]


def piece_keys(count):
	row = frappe.generate_hash(length=10)
	return [key_of("Delivery Note Item", row, number + 1) for number in range(count)]


def events_of(unit):
	return frappe.get_all(
		unit_events.DOCTYPE,
		filters={"installed_unit": unit},
		fields=["event", "customer", "from_customer", "reference_name"],
		order_by="recorded_at, event",
	)


def test_new_units_carry_item_customer_and_series():
	item, customer, keys = make_item(), make_customer(), piece_keys(3)
	names = place(delivered(customer.name, keys=keys, item_code=item.name, company="Acme Service"))
	units = [frappe.get_doc("Installed Unit", names[key]) for key in keys]
	numbers = [int(unit.name.removeprefix("IU-")) for unit in units]
	assert numbers == list(range(numbers[0], numbers[0] + 3))
	assert {unit.unit_name for unit in units} == {item.item_name}
	assert {(unit.item_group, unit.customer_name, unit.state) for unit in units} == {
		(item.item_group, customer.customer_name, "In Service")
	}
	assert {(str(unit.delivered_on), unit.delivery_note) for unit in units} == {("2026-03-02", "DN-A")}
	after = make_installed_unit()
	assert int(after.name.removeprefix("IU-")) == numbers[-1] + 1


def test_told_twice_stands_once():
	customer, keys = make_customer().name, piece_keys(2)
	first = place(delivered(customer, keys=keys))
	assert place(delivered(customer, keys=keys)) == first
	assert [event.event for event in events_of(first[keys[0]])] == ["Delivered"]


def test_told_again_after_a_transfer_does_not_bring_it_back():
	seller, buyer, [key] = make_customer().name, make_customer().name, piece_keys(1)
	[name] = place(delivered(seller, keys=[key])).values()
	place(delivered(buyer, keys=[key], note="DN-B", on=SECOND))
	place(delivered(seller, keys=[key]))
	unit = frappe.get_doc("Installed Unit", name)
	assert (unit.customer, unit.delivery_note, str(unit.delivered_on)) == (buyer, "DN-B", "2026-06-01")
	assert [(row.event, row.customer, row.from_customer) for row in events_of(name)] == [
		("Delivered", seller, None),
		("Delivered", buyer, None),
		("Transferred", buyer, seller),
	]


def test_an_older_delivery_told_late_is_history_only():
	seller, buyer, [key] = make_customer().name, make_customer().name, piece_keys(1)
	[name] = place(delivered(buyer, keys=[key], note="DN-B", on=SECOND)).values()
	place(delivered(seller, keys=[key], on=FIRST))
	assert frappe.db.get_value("Installed Unit", name, ["customer", "delivery_note"]) == (buyer, "DN-B")


def test_redelivery_after_a_repair_keeps_the_day_of_delivery():
	customer, [key] = make_customer().name, piece_keys(1)
	[name] = place(delivered(customer, keys=[key])).values()
	frappe.db.set_value("Installed Unit", name, "state", "In Repair")
	place(delivered(customer, keys=[key], note="DN-BACK", on=SECOND))
	unit = frappe.get_doc("Installed Unit", name)
	assert (unit.state, str(unit.delivered_on), unit.delivery_note) == ("In Service", "2026-03-02", "DN-A")


def test_return_and_cancellations():
	customer, [key] = make_customer().name, piece_keys(1)
	[name] = place(delivered(customer, keys=[key])).values()
	back = ("Delivery Note", "DN-RET")
	assert placements.happened([name], unit_events.RETURNED, on=SECOND, reference=back) == [name]
	assert placements.happened([name], unit_events.RETURNED, on=SECOND, reference=back) == []
	assert frappe.db.get_value("Installed Unit", name, "state") == "Returned"
	placements.happened([name], unit_events.RETURN_CANCELLED, on=SECOND, reference=back)
	assert frappe.db.get_value("Installed Unit", name, "state") == "In Service"
	placements.happened(
		[name], unit_events.DELIVERY_CANCELLED, on=SECOND, reference=("Delivery Note", "DN-A")
	)
	unit = frappe.get_doc("Installed Unit", name)
	assert (unit.state, unit.delivered_on, unit.delivery_note, unit.source_name) == (
		"Returned",
		None,
		None,
		None,
	)
	assert len(events_of(name)) == 4


def test_a_cancelled_transfer_goes_back_to_the_former_customer():
	seller, buyer, [key] = make_customer().name, make_customer().name, piece_keys(1)
	[name] = place(delivered(seller, keys=[key])).values()
	board = make_installed_unit(customer=seller, parent_unit=name).name
	place(delivered(buyer, keys=[key], note="DN-B", on=SECOND))
	assert frappe.db.get_value("Installed Unit", board, ["customer", "parent_unit"]) == (buyer, name)
	note = ("Delivery Note", "DN-B")
	assert placements.touched_by(note) == sorted([name, board])
	placements.happened(
		placements.touched_by(note), unit_events.DELIVERY_CANCELLED, on=SECOND, reference=note
	)
	assert frappe.db.get_value("Installed Unit", name, ["customer", "delivery_note"]) == (seller, "DN-A")
	assert frappe.db.get_value("Installed Unit", board, ["customer", "parent_unit"]) == (seller, name)


def test_a_unit_entered_by_hand_is_found_by_its_serial_number():
	item = make_item(has_serial_no=1)
	serial = frappe.get_doc(
		{"doctype": "Serial No", "serial_no": unique("SN"), "item_code": item.name, "company": "Acme Service"}
	).insert()
	unit = make_installed_unit(item_code=item.name, serial_no=serial.name)
	frappe.db.set_value("Installed Unit", unit.name, "source_key", None)
	key = key_of("Serial No", serial.name)
	assert place(delivered(unit.customer, keys=[key], serial_no=serial.name)) == {key: unit.name}


def test_the_key_of_a_unit_whose_record_is_gone_is_free():
	"""An Asset was deleted and its number is given again; the former unit lets go of the key, not of its customer."""
	customers = [make_customer().name for _number in range(2)]
	asset = bare("Asset", name=unique("AS")).name
	key = key_of("Asset", asset)
	other = piece_keys(1)
	[first] = place(delivered(customers[0], keys=[key], asset=asset)).values()
	frappe.db.set_value("Installed Unit", first, "asset", None)
	units = [
		*delivered(customers[1], keys=[key], note="DN-B", asset=asset),
		*delivered(customers[1], keys=other, note="DN-B"),
	]
	placed = place(units)
	assert placed[key] != first and len(set(placed.values())) == 2
	owners = [frappe.db.get_value("Installed Unit", name, "customer") for name in (first, placed[key])]
	assert owners == customers
	assert [event.event for event in events_of(placed[key])] == ["Delivered"]
	assert place(units) == placed


def test_statements_do_not_grow_with_the_batch():
	customer, item = make_customer().name, make_item().name
	place(delivered(customer, keys=piece_keys(1), item_code=item))
	counts = []
	for size in (10, 200):
		before = frappe.db.sql("show session status like 'Questions'")[0][1]
		place(delivered(customer, keys=piece_keys(size), item_code=item))
		counts.append(int(frappe.db.sql("show session status like 'Questions'")[0][1]) - int(before))
	assert counts[0] == counts[1]
	assert counts[1] < 25


def test_long_keys_stay_apart():
	name = "x" * 139
	assert len(key_of("Serial No", name + "1")) <= 140
	assert key_of("Serial No", name + "1") != key_of("Serial No", name + "2")
