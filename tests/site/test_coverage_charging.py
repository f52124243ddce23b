"""The customer is asked before a charge, and what is charged becomes ERPNext's own documents, once."""

import frappe
import pytest
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice
from frappe.utils import add_to_date, now_datetime

from support_service.service_charging import api as decision_api
from support_service.service_charging.billing import charging
from support_service.service_charging.billing import drafts as charge_drafts
from support_service.service_charging.decision import acceptance
from support_service.service_charging.decision import by_hand as decisions_by_hand
from support_service.service_charging.decision.acceptance import ChargeAnsweredError, ChargeAnswerError
from tests.factories import (
	insert,
	make_customer_user,
	make_installed_unit,
	make_item,
	make_stock_receipt,
	make_user,
	make_warehouse,
)
from tests.site.coverage_world import (
	LABOUR_RATE,
	PART_RATE,
	TRAVEL_RATE,
	decision_of,
	make_case_on,
	make_contract_for,
	make_price,
	make_terms,
	make_unit_with_warranty,
	visit_on,
)


@pytest.fixture(autouse=True)
def terms(committed_crew, stock_settings_as_before):
	return make_terms()


@pytest.fixture
def case():
	unit = make_installed_unit()
	user = make_customer_user(unit.customer).name
	return make_case_on(unit, contact_email=user)


def offer(case, hours=1.0):
	return decisions_by_hand.decide_before_work(
		case.name, [{"kind": "Labour", "qty": hours}, {"kind": "Travel", "qty": 1}]
	)


def link_of(case):
	secret = frappe.db.get_value(
		"Service Message",
		{"request": case.name, "message_key": ("like", "charge:%")},
		"secret",
		order_by="creation desc",
	)
	return secret.partition("token=")[2]


class TestAsking:
	def test_the_mail_carries_a_link_that_works_once(self, case):
		doc = offer(case)
		acceptance.ask(doc.name)
		token = link_of(case)
		found = acceptance.find_by_token(token)
		assert found.name == doc.name and found.acceptance == "Asked"
		assert token not in frappe.as_json(frappe.get_doc("Coverage Decision", doc.name).as_dict())
		acceptance.answer(found.name, accepted=True, how=acceptance.LINK, by="somebody@example.com")
		assert acceptance.find_by_token(token) is None
		assert frappe.db.get_value("Coverage Decision", doc.name, "acceptance") == "Accepted"
		with pytest.raises(ChargeAnsweredError):
			acceptance.answer(found.name, accepted=False, how=acceptance.LINK, by="somebody@example.com")

	def test_it_expires(self, case):
		doc = offer(case)
		acceptance.ask(doc.name)
		frappe.db.set_value(
			"Coverage Decision", doc.name, "token_expires_on", add_to_date(now_datetime(), minutes=-1)
		)
		assert acceptance.find_by_token(link_of(case)) is None

	def test_another_offer_makes_the_link_worthless(self, case):
		acceptance.ask(offer(case).name)
		token = link_of(case)
		offer(case, 2)
		assert acceptance.find_by_token(token) is None

	def test_asked_again_only_the_last_link_works(self, case):
		doc = offer(case)
		acceptance.ask(doc.name)
		first = link_of(case)
		frappe.db.set_value(
			"Service Message", {"request": case.name, "secret": ("like", f"%{first}")}, "secret", None
		)
		acceptance.ask(doc.name)
		assert acceptance.find_by_token(first) is None

	def test_by_phone_needs_a_note(self, case):
		doc = offer(case)
		with pytest.raises(ChargeAnswerError):
			acceptance.answer(doc.name, accepted=True, how=acceptance.PHONE, by="Administrator", note=" ")
		done = acceptance.answer(
			doc.name, accepted=True, how=acceptance.PHONE, by="Administrator", note="Ms Li agreed"
		)
		assert (done.acceptance, done.answered_how, done.answer_note) == ("Accepted", "Phone", "Ms Li agreed")

	def test_who_works_on_it_records_no_acceptance_but_a_colleague_does(self, case):
		both = make_user("Service Engineer", "Service Manager").name
		moved = {"doctype": "Service Request Move", "request": case.name, "action": "start"}
		frappe.get_doc({**moved, "moved_by": both, "moved_at": now_datetime()}).db_insert()
		doc = offer(case)
		frappe.set_user(both)
		frappe.db.savepoint("request")
		with pytest.raises(frappe.PermissionError, match="Ask a colleague"):
			decision_api.record_answer(doc.name, accepted=True, how=acceptance.PHONE, note="Ms Li agreed")
		frappe.db.rollback(save_point="request")  # as the end of a refused web request does
		frappe.set_user(make_user("Service Manager").name)
		assert (
			decision_api.record_answer(doc.name, accepted=True, how=acceptance.PHONE, note="Ms Li agreed")
			== "Accepted"
		)
		frappe.set_user("Administrator")

	def test_staff_hears_the_answer(self, case):
		doc = offer(case)
		acceptance.answer(doc.name, accepted=False, how=acceptance.WRITING, by="Administrator", note="Letter")
		assert frappe.db.exists(
			"Notification Log", {"document_name": case.name, "subject": ("like", "%declined the charge%")}
		)

	def test_what_is_covered_needs_no_answer(self):
		covered = make_case_on(make_unit_with_warranty())
		doc = offer(covered)
		assert doc.acceptance == "Not Needed"
		with pytest.raises(ChargeAnsweredError):
			acceptance.ask(doc.name)


