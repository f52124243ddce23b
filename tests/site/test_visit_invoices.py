"""One Sales Invoice of several visits: charged rows with price, free ones at none with the reason, exact for each decision, once."""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.accounts.report.general_ledger.general_ledger import execute as general_ledger
from frappe.utils import add_days, flt, nowdate

from support_service.service_charging.billing import charging, visit_invoices
from support_service.service_charging.billing.charging import NothingToChargeError, OfferOrderedError
from support_service.service_charging.billing.checks import ChargedTwiceError
from support_service.service_charging.billing.visit_invoices import NotTogetherError, invoice_of
from support_service.service_charging.decision import by_hand as decisions_by_hand
from tests.factories import (
	company,
	insert,
	make_customer,
	make_installed_unit,
	make_item,
	make_stock_receipt,
	make_warehouse,
	unique,
)
from tests.site.coverage_world import (
	LABOUR_RATE,
	TRAVEL_RATE,
	make_case_on,
	make_customer_in_dollars,
	make_price,
	make_service_item,
	make_terms,
	make_unit_with_warranty,
	visit_on,
)

WORK = LABOUR_RATE + TRAVEL_RATE


@pytest.fixture(autouse=True)
def terms(committed_crew, stock_settings_as_before):
	return make_terms()


@pytest.fixture
def case():
	return make_case_on(make_installed_unit())


def done(case, *parts, **values):
	"""The decision of a visit to the case that has taken place."""
	visit = visit_on(case, *parts, **{"work_minutes": 60, **values})
	visit.submit()
	return frappe.get_doc("Coverage Decision", visit.reload().coverage_decision)


def invoice(*decisions):
	return frappe.get_doc("Sales Invoice", invoice_of([doc.name for doc in decisions]))


def by_decision(doc):
	sums = {}
	for row in doc.items:
		sums[row.coverage_decision] = flt(sums.get(row.coverage_decision, 0) + row.net_amount, 6)
	return sums


def tax_template(rate, included):
	account = frappe.db.get_value(
		"Account", {"company": company(), "root_type": "Liability", "is_group": 0, "account_type": "Tax"}
	) or frappe.db.get_value("Account", {"company": company(), "root_type": "Liability", "is_group": 0})
	frappe.db.set_value("Sales Taxes and Charges Template", {"company": company()}, "is_default", 0)
	tax = {
		"charge_type": "On Net Total",
		"account_head": account,
		"rate": rate,
		"description": "VAT",
		"included_in_print_rate": included,
	}
	values = {"title": unique("Tax"), "company": company(), "is_default": 1, "taxes": [tax]}
	insert("Sales Taxes and Charges Template", values, {})


class TestTogether:
	def test_two_visits_of_a_case(self, case):
		first, second = done(case), done(case, work_minutes=120)
		made = invoice(first, second)
		assert (made.docstatus, made.update_stock) == (0, 0)
		assert by_decision(made) == {first.name: WORK, second.name: WORK + LABOUR_RATE}
		for doc in (first, second):
			assert frappe.db.get_value("Coverage Decision", doc.name, "sales_invoice") == made.name
		made.submit()
		assert made.net_total == 2 * WORK + LABOUR_RATE
		assert charging.describe(first)["offered"] == charging.describe(second)["offered"] == 0

	def test_several_cases_of_one_customer(self, case):
		other = make_case_on(make_installed_unit(customer=case.customer))
		made = invoice(done(case), done(other))
		made.submit()
		assert made.net_total == 2 * WORK

	def test_the_same_command_three_times_makes_one(self, case):
		decisions = [done(case), done(case)]
		assert len({invoice(*decisions).name for _click in range(3)}) == 1
		# and the button of a single decision leads there
		assert charging.invoice_of(decisions[1].name) == invoice(*decisions).name

	def test_never_twice(self, case):
		first, second = done(case), done(case)
		invoice(first).submit()
		rest = invoice(first, second)
		assert by_decision(rest) == {second.name: WORK}
		rest.submit()
		with pytest.raises(OfferOrderedError, match=rest.name):
			invoice(first, second)

	def test_one_offer_for_two_visits_is_billed_as_it_was_done(self, case):
		decisions_by_hand.decide_before_work(
			case.name, [{"kind": "Labour", "qty": 4}, {"kind": "Travel", "qty": 2}]
		)
		first, second = done(case), done(case)
		made = invoice(first, second)
		made.submit()
		assert made.net_total == 2 * WORK

	def test_only_what_is_done_and_of_one_customer(self, case):
		offer = decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 1}])
		with pytest.raises(NotTogetherError):
			invoice(offer)
		stranger = make_case_on(make_installed_unit(customer=make_customer().name))
		with pytest.raises(NotTogetherError):
			invoice(done(case), done(stranger))
		with pytest.raises(NotTogetherError):
			visit_invoices.invoice_of([])


