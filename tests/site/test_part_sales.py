"""Parts sold from a case without work: offered at ERPNext's price less the contract's discount, accepted, ordered, delivered and billed
by ERPNext, and given back once."""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return as credit_note
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as invoice_delivery
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return as return_delivery
from frappe.utils import nowdate

from support_service.customer_portal import charges
from support_service.service_charging import api as charging_api
from support_service.service_charging.billing import charging, earnings, orders
from support_service.service_charging.billing.checks import CreditedTwiceError
from support_service.service_charging.billing.orders import SaleNotAcceptedError, SaleUnderWayError
from support_service.service_charging.decision import acceptance, sales
from support_service.service_charging.decision import by_hand as decisions_by_hand
from support_service.service_charging.decision.by_hand import DecisionInputError, DecisionSettledError
from tests.factories import insert, make_installed_unit, make_item, make_stock_receipt, make_warehouse, unique
from tests.site.coverage_world import (
	decision_of,
	make_case_on,
	make_contract_for,
	make_price,
	make_terms,
	visit_on,
)

PRICE, COST = 400.0, 150.0


@pytest.fixture(autouse=True)
def terms(committed_crew, stock_settings_as_before):
	store = make_warehouse().name
	made = make_terms(parts_warehouse=store)
	made.store = store
	return made


@pytest.fixture
def case():
	return make_case_on(make_installed_unit())


@pytest.fixture
def part(terms):
	item = make_item().name
	make_price(item, PRICE)
	make_stock_receipt(item, terms.store, 20, rate=COST)
	return item


def offer(case, part, qty=10, **values):
	return sales.offer(case.name, [{"item_code": part, "qty": qty, **values}])


def accept(doc):
	return acceptance.answer(doc.name, accepted=True, how=acceptance.PHONE, by="Administrator", note="Yes")


def order(doc):
	made = frappe.get_doc("Sales Order", orders.order_of(doc.name))
	made.submit()
	return made


def deliver(made, qty=None):
	note = make_delivery_note(made.name)
	if qty:
		note.items[0].qty = qty
	note.insert().submit()
	return note


def bill(doc):
	made = frappe.get_doc("Sales Invoice", charging.invoice_of(doc.name))
	made.submit()
	return made


class TestOffer:
	def test_it_is_charged_and_waits_for_the_customer(self, case, part):
		doc = offer(case, part)
		assert (doc.stage, doc.outcome, doc.charged_amount, doc.acceptance) == (
			"Sale",
			"Charged",
			4000,
			"Open",
		)
		assert acceptance.open_charge_of(case.name).name == doc.name
		shown = charges.of_case(case)
		assert shown["waits"] and "Sold: no warranty and no contract" in shown["lines"][0]["sentence"]

	def test_a_contract_grants_its_discount_and_nothing_else(self, part):
		unit = make_installed_unit()
		make_contract_for(
			unit,
			{"kind": "Parts Value", "unlimited": 1, "share": 10},
		)
		make_contract_for(unit, {"kind": "Parts Value", "included": 50000})
		doc = offer(make_case_on(unit), part)
		assert (doc.total, doc.charged_amount) == (4000, 3600)
		made = frappe.get_doc("Quotation", charging.quotation_of(doc.name))
		(row,) = made.items
		assert (row.price_list_rate, row.discount_percentage, row.rate) == (400, 10, 360)
		assert made.order_type == "Sales" and made.service_request == doc.service_request

	def test_pricing_rules_hold(self, case, part):
		insert(
			"Pricing Rule",
			{
				"title": unique("Ten"),
				"apply_on": "Item Code",
				"items": [{"item_code": part}],
				"selling": 1,
				"min_qty": 10,
				"rate_or_discount": "Discount Percentage",
				"discount_percentage": 25,
				"company": case.company,
				"currency": frappe.get_cached_value("Company", case.company, "default_currency"),
			},
			{},
		)
		assert offer(case, part, 10).charged_amount == 3000
		assert offer(case, part, 9).charged_amount == 3600

	def test_another_offer_stands_beside_it_or_takes_its_place(self, case, part):
		first = offer(case, part)
		second = offer(case, part, 2)
		assert frappe.db.get_value("Coverage Decision", first.name, "status") == "Current"
		third = sales.offer(case.name, [{"item_code": part, "qty": 3}], replaces=second.name)
		assert frappe.db.get_value("Coverage Decision", second.name, "status") == "Superseded"
		charging.quotation_of(third.name)
		with pytest.raises(DecisionSettledError):
			sales.offer(case.name, [{"item_code": part, "qty": 4}], replaces=third.name)

	def test_work_on_the_case_goes_on_beside_it(self, case, part):
		work = decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 1}])
		doc = offer(case, part)
		assert decision_of(case).name == work.name
		again = decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 2}])
		assert frappe.db.get_value("Coverage Decision", doc.name, "status") == "Current"
		assert again.supersedes == work.name
		visit = visit_on(case, work_minutes=60)
		visit.submit()
		visit.reload().cancel()
		assert decision_of(case).name == again.name
		assert charging.describe(doc)["offered"] == 4000

	@pytest.mark.parametrize("lines", [[], [{"item_code": None, "qty": 1}], [{"item_code": "x", "qty": 0}]])
	def test_what_is_missing_is_said(self, case, lines):
		with pytest.raises(DecisionInputError):
			sales.offer(case.name, lines)

	def test_without_a_price_it_is_not_given_away(self, case):
		with pytest.raises(DecisionInputError, match="no price"):
			offer(case, make_item().name)

	def test_withdrawn(self, case, part):
		doc = offer(case, part)
		charging_api.withdraw_sale(doc.name)
		assert acceptance.open_charge_of(case.name) is None
		with pytest.raises(SaleUnderWayError):
			orders.order_of(doc.name)


