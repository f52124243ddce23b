"""What happens to a unit happens to its warranty; people change it with a reason; the ledger keeps it all."""

from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import getdate

from support_service.foundation.ledger import LedgerIsAppendOnlyError
from support_service.installed_base import unit_events
from support_service.installed_base.unit_events import UnitEvent
from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import warranties
from support_service.service_coverage.warranty.rules import Terms
from support_service.service_coverage.warranty.warranties import WarrantyRefusedError, WarrantyStart
from tests.factories import (
	make_customer,
	make_installed_unit,
	make_item,
	make_template_item,
	make_variant,
	make_warranty_policy,
)
from tests.site.queries import count_queries
from tests.site.warranty_world import (
	corrected,
	delivered,
	happens,
	ledger,
	make_unit,
	the_warranty,
	warranties_of,
)

DAY = date(2026, 6, 1)
END = date(2027, 6, 1)
LATER = date(2026, 8, 1)


def until(unit: str) -> date | None:
	return frappe.db.get_value("Installed Unit", unit, "warranty_until")


def test_a_delivery_starts_the_warranty_of_the_policy():
	unit = delivered(DAY, months_parts=24, months_travel=0, share_labour=50)
	given = the_warranty(unit.name)
	assert (given.starts_on, given.parts_until, given.labour_until, given.travel_until) == (
		DAY,
		date(2028, 6, 1),
		END,
		None,
	)
	assert (given.customer, given.share_labour, given.status) == (unit.customer, 50, "Active")
	assert until(unit.name) == date(2028, 6, 1)
	assert ledger(given.name) == ["Started"]


def test_a_repeat_starts_nothing():
	unit = delivered(DAY)
	happens(unit.name, unit_events.DELIVERED, DAY, unit.customer)
	warranties.start_many([WarrantyStart(unit.name, DAY, key="again")])
	assert ledger(the_warranty(unit.name).name) == ["Started"]


def test_without_a_policy_there_is_no_warranty_and_no_refusal():
	unit = make_installed_unit(item_code=make_item().name)
	frappe.db.set_value("Warranty Policy", "Standard", "enabled", 0)
	happens(unit.name, unit_events.DELIVERED, DAY, unit.customer)
	assert not warranties_of(unit.name)


def test_returned_and_delivered_again_it_is_the_same_to_the_day():
	unit = delivered(DAY)
	happens(unit.name, unit_events.RETURNED, date(2026, 7, 1))
	resting = the_warranty(unit.name)
	assert (resting.status, resting.ends_on) == ("Suspended", END)
	happens(unit.name, unit_events.DELIVERED, LATER, unit.customer)
	again = the_warranty(unit.name)
	assert (again.status, again.starts_on, again.ends_on) == ("Active", DAY, END)
	assert ledger(again.name) == ["Started", "Suspended", "Resumed"]


def test_redelivered_without_a_return_nothing_changes():
	"""ERPNext's stock entry for a repair names no customer: nobody told us that it came back."""
	unit = delivered(DAY)
	happens(unit.name, unit_events.DELIVERED, LATER, unit.customer)
	assert ledger(the_warranty(unit.name).name) == ["Started"]


@pytest.mark.parametrize("returned", [True, False])
def test_sold_to_somebody_else_the_old_one_is_void_and_a_new_one_starts(returned):
	unit, buyer = delivered(DAY), make_customer().name
	if returned:
		happens(unit.name, unit_events.RETURNED, date(2026, 7, 1))
	happens(unit.name, unit_events.DELIVERED, LATER, buyer)
	old, new = warranties_of(unit.name)
	assert (old.status, old.customer) == ("Void", unit.customer)
	assert (new.status, new.customer, new.ends_on) == ("Active", buyer, date(2027, 8, 1))
	assert until(unit.name) == new.ends_on


def test_a_sale_that_is_also_told_as_a_transfer_is_a_sale():
	unit, buyer = delivered(DAY), make_customer().name
	note = ("Delivery Note", "DN-resold")
	frappe.db.set_value("Installed Unit", unit.name, "customer", buyer)
	unit_events.append(
		[
			UnitEvent(unit.name, event, LATER, f"{event}|{unit.name}", customer=buyer, reference=note)
			for event in (unit_events.TRANSFERRED, unit_events.DELIVERED)
		]
	)
	assert [row.status for row in warranties_of(unit.name)] == ["Void", "Active"]