class TestFreeWork:
	def free_visit(self, warehouse=None, *parts):
		unit = make_unit_with_warranty()
		case = make_case_on(unit)
		return case, done(case, *parts, warehouse=warehouse) if parts else done(case)

	def test_free_work_is_shown_at_no_price_with_the_reason(self):
		covered, free = self.free_visit()
		charged_case = make_case_on(make_installed_unit(customer=covered.customer))
		charged = done(charged_case)
		made = invoice(free, charged)
		shown = [row for row in made.items if row.coverage_decision == free.name]
		assert [(row.rate, row.discount_percentage, row.amount) for row in shown] == [(0, 100, 0)] * 2
		assert all(row.price_list_rate and "warranty" in row.description for row in shown)
		made.submit()
		assert made.net_total == WORK
		again = make_case_on(make_installed_unit(customer=covered.customer))
		# shown once
		assert free.name not in by_decision(invoice(free, done(again)))

	def test_all_free_is_no_invoice(self):
		_case, free = self.free_visit()
		with pytest.raises(NothingToChargeError):
			invoice(free)

	def test_the_cost_of_free_parts_is_booked_where_the_policy_says(self, terms):
		item, warehouse = make_item().name, make_warehouse().name
		make_price(item, 400)
		make_stock_receipt(item, warehouse, 2, rate=150)
		case, free = self.free_visit(warehouse, {"item_code": item, "qty": 2})
		entry = frappe.db.get_value("Engineer Visit", free.engineer_visit, "stock_entry")
		filters = frappe._dict(
			company=case.company,
			from_date=add_days(nowdate(), -1),
			to_date=nowdate(),
			voucher_no=entry,
			group_by="Group by Voucher (Consolidated)",
			include_dimensions=1,
		)
		rows = [row for row in general_ledger(filters)[1] if row.get("voucher_no") == entry]
		costs = [row for row in rows if flt(row.debit)]
		assert [(row.debit, row.cost_center) for row in costs] == [(300, terms.warranty_cost_center)]
		charged = done(make_case_on(make_installed_unit(customer=case.customer)))
		made = invoice(free, charged)
		made.submit()
		booked = frappe.get_all("GL Entry", {"voucher_no": made.name, "is_cancelled": 0}, ["debit", "credit"])
		assert sum(row.credit for row in booked) == made.grand_total
		assert frappe.db.count("Stock Ledger Entry", {"voucher_no": made.name}) == 0


class TestToTheCent:
	@pytest.mark.parametrize("minutes, rate", [(20, 119.99), (50, 100), (7, 33.33), (100, 0.07)])
	def test_hours_that_do_not_divide(self, case, minutes, rate):
		make_terms(labour_item=make_service_item(rate, "Hour"))
		first, second = done(case, work_minutes=minutes), done(case, work_minutes=minutes + 1)
		made = invoice(first, second)
		assert by_decision(made) == {doc.name: doc.charged_amount for doc in (first, second)}
		made.submit()

	def test_what_is_left_after_a_part_was_billed(self, case):
		first, second = done(case), done(case)
		part = invoice(first)
		part.items = part.items[:1]
		part.save()
		part.submit()
		made = invoice(first, second)
		assert by_decision(made) == {first.name: WORK - LABOUR_RATE, second.name: WORK}
		made.submit()

	@pytest.mark.parametrize("included", [0, 1])
	def test_taxes_on_top_or_included(self, case, included):
		tax_template(13, included)
		first, second = done(case), done(case)
		made = invoice(first, second)
		assert made.grand_total == pytest.approx(2 * WORK * (1 if included else 1.13), abs=0.01)
		made.submit()
		with pytest.raises(OfferOrderedError):
			invoice(first, second)
		for doc in (first, second):
			# an intake without an offer: both visits count as the same work there
			assert charging.describe(doc) == {"billed": 2 * WORK, "promised": 0, "offered": 0}

	@pytest.mark.parametrize("included", [0, 1])
	def test_the_single_button_with_taxes(self, case, included):
		tax_template(13, included)
		make_terms(labour_item=make_service_item(33.33, "Hour"))
		doc = done(case, work_minutes=50)
		made = frappe.get_doc("Sales Invoice", charging.invoice_of(doc.name))
		made.submit()
		assert made.grand_total == pytest.approx(doc.charged_amount * (1 if included else 1.13), abs=0.01)
		assert charging.describe(doc)["offered"] == 0

	def test_a_customer_billed_in_another_currency(self):
		customer = make_customer_in_dollars()
		case = make_case_on(make_installed_unit(customer=customer.name))
		first, second = done(case), done(case, work_minutes=190)
		made = invoice(first, second)
		assert (made.currency, made.conversion_rate) == ("USD", 7)
		assert by_decision(made) == {doc.name: flt(doc.charged_amount / 7, 2) for doc in (first, second)}
		made.submit()
		assert charging.describe(first)["offered"] < 0.07


class TestGivenBack:
	def test_a_credit_note_opens_what_it_credits(self, case):
		first, second = done(case), done(case)
		made = invoice(first, second)
		made.submit()
		note = make_sales_return(made.name)
		note.insert().submit()
		again = invoice(first, second)
		assert again.name != made.name and again.net_total == 2 * WORK

	def test_cancelled_and_made_anew(self, case):
		first, second = done(case), done(case)
		made = invoice(first, second)
		made.submit()
		made.cancel()
		again = invoice(first, second)
		assert again.net_total == 2 * WORK
		frappe.delete_doc("Sales Invoice", again.name)
		assert not frappe.db.get_value("Coverage Decision", second.name, "sales_invoice")

	def test_a_visit_cancelled_before_the_draft_is_submitted(self, case):
		first, second = done(case), done(case)
		made = invoice(first, second)
		frappe.get_doc("Engineer Visit", second.engineer_visit).cancel()
		frappe.db.savepoint("refused")
		with pytest.raises(ChargedTwiceError):
			made.submit()
		frappe.db.rollback(save_point="refused")
		made.reload()
		made.items = [row for row in made.items if row.coverage_decision == first.name]
		made.save()
		made.submit()
		assert made.net_total == WORK