class TestOrder:
	def test_only_what_was_accepted(self, case, part):
		doc = offer(case, part)
		with pytest.raises(SaleNotAcceptedError):
			orders.order_of(doc.name)
		accept(doc)
		made = frappe.get_doc("Sales Order", orders.order_of(doc.name))
		assert (made.docstatus, made.skip_delivery_note, made.service_request) == (0, 0, case.name)
		assert made.net_total == 4000 and made.items[0].warehouse

	def test_three_clicks_make_one(self, case, part):
		doc = accept(offer(case, part))
		assert len({orders.order_of(doc.name) for _click in range(3)}) == 1

	def test_from_a_submitted_quotation(self, case, part, terms):
		doc = offer(case, part)
		quotation = frappe.get_doc("Quotation", charging.quotation_of(doc.name))
		quotation.submit()
		accept(doc)
		made = order(doc)
		assert made.items[0].prevdoc_docname == quotation.name
		assert deliver(made).items[0].warehouse == terms.store  # not the item's default warehouse
		assert frappe.db.get_value("Coverage Decision", doc.name, "sales_order") == made.name

	def test_it_is_withdrawn_only_without_documents(self, case, part):
		doc = accept(offer(case, part))
		made = orders.order_of(doc.name)
		with pytest.raises(SaleUnderWayError, match=made):
			orders.withdraw(doc.name)

	def test_billed_from_the_order_once(self, case, part):
		doc = accept(offer(case, part))
		with pytest.raises(SaleUnderWayError):
			charging.invoice_of(doc.name)
		order(doc)
		made = bill(doc)
		assert (made.net_total, made.update_stock) == (4000, 0)
		assert charging.invoice_of(doc.name) == made.name
		assert charging.describe(doc) == {"billed": 4000, "promised": 0, "offered": 0}

	def test_of_ten_ordered_four_are_billed_and_then_six(self, case, part):
		doc = accept(offer(case, part))
		order(doc)
		four = frappe.get_doc("Sales Invoice", charging.invoice_of(doc.name))
		four.items[0].qty = 4
		four.save().submit()
		six = frappe.get_doc("Sales Invoice", charging.invoice_of(doc.name))
		assert (six.docstatus, six.items[0].qty, six.net_total) == (0, 6, 2400)
		assert charging.invoice_of(doc.name) == six.name
		six.submit()
		assert charging.invoice_of(doc.name) == six.name
		assert charging.describe(doc) == {"billed": 4000, "promised": 0, "offered": 0}

	def test_what_it_cost_and_brought(self, case, part):
		doc = accept(offer(case, part))
		deliver(order(doc))
		bill(doc)
		found = earnings.of_case(case.name)
		assert (found["parts"], found["charged"], found["billed"], found["margin"]) == (
			1500,
			4000,
			4000,
			2500,
		)


class TestGivenBack:
	@pytest.fixture
	def sale(self, case, part):
		return accept(offer(case, part))

	def test_credited_by_the_invoice_it_is_not_credited_again_by_the_deliverys_return(self, sale):
		note = deliver(order(sale))
		made = bill(sale)
		credit_note(made.name).insert().submit()
		back = return_delivery(note.name)
		back.insert().submit()
		again = invoice_delivery(back.name)
		again.insert()
		with pytest.raises(CreditedTwiceError, match="credited before"):
			again.submit()
		assert charging.describe(sale)["billed"] == 0

	def test_more_than_is_billed_is_not_credited(self, sale):
		order(sale)
		made = bill(sale)
		first = credit_note(made.name).insert()
		first.submit()
		again = frappe.copy_doc(first)
		again.update({"docstatus": 0, "return_against": None, "posting_date": nowdate()})
		for row in again.items:
			row.docstatus = 0
		again.insert()
		with pytest.raises(CreditedTwiceError):
			again.submit()

	def test_ten_billed_six_returned_four_are_offered(self, sale):
		order(sale)
		made = bill(sale)
		six = credit_note(made.name)
		six.items[0].qty = -6
		six.insert().submit()
		assert credit_note(made.name).items[0].qty == -4
		assert charging.describe(sale)["billed"] == 1600

	def test_ten_delivered_six_returned_four_are_offered(self, sale):
		note = deliver(order(sale))
		six = return_delivery(note.name)
		six.items[0].qty = -6
		six.insert().submit()
		assert return_delivery(note.name).items[0].qty == -4