def test_transferred_to_another_customer_it_goes_along():
	unit, buyer = delivered(DAY), make_customer().name
	happens(unit.name, unit_events.TRANSFERRED, LATER, buyer, from_customer=unit.customer)
	moved = the_warranty(unit.name)
	assert (moved.customer, moved.ends_on, ledger(moved.name)) == (buyer, END, ["Started", "Transferred"])
	assert moved.customer_name == frappe.db.get_value("Customer", buyer, "customer_name")


def test_a_cancelled_delivery_leaves_a_void_warranty_with_its_history():
	unit = make_unit()
	note = happens(unit.name, unit_events.DELIVERED, DAY, unit.customer)
	happens(unit.name, unit_events.DELIVERY_CANCELLED, DAY, document=note)
	void = the_warranty(unit.name)
	assert (void.status, ledger(void.name), until(unit.name)) == ("Void", ["Started", "Voided"], None)
	happens(unit.name, unit_events.DELIVERED, LATER, unit.customer)
	assert [row.status for row in warranties_of(unit.name)] == ["Void", "Active"]


def test_a_cancelled_redelivery_or_return_is_undone():
	unit = delivered(DAY)
	back = happens(unit.name, unit_events.RETURNED, date(2026, 7, 1))
	again = happens(unit.name, unit_events.DELIVERED, LATER, unit.customer)
	happens(unit.name, unit_events.DELIVERY_CANCELLED, LATER, document=again)
	assert the_warranty(unit.name).status == "Suspended"
	happens(unit.name, unit_events.RETURN_CANCELLED, LATER, document=back)
	assert (the_warranty(unit.name).status, the_warranty(unit.name).ends_on) == ("Active", END)


def test_a_cancelled_sale_to_somebody_else_gives_the_old_warranty_back():
	unit = delivered(DAY)
	happens(unit.name, unit_events.RETURNED, date(2026, 7, 1))
	sale = happens(unit.name, unit_events.DELIVERED, LATER, make_customer().name)
	happens(unit.name, unit_events.DELIVERY_CANCELLED, LATER, document=sale)
	old, new = warranties_of(unit.name)
	assert (old.status, old.ends_on, old.customer) == ("Suspended", END, unit.customer)
	assert new.status == "Void" and until(unit.name) == END


def test_a_policy_from_acceptance_waits_for_it():
	unit = make_unit(starts_at="Final Acceptance", start_after_days=0)
	happens(unit.name, unit_events.DELIVERED, DAY, unit.customer)
	waiting = the_warranty(unit.name)
	assert (waiting.status, waiting.starts_on, waiting.ends_on) == ("Pending", None, None)
	happens(unit.name, unit_events.INSTALLED, LATER)
	assert the_warranty(unit.name).status == "Pending"
	happens(unit.name, unit_events.ACCEPTED, LATER)
	started = the_warranty(unit.name)
	assert (started.status, started.starts_on, started.ends_on) == ("Active", LATER, date(2027, 8, 1))
	assert ledger(started.name) == ["Registered", "Started"]


def test_a_corrected_day_of_acceptance_moves_everything_unless_somebody_agreed_otherwise():
	unit = make_unit(starts_at="Final Acceptance")
	happens(unit.name, unit_events.DELIVERED, DAY, unit.customer)
	corrected(unit.name, "accepted_on", LATER)
	assert the_warranty(unit.name).starts_on == LATER
	corrected(unit.name, "accepted_on", date(2026, 8, 15))
	moved = the_warranty(unit.name)
	assert (moved.starts_on, moved.ends_on) == (date(2026, 8, 15), date(2027, 8, 15))
	corrected(unit.name, "accepted_on", None)
	assert the_warranty(unit.name).status == "Pending"
	corrected(unit.name, "accepted_on", date(2026, 8, 20))
	warranties.extend(moved.name, {Kind.PART: date(2029, 1, 1)}, reason="agreed")
	corrected(unit.name, "accepted_on", date(2026, 8, 25))
	assert the_warranty(unit.name).starts_on == date(2026, 8, 20)


