"""Currencies with no, two or three decimals: what is split, charged and told adds up to what ERPNext's documents keep."""

from collections.abc import Iterator

import frappe
import pytest
from frappe.cache_manager import clear_defaults_cache
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.utils import add_days, add_months, getdate, nowdate

from support_service.service_charging.billing import charging
from support_service.service_charging.decision import by_hand as decisions_by_hand
from support_service.service_coverage.contract import billing as contract_billing
from support_service.service_coverage.contract import renewals as contract_renewals
from tests.factories import company, insert, make_installed_unit, make_item, make_service_contract
from tests.site.coverage_world import (
	decision_of,
	make_case_on,
	make_contract_for,
	make_price,
	make_terms,
	visit_on,
)


@pytest.fixture
def keep_decimals(stock_settings_as_before) -> Iterator[None]:
	"""Lets a test change what the site keeps of amounts."""
	frappe.db.set_single_value(
		"Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1
	)
	yield
	frappe.db.rollback()
	clear_defaults_cache()
	frappe.clear_cache(doctype="Sales Invoice Item")


def use_format(number_format: str) -> None:
	frappe.db.set_default("number_format", number_format)
	frappe.db.set_default("currency_precision", "")


def exchange(currency: str, rate: float) -> None:
	own = frappe.get_cached_value("Company", company(), "default_currency")
	values = {"date": add_days(nowdate(), -400), "from_currency": currency, "to_currency": own}
	insert("Currency Exchange", {**values, "exchange_rate": rate}, {"for_selling": 1, "for_buying": 1})


def contract_over(price: float, currency: str | None = None, due: int = 3, **values):
	"""A contract of twelve monthly invoices, `due` of which are due."""
	return make_service_contract(
		start_date=getdate(add_months(nowdate(), 1 - due)),
		price=price,
		billing_interval="Monthly",
		currency=currency,
		item_code=make_item(is_stock_item=0).name,
		**values,
	)


def invoiced(contract) -> list[float]:
	made = contract_billing.make_for(contract.name)
	found = {name: frappe.get_doc("Sales Invoice", name) for name in made}
	assert {invoice.currency for invoice in found.values()} == {contract.currency}
	return [found[name].net_total for name in made]


@pytest.mark.parametrize(
	("number_format", "currency", "price", "first", "due"),
	[
		("#,###", "JPY", 100_000, [8333, 8334, 8333], 12),
		("#,###.##", "JPY", 100_000, [8333.33, 8333.34, 8333.33], 3),
		("#,###.##", "KWD", 100, [8.33, 8.34, 8.33], 12),
		("#,###.###", "KWD", 100, [8.333, 8.334, 8.333], 3),
		("#,###.##", None, 1000, [83.33, 83.34, 83.33], 12),
	],
)
def test_the_invoices_of_a_contract_add_up_to_its_price(
	keep_decimals, number_format, currency, price, first, due
):
	use_format(number_format)
	if currency:
		exchange(currency, 0.05)
	contract = contract_over(price, currency, due)
	amounts = invoiced(contract)
	planned = [line["amount"] for line in contract_billing.overview(contract)]
	assert amounts[:3] == first
	assert planned[:due] == amounts
	assert (len(planned), round(sum(planned), 6)) == (12, price)


@pytest.mark.parametrize("fieldname", ["rate", "amount"])
def test_decimals_that_an_admin_has_set_for_the_form(keep_decimals, fieldname):
	make_property_setter("Sales Invoice Item", fieldname, "precision", "0", "Select")
	contract = contract_over(1000)
	assert invoiced(contract) == [83, 84, 83]
	assert sum(line["amount"] for line in contract_billing.overview(contract)) == 1000


@pytest.mark.parametrize(
	("number_format", "price"), [("#,###", 103), ("#,###.##", 103.01), ("#,###.###", 103.005)]
)
def test_the_price_of_a_renewal(keep_decimals, number_format, price):
	use_format(number_format)
	contract = make_service_contract(
		price=100, price_change=3.005, item_code=make_item(is_stock_item=0).name, auto_renew=1
	)
	new = contract_renewals.renew(contract.name)
	assert new.price == price
	assert frappe.db.get_value("Quotation", new.quotation, "net_total") == price


def charged(rate: float, hours: float, included: float = 0):
	item = make_item(is_stock_item=0, stock_uom="Hour").name
	make_price(item, rate)
	make_terms(labour_item=item)
	unit = make_installed_unit()
	if included:
		make_contract_for(unit, {"kind": "Labour Hours", "included": included})
	return decisions_by_hand.decide_before_work(make_case_on(unit).name, [{"kind": "Labour", "qty": hours}])


@pytest.mark.parametrize(
	("number_format", "rate", "hours", "included", "amount"),
	[
		("#,###", 100, 3, 1, 200),
		("#,###", 100, 1.7, 1, 70),
		("#,###", 124, 0.4, 0, 50),
		("#,###.###", 1.125, 3, 0, 3.375),
		("#,###.###", 1.125, 3, 1, 2.25),
		("#,###.###", 0.005, 1, 0, 0.005),
		("#,###.##", 119.99, 3, 1, 239.98),
	],
)
def test_an_offer_is_what_the_customer_is_told(
	committed_crew, keep_decimals, number_format, rate, hours, included, amount
):
	use_format(number_format)
	doc = charged(rate, hours, included)
	assert doc.charged_amount == pytest.approx(amount, abs=1e-9)
	quotation = frappe.get_doc("Quotation", charging.quotation_of(doc.name))
	assert quotation.net_total == doc.charged_amount
	assert doc.total == pytest.approx(doc.charged_amount + doc.covered_amount, abs=1e-9)


@pytest.mark.parametrize(
	("number_format", "minutes"), [("#,###", 20), ("#,###", 7), ("#,###.##", 100), ("#,###.###", 20)]
)
def test_work_is_billed_as_it_was_told(committed_crew, keep_decimals, number_format, minutes):
	use_format(number_format)
	item = make_item(is_stock_item=0, stock_uom="Hour").name
	make_price(item, 119.985)
	make_terms(labour_item=item)
	case = make_case_on(make_installed_unit())
	visit_on(case, work_minutes=minutes).submit()
	doc = decision_of(case)
	invoice = frappe.get_doc("Sales Invoice", charging.invoice_of(doc.name))
	assert invoice.net_total == doc.charged_amount
	invoice.submit()
	assert charging.describe(doc) == {"billed": doc.charged_amount, "promised": 0, "offered": 0}
