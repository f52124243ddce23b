"""Over any sequence of quotation, order, invoice, credit note, cancellation, amendment, copy and deletion, what stands billed
for a decision never exceeds what it charges, and the form offers what is still owed.
"""

import random
from functools import partial

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.controllers.accounts_controller import update_child_qty_rate
from erpnext.selling.doctype.quotation.quotation import make_sales_invoice as invoice_quotation
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as invoice_delivery
from frappe.utils import flt, nowdate

from support_service.service_charging import api as decision_api
from support_service.service_charging.billing import charging
from support_service.service_charging.billing.checks import ChargedTwiceError
from support_service.service_charging.decision import by_hand as decisions_by_hand
from tests.factories import make_customer, make_installed_unit, make_item
from tests.site.charge_model import LABOUR, TRAVEL, World
from tests.site.coverage_world import decision_of, make_case_on, make_price, make_terms, visit_on

CHARGE = 180.0  # an hour and a journey


@pytest.fixture(autouse=True)
def terms(committed_crew, stock_settings_as_before):
	return make_terms()


@pytest.fixture
def case():
	return make_case_on(make_installed_unit())


@pytest.fixture
def done(case):
	"""The decision of a visit that has taken place: 180."""
	visit_on(case, work_minutes=60).submit()
	return decision_of(case)


def quotation_of(decision):
	doc = frappe.get_doc("Quotation", charging.quotation_of(decision.name))
	doc.submit()
	return doc


def order_of(quotation):
	order = make_sales_order(quotation.name)
	order.delivery_date = nowdate()
	order.insert()
	return order


def offered(decision):
	return decision_api.explain(decision.name)["charge"]["offered"]


def billed(decision):
	return decision_api.explain(decision.name)["charge"]["billed"]


def submitted_invoice(decision):
	invoice = frappe.get_doc("Sales Invoice", charging.invoice_of(decision.name))
	invoice.submit()
	return invoice


def credit(invoice, rate=None):
	note = make_sales_return(invoice.name)
	if rate:
		note.items = note.items[:1]
		note.items[0].rate, note.discount_amount = rate, 0
	note.insert()
	note.submit()
	return note


def duplicate(doc, **how):
	copy = frappe.copy_doc(doc, **how)
	for one in (copy, *copy.get_all_children()):
		one.docstatus = 0  # Frappe keeps it where tests run
	return copy