def test_a_corrected_day_of_delivery_moves_what_started_by_it():
	unit = delivered(DAY)
	corrected(unit.name, "delivered_on", date(2026, 5, 1))
	assert (the_warranty(unit.name).starts_on, until(unit.name)) == (date(2026, 5, 1), date(2027, 5, 1))
	# it came back and went out again: that day is not the one its warranty counts from
	happens(unit.name, unit_events.RETURNED, date(2026, 7, 1))
	happens(unit.name, unit_events.DELIVERED, LATER, unit.customer)
	corrected(unit.name, "delivered_on", date(2026, 8, 2))
	assert the_warranty(unit.name).starts_on == date(2026, 5, 1)


def test_what_is_told_late_changes_nothing():
	unit, former = delivered(DAY), make_customer().name
	events = [
		UnitEvent(unit.name, unit_events.DELIVERED, date(2026, 1, 1), "late 1", customer=former),
		UnitEvent(unit.name, unit_events.RETURNED, date(2026, 2, 1), "late 2", customer=former),
	]
	unit_events.append(events)
	assert ledger(the_warranty(unit.name).name) == ["Started"]


def test_at_the_latest_it_starts_by_itself():
	today = getdate()
	unit = make_unit(starts_at="Installation", start_after_days=30)
	happens(unit.name, unit_events.DELIVERED, today - timedelta(days=10), unit.customer)
	assert the_warranty(unit.name).status == "Pending"
	[source] = warranties.sources(unit.name, today + timedelta(days=20))
	assert source.in_force
	happens(unit.name, unit_events.INSTALLED, today)
	assert (the_warranty(unit.name).status, the_warranty(unit.name).starts_on) == ("Active", today)


def test_a_cancelled_installation_waits_again():
	unit = make_unit(starts_at="Installation")
	happens(unit.name, unit_events.DELIVERED, DAY, unit.customer)
	note = happens(unit.name, unit_events.INSTALLED, LATER)
	happens(unit.name, unit_events.INSTALLATION_CANCELLED, LATER, document=note)
	waiting = the_warranty(unit.name)
	assert (waiting.status, waiting.starts_on) == ("Pending", None)
	happens(unit.name, unit_events.INSTALLED, LATER)
	assert the_warranty(unit.name).starts_on == LATER


def test_a_template_holds_for_its_variants_and_the_variant_before_it():
	template = make_template_item()
	one, two = (make_variant(template, value).name for value in "12")
	make_warranty_policy(scope={"item_group": template.item_group})
	periods = {"months_parts": 36, "months_labour": 36, "months_travel": 36}
	of_template = make_warranty_policy(scope={"item": template.name}, **periods)
	of_one = make_warranty_policy(scope={"item": one})
	given = {}
	for item in (one, two):
		unit = make_installed_unit(item_code=item)
		happens(unit.name, unit_events.DELIVERED, DAY, unit.customer)
		given[item] = (the_warranty(unit.name).policy, until(unit.name))
	assert given == {one: (of_one.name, END), two: (of_template.name, date(2029, 6, 1))}


def test_an_item_that_states_its_own_period_gets_it_from_the_general_policy():
	item = make_item(warranty_period="100")
	unit = make_installed_unit(item_code=item.name)
	happens(unit.name, unit_events.DELIVERED, DAY, unit.customer)
	assert the_warranty(unit.name).ends_on == DAY + timedelta(days=100)


def test_twenty_units_cost_a_handful_of_statements():
	item = make_warranty_policy().item

	def deliver(count: int) -> int:
		units = [make_installed_unit(item_code=item) for _ in range(count)]
		events = [
			UnitEvent(unit.name, unit_events.DELIVERED, DAY, f"bulk|{unit.name}", customer=unit.customer)
			for unit in units
		]
		return count_queries(lambda: warranties.follow_units(events))

	deliver(1)
	few, many = deliver(2), deliver(20)
	assert many == few <= 14


