"""A customer whose account is kept in dollars, of a company that keeps its books in yuan: what is sold to them from a case, and damage
of what they were lent. Amounts in both currencies, and what the General Ledger says."""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note
from frappe.utils import flt

from support_service.service_charging.billing import charging, earnings, orders
from support_service.service_charging.decision import acceptance, sales
from support_service.service_parts.loans import charges, take_back
from support_service.service_parts.loans.errors import LoanChargeError
from tests.factories import COMPANY, make_installed_unit, make_item, make_stock_receipt, make_warehouse
from tests.ledger_oracle import accounts_of
from tests.site.coverage_world import make_case_on, make_customer_in_dollars, make_price, make_terms
from tests.site.loan_world import all_of, crew, lend, make_loan, piece
from tests.site.removed_world import set_company

pytestmark = pytest.mark.usefixtures("clean_transaction", "committed_crew", "stock_settings_as_before")
RATES = (7, 6.8371)


def receivable_of(voucher: str) -> dict[str, float]:
	"""Debit less credit of the customer's account: in dollars, and in the company's currency."""
	rows = frappe.get_all(
		"GL Entry",
		{"voucher_no": voucher, "is_cancelled": 0, "party_type": "Customer"},
		[
			"account_currency",
			"debit_in_account_currency",
			"credit_in_account_currency",
			"debit",
			"credit",
		],
	)
	assert {row.account_currency for row in rows} == {"USD"}
	return {
		"dollars": flt(
			sum(row.debit_in_account_currency - row.credit_in_account_currency for row in rows), 2
		),
		"own": flt(sum(row.debit - row.credit for row in rows), 2),
	}


@pytest.mark.parametrize("rate", RATES)
class TestSale:
	def sold(self, rate: float) -> frappe._dict:
		"""Ten parts at 400 yuan, bought for 150: offered, accepted, ordered, delivered and billed."""
		store = make_warehouse().name
		make_terms(parts_warehouse=store)
		part = make_item().name
		make_price(part, 400)
		make_stock_receipt(part, store, 20, rate=150)
		case = make_case_on(make_installed_unit(customer=make_customer_in_dollars(rate).name))
		doc = sales.offer(case.name, [{"item_code": part, "qty": 10}])
		offer = frappe.get_doc("Quotation", charging.quotation_of(doc.name))
		offer.submit()
		acceptance.answer(doc.name, accepted=True, how=acceptance.PHONE, by="Administrator", note="Yes")
		order = frappe.get_doc("Sales Order", orders.order_of(doc.name))
		order.submit()
		note = make_delivery_note(order.name)
		note.insert().submit()
		invoice = frappe.get_doc("Sales Invoice", charging.invoice_of(doc.name))
		invoice.submit()
		return frappe._dict(case=case, doc=doc, offer=offer, order=order, note=note, invoice=invoice)

	def test_amounts_in_both_currencies_and_in_the_books(self, rate):
		sale = self.sold(rate)
		assert sale.doc.charged_amount == 4000  # who pays is decided in the company's currency
		for made in (sale.offer, sale.order, sale.note, sale.invoice):
			assert (made.currency, made.conversion_rate, made.net_total) == ("USD", rate, flt(4000 / rate, 2))
			assert made.base_net_total == flt(made.net_total * rate, 2)
		# a cent of a dollar is all that rounding can cost
		assert sale.invoice.base_net_total == pytest.approx(4000, abs=0.01 * rate)
		assert receivable_of(sale.invoice.name) == {
			"dollars": sale.invoice.grand_total,
			"own": flt(sale.invoice.base_grand_total, 2),
		}
		booked = accounts_of(sale.invoice.name, COMPANY)
		assert flt(sum(booked.values()), 2) == 0
		assert booked[sale.invoice.items[0].income_account] == -sale.invoice.base_net_total
		moved = accounts_of(sale.note.name, COMPANY)
		assert sorted(moved.values()) == [-1500, 1500]  # what it cost has no dollars

	def test_what_it_brought_is_counted_in_the_companys_currency(self, rate):
		sale = self.sold(rate)
		found = earnings.of_case(sale.case.name)
		assert (found["currency"], found["parts"], found["charged"]) == ("CNY", 1500, 4000)
		assert found["billed"] == pytest.approx(4000, abs=0.01 * rate)
		assert found["margin"] == pytest.approx(2500, abs=0.01 * rate)
		assert charging.describe(sale.doc)["offered"] < 0.01 * rate

	def test_credited_it_comes_to_nothing(self, rate):
		sale = self.sold(rate)
		back = make_sales_return(sale.invoice.name)
		back.insert().submit()
		billed, credited = receivable_of(sale.invoice.name), receivable_of(back.name)
		assert credited == {currency: -amount for currency, amount in billed.items()}
		assert charging.describe(sale.doc)["billed"] == 0


class TestDamage:
	@pytest.fixture
	def damaged(self, stocked):
		"""A device that a customer in dollars has given back broken."""

		def give_back(customer: str):
			set_company(damage_item=make_item(is_stock_item=0).name)
			case = make_case_on(make_installed_unit(customer=customer))
			loan = lend(make_loan(piece(stocked), service_request=case.name))
			return take_back.take_back(loan.name, all_of(loan, condition="Damaged", damage="Cover broken"))

		crew()
		return give_back

	@pytest.mark.parametrize("rate", RATES)
	def test_an_amount_in_yuan_is_billed_in_dollars(self, damaged, rate):
		loan = damaged(make_customer_in_dollars(rate).name)
		row = loan.returns[0].name
		invoice = frappe.get_doc("Sales Invoice", charges.charge(loan.name, {row: 700}))
		invoice.submit()
		assert (invoice.currency, invoice.conversion_rate, invoice.net_total) == (
			"USD",
			rate,
			flt(700 / rate, 2),
		)
		assert invoice.base_net_total == pytest.approx(700, abs=0.01 * rate)
		assert receivable_of(invoice.name) == {
			"dollars": invoice.grand_total,
			"own": flt(invoice.base_grand_total, 2),
		}
		booked = accounts_of(invoice.name, COMPANY)
		assert booked[invoice.items[0].income_account] == -invoice.base_net_total
		loan.reload()
		assert loan.returns[0].charge == 700

	def test_without_an_exchange_rate_a_yuan_is_no_dollar(self, damaged):
		customer = make_customer_in_dollars().name
		frappe.db.delete("Currency Exchange", {"from_currency": "USD"})
		frappe.db.set_single_value("Currency Exchange Settings", "disabled", 1)
		loan = damaged(customer)
		with pytest.raises(LoanChargeError, match="USD"):
			charges.charge(loan.name, {loan.returns[0].name: 700})