class TestOnce:
	def test_the_order_and_then_the_button(self, done):
		order = order_of(quotation_of(done))
		order.submit()
		assert offered(done) == 0
		with pytest.raises(charging.OfferOrderedError, match=order.name):
			charging.invoice_of(done.name)
		make_sales_invoice(order.name).insert().submit()
		assert (billed(done), offered(done)) == (CHARGE, 0)

	def test_the_button_and_then_the_order(self, done):
		quotation = quotation_of(done)
		order = order_of(quotation)
		frappe.delete_doc("Sales Order", order.name)
		submitted_invoice(done)
		with pytest.raises(ChargedTwiceError):
			order_of(quotation).submit()

	def test_two_orders_of_one_quotation(self, done):
		quotation = quotation_of(done)
		first, second = order_of(quotation), order_of(quotation)
		first.submit()
		with pytest.raises(ChargedTwiceError, match=first.name):
			second.submit()

	def test_an_order_and_a_draft_made_before_it(self, done):
		quotation = quotation_of(done)
		draft = invoice_quotation(quotation.name).insert()
		order = order_of(quotation)
		order.submit()
		make_sales_invoice(order.name).insert().submit()
		with pytest.raises(ChargedTwiceError, match="SINV"):
			draft.submit()

	def test_two_invoices_of_one_quotation(self, done):
		quotation = quotation_of(done)
		first, second = (invoice_quotation(quotation.name).insert() for _number in range(2))
		first.submit()
		with pytest.raises(ChargedTwiceError, match=first.name):
			second.submit()

	def test_a_row_twice_in_one_invoice(self, done):
		"""A row copied within the invoice slipped past ERPNext's own check once (frappe/erpnext#28218)."""
		invoice = invoice_quotation(quotation_of(done).name)
		invoice.append("items", {**invoice.items[0].as_dict(), "name": None, "idx": None})
		invoice.insert()
		with pytest.raises(ChargedTwiceError):
			invoice.submit()

	@pytest.mark.parametrize("doctype", ["Quotation", "Sales Invoice"])
	def test_duplicates_charge_the_same_work(self, done, doctype):
		quotation = quotation_of(done)
		invoice = submitted_invoice(done)
		copy = duplicate(quotation if doctype == "Quotation" else invoice).insert()
		if doctype == "Quotation":
			copy.submit()
			copy = order_of(copy)
		with pytest.raises(ChargedTwiceError, match=invoice.name):
			copy.submit()

	def test_a_copy_for_another_customer_is_theirs(self, done):
		invoice = submitted_invoice(done)
		copy = duplicate(invoice)
		copy.update({"customer": make_customer().name, "customer_name": None, "debit_to": None})
		copy.insert().submit()
		assert not copy.coverage_decision and not any(row.coverage_decision for row in copy.items)

	def test_a_row_of_their_own_beside_it(self, done):
		extra = make_item(is_stock_item=0).name
		invoice = frappe.get_doc("Sales Invoice", charging.invoice_of(done.name))
		invoice.append("items", {"item_code": extra, "qty": 1, "rate": 70})
		invoice.save().submit()
		assert invoice.net_total == CHARGE + 70
		assert (billed(done), offered(done)) == (CHARGE, 0)

	def test_a_document_that_is_not_ours(self, case):
		item = make_item(is_stock_item=0).name
		values = {"doctype": "Sales Invoice", "customer": case.customer, "company": case.company}
		for _number in range(2):
			frappe.get_doc(
				{**values, "items": [{"item_code": item, "qty": 1, "rate": 500}]}
			).insert().submit()

	def test_a_raised_price(self, done):
		quotation = frappe.get_doc("Quotation", charging.quotation_of(done.name))
		quotation.items[0].rate += 20
		quotation.save()
		with pytest.raises(ChargedTwiceError):
			quotation.submit()

	def test_update_items_of_a_submitted_order(self, done):
		order = order_of(quotation_of(done))
		order.submit()
		rows = [
			{"docname": row.name, "item_code": row.item_code, "qty": row.qty, "rate": row.rate + 1}
			for row in order.items
		]
		with pytest.raises(ChargedTwiceError):
			update_child_qty_rate("Sales Order", frappe.as_json(rows), order.name)

	def test_by_way_of_a_delivery_note(self, done, terms):
		order = order_of(quotation_of(done))
		order.skip_delivery_note = 0
		order.submit()
		note = make_delivery_note(order.name)
		note.insert().submit()
		invoice = invoice_delivery(note.name).insert()
		assert {row.coverage_decision for row in invoice.items} == {done.name}
		invoice.submit()
		assert billed(done) == CHARGE

	def test_rows_cannot_be_given_away(self, done):
		"""The row it was made from says what a row charges, whatever a client sends."""
		order = order_of(quotation_of(done))
		order.items[0].coverage_decision = None
		order.save()
		assert order.items[0].coverage_decision == done.name


class TestGivenBack:
	def test_what_was_credited_is_owed_again(self, done):
		first = submitted_invoice(done)
		credit(first, rate=50)
		assert (billed(done), offered(done)) == (CHARGE - 50, 50)
		second = frappe.get_doc("Sales Invoice", charging.invoice_of(done.name))
		assert (second.name != first.name, second.net_total) == (True, 50)
		second.submit()
		assert (billed(done), offered(done)) == (CHARGE, 0)

	def test_a_credit_note_stays_while_its_money_is_billed_again(self, done):
		note = credit(submitted_invoice(done))
		again = submitted_invoice(done)
		with pytest.raises(ChargedTwiceError, match=again.name):
			note.reload().cancel()
		again.reload().cancel()
		note.reload().cancel()
		assert (billed(done), offered(done)) == (CHARGE, 0)

	def test_a_credit_note_by_hand_is_theirs(self, done, terms):
		submitted_invoice(done)
		values = {"doctype": "Sales Invoice", "customer": done.customer, "company": done.company}
		row = {"item_code": terms.labour_item, "qty": -1, "rate": 50}
		frappe.get_doc({**values, "is_return": 1, "items": [row]}).insert().submit()
		assert (billed(done), offered(done)) == (CHARGE, 0)

	def test_a_cancelled_and_amended_invoice(self, done):
		first = submitted_invoice(done)
		first.reload().cancel()
		assert offered(done) == CHARGE
		second = submitted_invoice(done)
		amended = duplicate(first, ignore_no_copy=True)
		amended.amended_from = first.name
		amended.insert()
		with pytest.raises(ChargedTwiceError, match=second.name):
			amended.submit()

	def test_a_closed_order_promises_nothing(self, done):
		order = order_of(quotation_of(done))
		order.submit()
		order.update_status("Closed")
		assert offered(done) == CHARGE
		submitted_invoice(done)
		with pytest.raises(ChargedTwiceError):
			order.reload()
			order.update_status("Draft")
			make_sales_invoice(order.name).insert().submit()


