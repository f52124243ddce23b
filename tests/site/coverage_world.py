"""Units with and without warranty and contract, priced items and cost centres: what the tests of coverage share."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import frappe
from frappe.utils import add_days, getdate, nowdate

from support_service.service_coverage.warranty import warranties
from tests.factories import (
	company,
	insert,
	make_customer,
	make_done_visit,
	make_installed_unit,
	make_item,
	make_service_contract,
	make_service_request,
	make_warranty_policy,
	unique,
)
from tests.site.visit_world import crew

LABOUR_RATE, TRAVEL_RATE, PART_RATE = 120.0, 60.0, 400.0


def make_price(item: str, rate: float, **values: Any) -> Any:
	"""Valid since long ago: ERPNext's default is today, and shortly after midnight work of yesterday had no price."""
	price = {"item_code": item, "price_list": "Standard Selling", "price_list_rate": rate}
	return insert("Item Price", {**price, "valid_from": "2020-01-01"}, values)


def make_service_item(rate: float, prefix: str) -> str:
	item = make_item(item_code=unique(prefix), is_stock_item=0).name
	make_price(item, rate)
	return item


def make_cost_center(name: str) -> str:
	parent = frappe.db.get_value("Cost Center", {"company": company(), "is_group": 1})
	values = {"cost_center_name": unique(name), "parent_cost_center": parent, "company": company()}
	return insert("Cost Center", values, {}).name


def make_terms(**values: Any) -> SimpleNamespace:
	"""The company's row in the settings: labour and travel items with prices, cost centres; rolled back by the test."""
	terms = SimpleNamespace(
		labour_item=make_service_item(LABOUR_RATE, "Labour"),
		travel_item=make_service_item(TRAVEL_RATE, "Travel"),
		price_list="Standard Selling",
		warranty_cost_center=make_cost_center("Warranty"),
		contract_cost_center=make_cost_center("Contracts"),
	)
	settings = frappe.get_doc("Support Service Settings")
	settings.company_defaults = [row for row in settings.company_defaults if row.company != company()]
	settings.append("company_defaults", {"company": company(), **vars(terms), **values})
	# most tests are not about the customer's acceptance: see test_charge_accepted.py
	settings.charge_policy = "Warn"
	settings.save()
	return terms


def make_unit_with_warranty(days_left: int = 100, **policy: Any) -> Any:
	"""A unit whose warranty ends in about `days_left` days; negative: it has expired."""
	given = make_warranty_policy(**policy)
	unit = make_installed_unit(item_code=given.item)
	warranties.start(unit.name, starts_on=getdate(add_days(nowdate(), days_left - 365)), reason="Test")
	return unit


def make_contract_for(unit: Any, *entitlements: dict[str, Any], **values: Any) -> Any:
	"""A contract on `unit` for this year and the next."""
	return make_service_contract(
		customer=unit.customer,
		start_date=add_days(nowdate(), -30),
		end_date=add_days(nowdate(), 335),
		entitlements=[{"per": "Whole Term", "share": 100, **entitlement} for entitlement in entitlements],
		units=[{"installed_unit": unit.name}],
		**values,
	)


def make_customer_in_dollars(rate: float = 7) -> Any:
	"""A customer whose account the company keeps in US dollars, each worth `rate` of its own currency today. Also: `account`."""
	parent = frappe.db.get_value(
		"Account", {"company": company(), "account_type": "Receivable", "is_group": 0}, "parent_account"
	)
	values = {"account_type": "Receivable", "account_currency": "USD", "parent_account": parent}
	account = insert("Account", {"account_name": unique("Dollars"), "company": company()}, values).name
	own = frappe.get_cached_value("Company", company(), "default_currency")
	exchange = {"date": nowdate(), "from_currency": "USD", "to_currency": own, "exchange_rate": rate}
	insert("Currency Exchange", exchange, {"for_selling": 1, "for_buying": 1})
	return make_customer(default_currency="USD", accounts=[{"company": company(), "account": account}])


def make_case_on(unit: Any, **values: Any) -> Any:
	return make_service_request(customer=unit.customer, installed_unit=unit.name, **values)


def visit_on(case: Any, *parts: dict[str, Any], **values: Any) -> Any:
	"""A visit of the shared engineer, done, one hour of work."""
	return make_done_visit(
		*parts,
		**{"service_request": case.name, "engineer": crew()["engineer"], "visit_type": "On Site", **values},
	)


def decision_of(case: Any) -> Any:
	name = frappe.db.get_value("Service Request", case.name, "coverage_decision")
	return frappe.get_doc("Coverage Decision", name) if name else None


def results(doc: Any) -> dict[str, str]:
	return {row.kind: row.result for row in doc.lines}
