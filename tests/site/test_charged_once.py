"""Over any sequence of quotation, order, invoice, credit note, cancellation, amendment, copy and deletion, what stands billed
for a decision never exceeds what it charges, and the form offers what is still owed.
"""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.controllers.accounts_controller import update_child_qty_rate
from erpnext.selling.doctype.quotation.quotation import make_sales_invoice as invoice_quotation
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as invoice_delivery
from frappe.utils import flt, nowdate
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from support_service.service_coverage import charging, decision_api, decisions_by_hand
from support_service.service_coverage.charge_checks import ChargedTwiceError
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

	def test_an_order_and_a_draft_made_before_it(self, done):
		quotation = quotation_of(done)
		draft = invoice_quotation(quotation.name).insert()
		order = order_of(quotation)
		with pytest.raises(ChargedTwiceError, match=draft.name):
			order.submit()

	def test_two_invoices_of_one_quotation(self, done):
		quotation = quotation_of(done)
		first, second = (invoice_quotation(quotation.name).insert() for _number in range(2))
		first.submit()
		with pytest.raises(ChargedTwiceError, match=first.name):
			second.submit()

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
			frappe.get_doc({**values, "items": [{"item_code": item, "qty": 1, "rate": 500}]}).insert().submit()

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


NAMED = ("Quotation", "Sales Order", "Sales Invoice")
PICK = st.integers(0, 5)


class Charging(RuleBasedStateMachine):
	@initialize(offered=st.booleans())
	def a_case(self, offered):
		self.world = World(make_case_on(make_installed_unit()))
		(self.world.offer if offered else self.world.work)()

	def teardown(self):
		frappe.db.rollback(save_point="example")

	def on(self, doctype, pick, act, *docstatus, **how):
		found = self.world.documents(doctype, *docstatus, **how)
		if found:
			self.world.attempt(lambda: act(found[pick % len(found)]))

	@rule(step=st.sampled_from(["offer", "work", "work", "cancel_visit", "override"]))
	def decide(self, step):
		if step != "cancel_visit" or self.world.visits:
			self.world.attempt(getattr(self.world, step))

	@rule()
	def quote(self):
		self.world.attempt(self.world.quote)
		for name in self.world.documents("Quotation", 0):
			self.world.attempt(lambda name=name: self.world.submit("Quotation", name))

	@rule()
	def bill(self):
		self.world.attempt(self.world.bill)

	@rule(pick=PICK)
	def order(self, pick):
		self.on("Quotation", pick, self.world.order, 1)
		for name in self.world.documents("Sales Order", 0):
			self.world.attempt(lambda name=name: self.world.submit("Sales Order", name))

	@rule(pick=PICK)
	def bill_quotation(self, pick):
		self.on("Quotation", pick, self.world.bill_quotation, 1)

	@rule(pick=PICK, drop=st.booleans())
	def bill_order(self, pick, drop):
		self.on("Sales Order", pick, lambda name: self.world.bill_order(name, drop), 1)

	@rule(pick=PICK, factor=st.sampled_from([0.5, 0.75]))
	def lower(self, pick, factor):
		self.on("Sales Invoice", pick, lambda name: self.world.change("Sales Invoice", name, factor), 0)

	@rule()
	def submit(self):
		for name in self.world.documents("Sales Invoice", 0):
			self.world.attempt(lambda name=name: self.world.submit("Sales Invoice", name))

	@rule(pick=PICK, share=st.sampled_from([0.25, 1]))
	def credit(self, pick, share):
		self.on("Sales Invoice", pick, lambda name: self.world.credit(name, share), 1)

	@rule(pick=PICK, doctype=st.sampled_from(NAMED), returns=st.booleans())
	def cancel(self, pick, doctype, returns):
		act = lambda name: self.world.cancel(doctype, name)  # noqa: E731
		self.on(doctype, pick, act, 1, **({"returns": returns} if doctype == "Sales Invoice" else {}))

	@rule(pick=PICK, doctype=st.sampled_from(NAMED))
	def delete(self, pick, doctype):
		self.on(doctype, pick, lambda name: self.world.delete(doctype, name), 0)

	@rule(pick=PICK, doctype=st.sampled_from(NAMED))
	def amend(self, pick, doctype):
		self.on(doctype, pick, lambda name: self.world.copy(doctype, name, amend=True), 2)

	@rule(pick=PICK, doctype=st.sampled_from(NAMED))
	def duplicate(self, pick, doctype):
		self.on(doctype, pick, lambda name: self.world.copy(doctype, name, amend=False), 0, 1)

	@rule(pick=PICK)
	def close(self, pick):
		self.on("Sales Order", pick, self.world.close, 1)

	@invariant()
	def never_more_than_charged(self):
		if not hasattr(self, "world"):
			return
		charged, standing = self.world.charged(), self.world.billed()
		for name, amount in standing.items():
			assert flt(amount, 2) <= flt(charged[name], 2), (name, amount, charged[name])

	@invariant()
	def the_form_offers_what_is_owed(self):
		doc = decision_of(self.world.case) if hasattr(self, "world") else None
		alone = doc and frappe.db.count("Coverage Decision", {"service_request": self.world.case.name}) == 1
		if not alone:
			return  # what several decisions about the same work leave is tested in tests/rules/test_charge_rules.py
		stands = max(self.world.billed()[doc.name], 0) + self.world.promised()[doc.name]
		assert offered(doc) == max(flt(doc.charged_amount - stands, 2), 0)


def test_any_sequence(terms):
	frappe.db.savepoint("example")
	run_state_machine_as_test(
		Charging,
		settings=settings(
			max_examples=8,
			stateful_step_count=14,
			derandomize=True,
			database=None,
			deadline=None,
			phases=[Phase.generate],
			suppress_health_check=list(HealthCheck),
		),
	)


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