def test_changes_by_hand_are_rows_with_a_reason():
	unit = delivered(DAY)
	name = the_warranty(unit.name).name
	warranties.extend(name, {Kind.PART: date(2028, 1, 1)}, reason="goodwill")
	warranties.suspend(name, reason="invoice unpaid", on=date(2026, 9, 1))
	warranties.resume(name, reason="paid", on=date(2026, 10, 1))
	warranties.transfer(name, make_customer().name, reason="sold on", on=date(2026, 10, 5))
	warranties.void(name, reason="opened", on=date(2026, 11, 1))
	assert ledger(name) == ["Started", "Extended", "Suspended", "Resumed", "Transferred", "Voided"]
	reasons = frappe.get_all(
		"Service Warranty Entry", filters={"warranty": name}, pluck="reason", order_by="no"
	)
	assert reasons[1:] == ["goodwill", "invoice unpaid", "paid", "sold on", "opened"]
	states = {
		on: warranties.sources(unit.name, on)[0].state
		for on in (date(2026, 9, 15), date(2026, 10, 15), date(2026, 11, 15))
	}
	assert list(states.values()) == ["Suspended", "Active", "Void"]


def test_what_contradicts_the_warranty_is_refused():
	unit = delivered(DAY)
	name = the_warranty(unit.name).name
	for refused in (
		lambda: warranties.extend(name, {Kind.PART: DAY}, reason="shorter"),
		lambda: warranties.resume(name, reason="does not rest"),
		lambda: warranties.transfer(name, unit.customer, reason="is his"),
		lambda: warranties.start(unit.name, reason="has one"),
		lambda: warranties.correct(name, Terms(DAY, {Kind.PART: date(2026, 1, 1)}), reason="ends before"),
	):
		with pytest.raises(WarrantyRefusedError):
			refused()
	warranties.void(name, reason="x")
	with pytest.raises(WarrantyRefusedError):
		warranties.extend(name, {Kind.PART: date(2029, 1, 1)}, reason="void")


def test_a_correction_states_everything_anew():
	unit = delivered(DAY)
	name = the_warranty(unit.name).name
	warranties.void(name, reason="wrong unit")
	warranties.correct(
		name, Terms(date(2026, 5, 1), {Kind.PART: END}, {Kind.PART: 80.0}), reason="right after all"
	)
	said = the_warranty(unit.name)
	assert (said.status, said.starts_on, said.parts_until, said.labour_until) == (
		"Active",
		date(2026, 5, 1),
		END,
		None,
	)
	assert said.share_parts == 80


def test_started_by_hand_for_a_unit_that_was_never_in_stock():
	unit = make_unit()
	with pytest.raises(WarrantyRefusedError):
		warranties.start(unit.name, reason="no day known")
	name = warranties.start(unit.name, starts_on=DAY, reason="bought elsewhere")
	assert the_warranty(unit.name).name == name and the_warranty(unit.name).ends_on == END


def test_nothing_but_its_writer_changes_a_warranty():
	name = warranties.start(make_unit().name, starts_on=DAY, reason="by hand")
	stored = frappe.get_doc("Service Warranty", name)
	with pytest.raises(frappe.ValidationError):
		stored.save()
	with pytest.raises(frappe.ValidationError):
		stored.delete()
	entry = frappe.get_doc("Service Warranty Entry", {"warranty": name})
	with pytest.raises(LedgerIsAppendOnlyError):
		entry.save()


def test_sources_of_a_unit_name_what_it_stands_in_too():
	rack = delivered(DAY, exclusions=[{"exclusion": "Fans", "applies_to": "Parts", "item_group": "Products"}])
	board = make_installed_unit(customer=rack.customer, parent_unit=rack.name)
	[source] = warranties.sources(board.name, LATER)
	assert (source.in_force, source.part, source.until[Kind.TRAVEL]) == (True, None, END)
	assert [exclusion.cause for exclusion in source.exclusions] == ["Fans"]
	assert source.exclusions[0].applies_to == Kind.PART
	assert not warranties.sources(board.name, date(2026, 5, 1))[0].in_force
	assert not warranties.sources(board.name, date(2027, 6, 2))[0].in_force


def test_while_with_us_for_repair_it_is_covered():
	unit = delivered(DAY)
	happens(unit.name, unit_events.RETURNED, date(2026, 7, 1))
	[source] = warranties.sources(unit.name, date(2026, 7, 5))
	assert (source.state, source.in_force) == ("Suspended", True)