class TestCarriedOn:
	def accept(self, doc):
		acceptance.answer(doc.name, accepted=True, how=acceptance.PHONE, by="Administrator", note="Yes")

	def test_an_accepted_offer_holds_for_work_that_costs_no_more(self, case):
		self.accept(offer(case, 2))
		visit_on(case, work_minutes=60).submit()
		assert decision_of(case).acceptance == "Accepted"

	def test_work_that_costs_more_is_asked_again(self, case):
		self.accept(offer(case, 1))
		visit_on(case, work_minutes=120).submit()
		assert decision_of(case).acceptance == "Open"

	def test_several_visits_together_must_not_cost_more(self, case):
		self.accept(offer(case, 1))
		visit_on(case, work_minutes=60).submit()
		assert decision_of(case).acceptance == "Accepted"
		visit_on(case, work_minutes=60).submit()
		assert decision_of(case).acceptance == "Open"

	def test_the_visit_warns_of_what_is_not_accepted(self, case):
		from support_service.service_charging.decision.visits import notice

		visit = visit_on(case)
		offer(case)
		assert "has not accepted yet" in notice(visit)
		self.accept(decision_of(case))
		assert notice(visit) is None


class TestDocuments:
	def test_a_quotation_with_the_covered_share_as_discount(self, case, terms):
		unit = frappe.get_doc("Installed Unit", case.installed_unit)
		make_contract_for(unit, {"kind": "Labour Hours", "included": 1})
		doc = decisions_by_hand.decide_before_work(
			case.name, [{"kind": "Labour", "qty": 4}, {"kind": "Travel", "qty": 1}]
		)
		quotation = frappe.get_doc("Quotation", charging.quotation_of(doc.name))
		assert quotation.docstatus == 0
		assert [
			(row.item_code, row.qty, row.price_list_rate, row.discount_percentage, row.amount)
			for row in quotation.items
		] == [
			(terms.labour_item, 4, LABOUR_RATE, 25, 3 * LABOUR_RATE),
			(terms.travel_item, 1, TRAVEL_RATE, 0, TRAVEL_RATE),
		]
		assert quotation.net_total == doc.charged_amount
		assert (quotation.service_request, quotation.coverage_decision) == (case.name, doc.name)
		assert frappe.db.get_value("Coverage Decision", doc.name, "quotation") == quotation.name

	@pytest.mark.parametrize("on_quotation", [False, True])
	def test_who_decides_charges_without_a_role_of_erpnext(self, case, on_quotation):
		visit_on(case, work_minutes=60).submit()
		doc = decision_of(case)
		manager = make_user("Service Manager").name
		frappe.set_user(manager)
		if on_quotation:
			quotation = decision_api.make_quotation(doc.name)
			frappe.set_user("Administrator")
			frappe.get_doc("Quotation", quotation).submit()
			frappe.set_user(manager)
		invoice = decision_api.make_invoice(doc.name)
		frappe.set_user("Administrator")
		assert frappe.db.get_value("Sales Invoice", invoice, "net_total") == doc.charged_amount

	def test_a_double_click_makes_one(self, case):
		doc = offer(case)
		assert charging.quotation_of(doc.name) == charging.quotation_of(doc.name)
		assert frappe.db.count("Quotation", {"coverage_decision": doc.name}) == 1

	def test_the_database_refuses_a_second(self, case):
		doc = offer(case)
		quotation = frappe.get_doc("Quotation", charging.quotation_of(doc.name))
		copy = frappe.copy_doc(quotation)
		copy.service_charge_key = quotation.service_charge_key
		copy.flags.from_charging = True
		with pytest.raises(frappe.UniqueValidationError):
			copy.insert()

	def test_a_copy_stands_for_nothing(self, case):
		quotation = frappe.get_doc("Quotation", charging.quotation_of(offer(case).name))
		copy = frappe.copy_doc(quotation).insert()
		assert not copy.coverage_decision and not copy.service_charge_key

	def test_quotation_order_invoice_by_erpnext(self, case):
		doc = offer(case)
		quotation = frappe.get_doc("Quotation", charging.quotation_of(doc.name))
		quotation.submit()
		order = make_sales_order(quotation.name)
		order.delivery_date = frappe.utils.nowdate()
		order.insert()
		order.submit()
		assert (order.coverage_decision, order.skip_delivery_note) == (doc.name, 1)
		invoice = make_sales_invoice(order.name)
		invoice.insert()
		assert invoice.service_charge_key == doc.name
		stored = frappe.get_doc("Coverage Decision", doc.name)
		assert (stored.quotation, stored.sales_order, stored.sales_invoice) == (
			quotation.name,
			order.name,
			invoice.name,
		)
		assert invoice.net_total == doc.charged_amount

	def test_an_invoice_of_the_work_done_draws_no_part_again(self, case):
		item, warehouse = make_item().name, make_warehouse().name
		make_price(item, PART_RATE)
		make_stock_receipt(item, warehouse, 2)
		visit_on(case, {"item_code": item, "qty": 1}, warehouse=warehouse, work_minutes=60).submit()
		doc = decision_of(case)
		moved = frappe.db.count("Stock Ledger Entry", {"item_code": item})
		invoice = frappe.get_doc("Sales Invoice", charging.invoice_of(doc.name))
		assert invoice.update_stock == 0
		assert invoice.net_total == LABOUR_RATE + TRAVEL_RATE + PART_RATE
		invoice.submit()
		assert frappe.db.count("Stock Ledger Entry", {"item_code": item}) == moved
		assert charging.invoice_of(doc.name) == invoice.name

	def test_taxes_are_those_of_erpnext(self, case):
		account = frappe.db.get_value(
			"Account", {"company": case.company, "account_type": "Tax", "is_group": 0}
		) or frappe.db.get_value(
			"Account", {"company": case.company, "root_type": "Liability", "is_group": 0}
		)
		frappe.db.set_value("Sales Taxes and Charges Template", {"company": case.company}, "is_default", 0)
		tax = {"charge_type": "On Net Total", "account_head": account, "rate": 13, "description": "VAT"}
		insert(
			"Sales Taxes and Charges Template",
			{
				"title": frappe.generate_hash(length=8),
				"company": case.company,
				"is_default": 1,
				"taxes": [tax],
			},
			{},
		)
		doc = offer(case)
		quotation = frappe.get_doc("Quotation", charging.quotation_of(doc.name))
		assert quotation.grand_total == pytest.approx(doc.charged_amount * 1.13)

	def test_a_cancelled_invoice_may_be_made_again(self, case):
		visit_on(case, work_minutes=60).submit()
		doc = decision_of(case)
		first = frappe.get_doc("Sales Invoice", charging.invoice_of(doc.name))
		first.submit()
		first.cancel()
		second = charging.invoice_of(doc.name)
		assert second != first.name

	def test_a_declined_charge_is_not_billed(self, case):
		doc = offer(case)
		acceptance.answer(doc.name, accepted=False, how=acceptance.PHONE, by="Administrator", note="No")
		with pytest.raises(charging.NothingToChargeError):
			charging.quotation_of(doc.name)

	def test_a_billed_charge_is_not_decided_otherwise(self, case):
		doc = offer(case)
		charging.quotation_of(doc.name)
		with pytest.raises(decisions_by_hand.DecisionSettledError):
			decisions_by_hand.override(doc.name, doc.lines[0].name, 100, "Goodwill")

	def test_without_labour_item_it_says_where_to_set_it(self, case):
		make_terms(labour_item=None)
		doc = decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 1, "rate": 50}])
		with pytest.raises(charge_drafts.ChargeItemMissingError):
			charging.quotation_of(doc.name)
