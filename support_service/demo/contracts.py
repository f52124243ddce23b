"""Service contracts of the demo: templates, contracts in force, what was used of them, a renewal proposed."""

from __future__ import annotations

from datetime import date

import frappe
from frappe.utils import add_days, getdate, today

from support_service.demo.base import company, ensure, root
from support_service.demo.contract_data import AGREEMENTS, ITEM, TEMPLATES, Agreement, Offer
from support_service.demo.customers import customer_of
from support_service.demo.people import email_of
from support_service.service_coverage.contract import billing as contract_billing
from support_service.service_coverage.contract import renewals as contract_renewals
from support_service.service_coverage.contract import uses as contract_uses


def make_contracts() -> None:
	"""All of `TEMPLATES` and `AGREEMENTS`."""
	ensure(
		"Item",
		{"item_code": ITEM[0]},
		{"item_name": ITEM[1], "item_group": root("Item Group"), "stock_uom": "Nos", "is_stock_item": 0},
	)
	for name, offer in TEMPLATES.items():
		_make_template(name, offer)
	for agreement in AGREEMENTS:
		_make_contract(agreement)


def _make_template(name: str, offer: Offer) -> None:
	ensure(
		"Service Contract Template",
		{"template_name": name},
		{
			"months": offer.months,
			"price": offer.price,
			"item_code": ITEM[0],
			"billing_interval": offer.interval,
			"price_change": 3,
			"entitlements": [
				{
					"kind": kind,
					"included": number or 0,
					"unlimited": number is None,
					"per": "Contract Year",
					"share": 100,
				}
				for kind, number in offer.included.items()
			],
			"exclusions": [{"exclusion": cause, "applies_to": "All"} for cause in offer.excludes],
		},
	)


def _make_contract(agreement: Agreement) -> None:
	customer = customer_of(agreement.customer)
	if frappe.db.exists("Service Contract", {"customer": customer, "template": agreement.template}):
		return
	start = getdate(add_days(today(), -agreement.begun))
	contract = frappe.get_doc(
		{
			"doctype": "Service Contract",
			"customer": customer,
			"company": company().name,
			"template": agreement.template,
			"start_date": start,
			"end_date": add_days(start, 364),
			"all_units": int(not agreement.units),
			"units": [{"installed_unit": _unit(serial)} for serial in agreement.units],
			"service_level_policy": agreement.policy,
			"dedicated_engineer": _engineer(agreement.engineer) if agreement.engineer else None,
		}
	).insert()
	contract.submit()
	for kind, number in agreement.used:
		_use(contract.name, kind, number, customer, start)
	contract_billing.make_for(contract.name)
	if getdate(contract.end_date) <= getdate(add_days(today(), contract.propose_days)):
		contract_renewals.renew(contract.name)


def _use(contract: str, kind: str, number: float, customer: str, on: date) -> None:
	contract_uses.use(
		contract, kind, number, on=on, key=f"demo|{contract}|{kind}", reference=("Customer", customer)
	)


def _unit(serial: str) -> str:
	return frappe.db.get_value("Installed Unit", {"serial_label": serial})


def _engineer(login: str) -> str:
	return frappe.db.get_value("Service Engineer", {"user": email_of(login)})