class TestOtherDecisions:
	def test_the_offer_and_the_work(self, case):
		offer = decisions_by_hand.decide_before_work(case.name, [LABOUR, TRAVEL])
		quotation = quotation_of(offer)
		visit_on(case, work_minutes=60).submit()
		done = decision_of(case)
		invoice = submitted_invoice(done)
		order = order_of(quotation)
		with pytest.raises(ChargedTwiceError, match=invoice.name):
			for row in order.items:
				row.rate = flt(row.rate)
			order.submit()

	def test_a_cancelled_visit_charges_nothing(self, case):
		visit = visit_on(case, work_minutes=60)
		visit.submit()
		draft = frappe.get_doc("Sales Invoice", charging.invoice_of(decision_of(case).name))
		visit.reload().cancel()
		with pytest.raises(ChargedTwiceError):
			draft.submit()

	def test_two_visits_in_one_invoice(self, case):
		for _visit in range(2):
			visit_on(case, work_minutes=60).submit()
			last = submitted_invoice(decision_of(case))
		assert billed(decision_of(case)) == 2 * CHARGE
		assert last.net_total == CHARGE


def steps(world):
	"""What can be done now, as (weight, words, act)."""
	found = [
		(0.4, ("offer",), world.offer),
		(0.6, ("work",), world.work),
		(2, ("quote",), world.quote),
		(2, ("bill",), world.bill),
		(0.4, ("override",), world.override),
	]
	if world.visits:
		found.append((0.4, ("cancel visit",), world.cancel_visit))

	def add(weight, act, doctype, *more, states, **how):
		for name in world.documents(doctype, *states, **how):
			found.append((weight, (act.__name__, doctype, name, *more), partial(act, doctype, name, *more)))

	for doctype in ("Quotation", "Sales Order", "Sales Invoice"):
		add(3, world.submit, doctype, states=[0])
		add(1, world.cancel, doctype, states=[1])
		add(1, world.delete, doctype, states=[0])
		add(2, world.amend, doctype, states=[2], amended=False)
		add(1, world.duplicate, doctype, states=[0, 1])
	add(2, world.cancel, "Sales Invoice", states=[1], returns=True)
	add(2, world.order, "Quotation", states=[1])
	add(2, world.bill_quotation, "Quotation", states=[1])
	add(1, world.close, "Sales Order", states=[1])
	for drop in (False, True):
		add(2, world.bill_order, "Sales Order", drop, states=[1])
	for share in (0.25, 1):
		add(1, world.credit, "Sales Invoice", share, states=[1])
	add(1, world.lower, "Sales Invoice", 0.5, states=[0])
	return found


@pytest.mark.parametrize("seed", range(14))
def test_any_sequence(seed):
	"""No record of what happened but the test's own; the steps of a failure stand in its message."""
	draw = random.Random(seed)
	world = World(make_case_on(make_installed_unit()))
	draw.choice([world.offer, world.work, world.work])()
	history = []
	for _step in range(16):
		found = steps(world)
		_weight, words, act = draw.choices(found, [weight for weight, *_rest in found])[0]
		history.append((*words, "done" if world.attempt(act) else "refused"))
		check(world, history)


def check(world, history):
	charged, standing = world.charged(), world.billed()
	for name, amount in standing.items():
		assert flt(amount, 2) <= flt(charged[name], 2), history
	doc = decision_of(world.case)
	if len(world.judged()) == 1 and doc.stage != "Intake":
		# what several decisions about the same work leave is tested in tests/rules/test_charge_rules.py
		stands = max(standing[doc.name], 0) + world.promised()[doc.name]
		assert offered(doc) == max(flt(doc.charged_amount - stands, 2), 0), history


@pytest.mark.parametrize("rate", [60, 33.33, 119.99])
def test_all_that_is_owed_is_billed_to_the_cent(done, rate):
	"""Billed and partly credited, again and again: what is left goes on the next invoice."""
	make_price(make_item(is_stock_item=0).name, rate)
	for _round in range(3):
		invoice = submitted_invoice(done)
		assert (billed(done), offered(done)) == (CHARGE, 0)
		credit(invoice, rate=min(rate, invoice.items[0].rate) / 3)
		assert flt(billed(done) + offered(done), 2) == CHARGE
	submitted_invoice(done)
	assert (billed(done), offered(done)) == (CHARGE, 0)
