"""What is put on ERPNext's documents is what the customer was told, to the cent."""

import frappe
import pytest
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from frappe.utils import getdate, nowdate

from support_service.service_charging.billing import charging
from support_service.service_charging.decision import by_hand as decisions_by_hand
from support_service.service_charging.decision import prices
from support_service.service_coverage.contract import contracts
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
	decision_of,
	make_case_on,
	make_contract_for,
	make_customer_in_dollars,
	make_price,
	make_service_item,
	make_terms,
	visit_on,
)


@pytest.fixture(autouse=True)
def terms(committed_crew, stock_settings_as_before):
	return make_terms()


def make_hourly_item(rate: float) -> str:
	item = make_item(is_stock_item=0, stock_uom="Hour").name
	make_price(item, rate)
	return item


def net_of(doc) -> float:
	return frappe.get_doc("Quotation", charging.quotation_of(doc.name)).net_total


@pytest.mark.parametrize("hours, included", [(3, 1), (3, 2), (7, 2), (1.7, 1)])
def test_a_share_that_does_not_divide(hours, included):
	unit = make_installed_unit()
	make_contract_for(unit, {"kind": "Labour Hours", "included": included})
	make_terms(labour_item=make_hourly_item(100))
	doc = decisions_by_hand.decide_before_work(make_case_on(unit).name, [{"kind": "Labour", "qty": hours}])
	assert net_of(doc) == doc.charged_amount


@pytest.mark.parametrize("minutes", [20, 50, 100, 7])
def test_minutes_that_do_not_divide(minutes):
	make_terms(labour_item=make_hourly_item(119.99))
	case = make_case_on(make_installed_unit())
	visit_on(case, work_minutes=minutes).submit()
	doc = decision_of(case)
	assert net_of(doc) == doc.charged_amount


def test_hours_of_an_item_that_is_counted_in_pieces():
	unit = make_installed_unit()
	make_contract_for(unit, {"kind": "Labour Hours", "included": 1})
	case = make_case_on(unit)
	visit_on(case, work_minutes=100).submit()
	doc = decision_of(case)
	quotation = frappe.get_doc("Quotation", charging.quotation_of(doc.name))
	assert [(row.qty, row.uom) for row in quotation.items] == [(1, "Nos"), (1, "Nos")]
	assert quotation.items[0].description.endswith("(1.667)")
	assert quotation.net_total == doc.charged_amount


def test_a_price_list_in_another_currency():
	listed = insert("Price List", {"price_list_name": unique("Dollars"), "currency": "USD", "selling": 1}, {})
	own = frappe.get_cached_value("Company", company(), "default_currency")
	rate = {"date": nowdate(), "from_currency": "USD", "to_currency": own, "exchange_rate": 7.1234}
	insert("Currency Exchange", rate, {"for_selling": 1, "for_buying": 1})
	item = make_service_item(1, "Labour")
	make_price(item, 12.35, price_list=listed.name)
	make_terms(labour_item=item, price_list=listed.name)
	unit = make_installed_unit(customer=make_customer(default_currency="USD").name)
	doc = decisions_by_hand.decide_before_work(make_case_on(unit).name, [{"kind": "Labour", "qty": 3}])
	assert doc.charged_amount == pytest.approx(3 * 87.97)
	assert net_of(doc) == doc.charged_amount


def test_a_customer_whose_account_is_kept_in_another_currency():
	customer = make_customer_in_dollars()
	case = make_case_on(make_installed_unit(customer=customer.name))
	visit_on(case, work_minutes=190).submit()
	doc = decision_of(case)
	invoice = frappe.get_doc("Sales Invoice", charging.invoice_of(doc.name))
	invoice.submit()
	assert (invoice.currency, invoice.conversion_rate) == ("USD", 7)
	assert invoice.net_total == pytest.approx(doc.charged_amount / 7, abs=0.02)
	assert invoice.base_net_total == pytest.approx(doc.charged_amount, abs=0.15)


def test_a_contract_of_another_company_of_the_group(terms):
	other = insert(
		"Company",
		{
			"company_name": unique("Sister"),
			"abbr": frappe.generate_hash(length=5),
			"country": "United States",
		},
		{"default_currency": "USD"},
	).name
	own = frappe.get_cached_value("Company", company(), "default_currency")
	rate = {"date": nowdate(), "from_currency": own, "to_currency": "USD", "exchange_rate": 0.125}
	insert("Currency Exchange", rate, {"for_selling": 1, "for_buying": 1})
	unit = make_installed_unit()
	contract = make_contract_for(
		unit, {"kind": "Parts Value", "included": 1000}, cost_center=terms.contract_cost_center
	)
	listed = insert("Price List", {"price_list_name": unique("Dollars"), "currency": "USD", "selling": 1}, {})
	item, warehouse = make_item().name, make_warehouse(company=other).name
	make_price(item, 50, price_list=listed.name)
	make_stock_receipt(item, warehouse, 1)
	settings = frappe.get_doc("Support Service Settings")
	settings.append("company_defaults", {"company": other, "price_list": listed.name})
	settings.save()
	case = make_case_on(unit, company=other)
	# its cost centre is none of this company's: ERPNext would refuse the parts
	visit_on(case, {"item_code": item, "qty": 1}, warehouse=warehouse).submit()
	assert {row.kind: row.result for row in decision_of(case).lines}["Part"] == "Covered"
	(line,) = contracts.left_of(contract, getdate())
	assert (line[2], line[3]) == (400, 600)


