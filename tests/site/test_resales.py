"""Returned and delivered to the same customer again: from repair the warranty goes on, a sale begins with a new one."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
from frappe.utils import add_days, getdate, today

from support_service.installed_base.deliveries import documents as deliveries
from support_service.service_coverage.warranty import warranties
from support_service.service_coverage.warranty.rules import months_after
from tests.factories import make_customer, make_warranty_policy, unique
from tests.site.delivery_world import deliver, deliver_rows, give_back, goods, receive, unit_of
from tests.site.warranty_world import ledger, the_warranty, warranties_of

MONTHS = 3
FRESH = -40  # days from today; its warranty runs
OLD = -200  # its warranty is over
CREDITED, ANY = "After a Credited Return", "After Any Return"


@pytest.fixture
def world(clean_transaction) -> SimpleNamespace:
	world = goods(1, received=OLD - 10)
	months = dict.fromkeys(("months_parts", "months_labour", "months_travel"), MONTHS)
	world.policy = make_warranty_policy(scope={"item": world.item}, **months)
	return world


def ago(days: int) -> date:
	return getdate(add_days(today(), days))


def sell(
	world: SimpleNamespace, days: int, doctype: str = "Delivery Note", rate: float = 500, **values: Any
) -> Any:
	row = {
		"item_code": world.item,
		"qty": 1,
		"warehouse": world.warehouse,
		"rate": rate,
		# else ERPNext fills in the price of the first sale
		"discount_percentage": 0 if rate else 100,
		"use_serial_batch_fields": 1,
		"serial_no": world.numbers[0],
	}
	return deliver_rows(world, row, doctype=doctype, posting_date=add_days(today(), days), **values)


def stands(world: SimpleNamespace) -> Any:
	"""The warranty of the unit that is not void."""
	[row] = [row for row in warranties_of(unit_of(world.numbers[0]).name) if row.status != "Void"]
	return row


class TestReturnedForCredit:
	@pytest.mark.parametrize("sold", [FRESH, OLD])
	def test_the_return_is_the_credit_note(self, world, sold) -> None:
		first = sell(world, sold, "Sales Invoice")
		give_back(first, world.numbers)
		sell(world, 0, "Sales Invoice")
		old, new = warranties_of(unit_of(world.numbers[0]).name)
		assert (old.status, new.customer) == ("Void", world.customer)
		assert (new.starts_on, new.ends_on) == (ago(0), months_after(ago(0), MONTHS))
		reasons = frappe.get_all(
			"Service Warranty Entry", {"warranty": new.name}, pluck="reason", order_by="no"
		)
		assert "returned for credit" in reasons[0]

	def test_a_credit_note_of_the_return(self, world) -> None:
		first = sell(world, FRESH)
		invoice = make_sales_invoice(first.name).insert()
		invoice.submit()
		back = give_back(first, world.numbers)
		make_sales_invoice(back.name).insert().submit()
		sell(world, 0)
		assert stands(world).starts_on == ago(0)

	def test_a_credit_note_of_the_invoice(self, world) -> None:
		first = sell(world, FRESH)
		invoice = make_sales_invoice(first.name).insert()
		invoice.submit()
		give_back(first, world.numbers)
		credit = make_sales_return(invoice.name)
		credit.insert().submit()
		sell(world, 0)
		assert stands(world).starts_on == ago(0)

	def test_a_cancelled_credit_note_is_none(self, world) -> None:
		first = sell(world, FRESH)
		back = give_back(first, world.numbers)
		credit = make_sales_invoice(back.name).insert()
		credit.submit()
		credit.cancel()
		sell(world, 0)
		assert stands(world).starts_on == ago(FRESH)

	def test_a_resale_that_is_cancelled_brings_the_first_back(self, world) -> None:
		first = sell(world, FRESH, "Sales Invoice")
		give_back(first, world.numbers)
		again = sell(world, 0, "Sales Invoice")
		again.cancel()
		old = stands(world)
		assert (old.starts_on, old.suspension) == (ago(FRESH), "Returned")

	def test_of_two_that_came_back_the_one_that_was_credited(self, world) -> None:
		"""The credit note of the invoice names one of the two serial numbers of its row."""
		receive(world, [other := unique("SN")], add_days(today(), OLD - 10))
		both = [world.numbers[0], other]
		first = deliver(world, both, posting_date=add_days(today(), FRESH))
		invoice = make_sales_invoice(first.name).insert()
		invoice.submit()
		give_back(first, both)
		credit = make_sales_return(invoice.name)
		credit.items[0].update({"qty": -1, "serial_no": other})
		credit.insert().submit()
		deliver(world, both)
		starts = {
			number: [row.starts_on for row in warranties_of(unit_of(number).name) if row.status != "Void"]
			for number in both
		}
		assert starts == {world.numbers[0]: [ago(FRESH)], other: [ago(0)]}


class TestCameForRepair:
	@pytest.mark.parametrize("rate", [0, 500])
	def test_returned_without_credit_it_goes_on_to_the_day(self, world, rate) -> None:
		give_back(sell(world, FRESH), world.numbers)
		sell(world, 0, rate=rate)
		kept = the_warranty(unit_of(world.numbers[0]).name)
		assert (kept.starts_on, kept.ends_on) == (ago(FRESH), months_after(ago(FRESH), MONTHS))
		assert ledger(kept.name) == ["Started", "Suspended", "Resumed"]

	def test_one_that_is_over_stays_over(self, world) -> None:
		give_back(sell(world, OLD), world.numbers)
		sell(world, 0, rate=0)
		assert the_warranty(unit_of(world.numbers[0]).name).ends_on == months_after(ago(OLD), MONTHS)

	@pytest.mark.parametrize("by_return", [True, False])
	def test_one_that_a_person_made_void_stays_void(self, world, by_return) -> None:
		first = sell(world, FRESH)
		warranties.void(the_warranty(unit_of(world.numbers[0]).name).name, reason="Opened by others")
		if by_return:
			give_back(first, world.numbers)
		else:
			receive(world, world.numbers)
		sell(world, 0)
		assert the_warranty(unit_of(world.numbers[0]).name).status == "Void"

	@pytest.mark.parametrize("sold", [FRESH, OLD])
	def test_received_by_a_plain_stock_move_it_was_its_customers_all_the_time(self, world, sold) -> None:
		sell(world, sold)
		receive(world, world.numbers)
		sell(world, 0)
		kept = the_warranty(unit_of(world.numbers[0]).name)
		assert (kept.starts_on, ledger(kept.name)) == (ago(sold), ["Started"])


def credit_note(invoice: Any, days: int, rate: float) -> Any:
	note = make_sales_return(invoice.name)
	note.update({"update_stock": 0, "set_posting_time": 1, "posting_date": add_days(today(), days)})
	note.items[0].update({"rate": rate, "price_list_rate": rate})
	note.insert().submit()
	return note


class TestSomethingOffThePrice:
	"""Money for a customer who complained is no return: what is repaired then goes on, the same to the day."""

	BACK = -10  # days from today; came for repair

	def sold(self, world) -> tuple[Any, Any]:
		first = sell(world, FRESH)
		invoice = make_sales_invoice(first.name)
		invoice.update({"set_posting_time": 1, "posting_date": add_days(today(), FRESH)})
		invoice.insert().submit()
		return first, invoice

	def come_back(self, world, first: Any) -> Any:
		back = make_return_doc("Delivery Note", first.name)
		back.update({"set_posting_time": 1, "posting_date": add_days(today(), self.BACK)})
		back.items[0].update(
			{"serial_no": world.numbers[0], "use_serial_batch_fields": 1, "serial_and_batch_bundle": None}
		)
		back.insert().submit()
		return back

	@pytest.mark.parametrize(
		"day, rate, started",
		[
			(FRESH + 1, 50, FRESH),
			(-5, 50, FRESH),
			# money back for a fault, before anybody sent anything
			(FRESH + 1, 500, FRESH),
			(-5, 500, 0),
			(BACK, 500, 0),
		],
	)
	def test_what_a_credit_note_says(self, world, day, rate, started) -> None:
		first, invoice = self.sold(world)
		if day < self.BACK:
			credit_note(invoice, day, rate)
		self.come_back(world, first)
		if day >= self.BACK:
			credit_note(invoice, day, rate)
		sell(world, 0, rate=0)
		assert stands(world).starts_on == ago(started)

	@pytest.mark.parametrize("rate, started", [(50, FRESH), (500, 0)])
	def test_a_credit_note_that_names_the_serial_number(self, world, rate, started) -> None:
		first, invoice = self.sold(world)
		self.come_back(world, first)
		note = credit_note(invoice, -5, rate)
		frappe.db.set_value("Sales Invoice Item", note.items[0].name, "serial_no", world.numbers[0])
		sell(world, 0, rate=0)
		assert stands(world).starts_on == ago(started)

	@pytest.mark.parametrize("rate, started", [(50, FRESH), (500, 0)])
	def test_a_credit_note_of_the_return(self, world, rate, started) -> None:
		first, invoice = self.sold(world)
		credit_note(invoice, FRESH + 1, 50)
		note = make_sales_invoice(self.come_back(world, first).name)
		note.items[0].update({"rate": rate, "price_list_rate": rate})
		note.insert().submit()
		sell(world, 0, rate=0)
		assert stands(world).starts_on == ago(started)


class TestToldLate:
	"""A delivery is told in the night, and the unit came back on the same day."""

	@pytest.fixture
	def untold(self, world, monkeypatch) -> Any:
		def sell_untold(doctype: str = "Delivery Note") -> Any:
			with monkeypatch.context() as quiet:
				quiet.setitem(deliveries.FOLLOW, doctype, lambda doc: None)
				return sell(world, 0, doctype)

		return sell_untold

	def rests(self, world) -> tuple[str, str | None]:
		unit = unit_of(world.numbers[0])
		return unit.state, the_warranty(unit.name).suspension

	@pytest.mark.parametrize("sold", [0, FRESH])
	def test_it_is_with_us_and_its_warranty_rests(self, world, untold, sold) -> None:
		give_back(sell(world, sold), world.numbers)
		second = untold()
		back = give_back(second, world.numbers)
		deliveries.follow_submitted(second)
		assert self.rests(world) == ("Returned", "Returned")
		kept = the_warranty(unit_of(world.numbers[0]).name)
		assert ledger(kept.name) == ["Started", "Suspended", "Resumed", "Suspended"]
		back.reload().cancel()
		assert self.rests(world) == ("In Service", None), "it is there by the delivery told late"

	def test_what_rests_by_the_later_return_goes_on_resting(self, world, untold) -> None:
		sell(world, FRESH)
		receive(world, world.numbers)  # for repair, by a plain stock move
		second = untold()
		give_back(second, world.numbers)
		deliveries.follow_submitted(second)
		assert self.rests(world) == ("Returned", "Returned")
		assert ledger(the_warranty(unit_of(world.numbers[0]).name).name) == ["Started", "Suspended"]

	def test_what_was_credited_afterwards_does_not_make_it_a_sale(self, world, untold) -> None:
		give_back(sell(world, FRESH), world.numbers)
		second = untold("Sales Invoice")
		give_back(second, world.numbers)
		deliveries.follow_submitted(second)
		assert stands(world).starts_on == ago(FRESH)
		sell(world, 0)
		assert stands(world).starts_on == ago(0), "this one is"

	def test_told_late_to_another_customer_it_is_theirs_and_with_us(self, world, untold) -> None:
		give_back(sell(world, FRESH), world.numbers)
		world.customer = make_customer().name
		second = untold()
		give_back(second, world.numbers)
		deliveries.follow_submitted(second)
		unit = unit_of(world.numbers[0])
		assert (unit.state, unit.customer) == ("Returned", world.customer)
		assert (stands(world).customer, stands(world).suspension) == (world.customer, "Returned")


def test_no_sale_is_born_with_a_warranty_that_is_over(world) -> None:
	"""Nobody credited it, but it is charged for again years later."""
	give_back(sell(world, OLD), world.numbers)
	sell(world, 0)
	assert (stands(world).starts_on, stands(world).ends_on) == (ago(0), months_after(ago(0), MONTHS))


def test_another_customer_gets_a_new_one_as_before(world) -> None:
	give_back(sell(world, OLD), world.numbers)
	deliver(world, customer=(buyer := make_customer().name))
	assert (stands(world).customer, stands(world).starts_on) == (buyer, ago(0))


def test_by_the_policy_every_return_may_end_it(world) -> None:
	world.policy.reload()
	world.policy.resale = ANY
	world.policy.save()
	give_back(sell(world, FRESH), world.numbers)
	sell(world, 0, rate=0)
	assert stands(world).starts_on == ago(0)


def test_the_policy_tells_its_rule(world) -> None:
	field = frappe.get_meta("Warranty Policy").get_field("resale")
	assert (field.default, field.options.split("\n")) == (CREDITED, [CREDITED, ANY])
	assert "nothing is sold with an expired warranty" in field.description
	assert world.policy.resale == CREDITED