def test_a_price_without_exchange_rate_is_no_price():
	frappe.db.set_single_value("Currency Exchange Settings", "disabled", 1)
	item = make_service_item(1, "Labour")
	listed = insert("Price List", {"price_list_name": unique("Coins"), "currency": "XAF", "selling": 1}, {})
	make_price(item, 12.35, price_list=listed.name)
	make_terms(price_list=listed.name)
	assert prices.rates({item: "Nos"}, company(), None, getdate()) == {}


def test_parts_value_of_a_contract_in_another_currency():
	own = frappe.get_cached_value("Company", company(), "default_currency")
	rate = {"date": nowdate(), "from_currency": "USD", "to_currency": own, "exchange_rate": 8}
	insert("Currency Exchange", rate, {"for_selling": 1, "for_buying": 1})
	unit = make_installed_unit()
	contract = make_contract_for(unit, {"kind": "Parts Value", "included": 100}, currency="USD")
	item, warehouse = make_item().name, make_warehouse().name
	make_price(item, 1000)
	make_stock_receipt(item, warehouse, 1)
	case = make_case_on(unit)
	visit = visit_on(
		case, {"item_code": item, "qty": 1}, warehouse=warehouse, work_minutes=0, visit_type="Remote"
	)
	visit.submit()
	doc = decision_of(case)
	assert {row.kind: row.charge for row in doc.lines}["Part"] == 200  # 100 of its dollars pay 800
	(line,) = contracts.left_of(contract, getdate())
	assert (line[2], line[3]) == (100, 0)
	visit.cancel()
	(line,) = contracts.left_of(contract, getdate())
	assert (line[2], line[3]) == (0, 100)


def test_what_a_contract_pays_is_no_discount_that_a_seller_gives(terms):
	frappe.db.set_value("Item", terms.labour_item, "max_discount", 10)
	frappe.clear_document_cache("Item", terms.labour_item)
	unit = make_installed_unit()
	make_contract_for(unit, {"kind": "Labour Hours", "included": 1})
	doc = decisions_by_hand.decide_before_work(make_case_on(unit).name, [{"kind": "Labour", "qty": 4}])
	assert net_of(doc) == doc.charged_amount


def test_what_is_covered_is_not_sold_below_its_price(terms):
	frappe.db.set_single_value("Selling Settings", "validate_selling_price", 1)
	frappe.db.set_value("Item", terms.travel_item, "last_purchase_rate", 10)
	frappe.clear_document_cache("Item", terms.travel_item)
	case = make_case_on(make_installed_unit())
	doc = decisions_by_hand.decide_before_work(
		case.name, [{"kind": "Labour", "qty": 4}, {"kind": "Travel", "qty": 1}]
	)
	doc = decisions_by_hand.override(doc.name, doc.lines[1].name, 100, "Goodwill")
	assert net_of(doc) == doc.charged_amount


def test_an_offer_that_was_ordered_is_not_charged_again():
	case = make_case_on(make_installed_unit())
	offer = decisions_by_hand.decide_before_work(
		case.name, [{"kind": "Labour", "qty": 1}, {"kind": "Travel", "qty": 1}]
	)
	quotation = frappe.get_doc("Quotation", charging.quotation_of(offer.name))
	quotation.submit()
	order = make_sales_order(quotation.name)
	order.delivery_date = nowdate()
	order.insert()
	order.submit()
	visit_on(case, work_minutes=60).submit()
	done = decision_of(case)
	with pytest.raises(charging.OfferOrderedError, match=order.name):
		charging.invoice_of(done.name)
	order.cancel()
	assert charging.invoice_of(done.name)


def test_a_visit_reported_anew_is_not_charged_twice():
	case = make_case_on(make_installed_unit())
	visit = visit_on(case, work_minutes=60)
	visit.submit()
	first = charging.invoice_of(decision_of(case).name)
	visit.reload()
	visit.cancel()
	anew = frappe.copy_doc(visit)
	anew.update({"docstatus": 0, "amended_from": visit.name})
	anew.insert()
	anew.submit()
	with pytest.raises(charging.OfferOrderedError, match=first):
		charging.invoice_of(decision_of(case).name)
	frappe.delete_doc("Sales Invoice", first)
	assert charging.invoice_of(decision_of(case).name)


def test_each_visit_is_charged_by_itself():
	case = make_case_on(make_installed_unit())
	invoices = set()
	for _visit in range(2):
		visit_on(case, work_minutes=60).submit()
		invoices.add(charging.invoice_of(decision_of(case).name))
	assert len(invoices) == 2
