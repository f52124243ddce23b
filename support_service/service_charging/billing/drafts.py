"""Drafts of ERPNext documents whose rows add up to exactly what a decision charges."""

from __future__ import annotations

from typing import Any

import frappe
from erpnext.accounts.party import get_party_account_currency
from erpnext.controllers.accounts_controller import get_taxes_and_charges
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate, nowdate

from support_service.foundation import currencies
from support_service.service_charging.billing import links
from support_service.service_charging.decision import prices

TAXES = "Sales Taxes and Charges Template"


class ChargeItemMissingError(frappe.ValidationError):
	"""The settings do not say as which item labour or travel is charged."""


def insert(doctype: str, doc: Document, owed: float, values: dict[str, Any]) -> str:
	"""Make a draft of `doctype` whose rows come to `owed`, in the decision's currency, net; returns its name.

	doc: the decision. values: columns of the draft.
	"""
	made = frappe.new_doc(doctype)
	currency, worth = _currency_for(doc)
	made.update(
		{
			"company": doc.company,
			"transaction_date": nowdate(),
			"currency": currency,
			"conversion_rate": worth,
			"selling_price_list": prices.price_list_of(doc.company, doc.customer),
			"ignore_pricing_rule": 1,
			**values,
		}
	)
	limits = _discount_limits(doc)
	digits = currencies.amount_decimals(currency)
	for row in _lines_in(doc, worth, currency):
		# a covered line is shown at no price, unless ERPNext would refuse the document for that
		if row.amount and row.covered_share <= limits.get(row.item_code, 100):
			made.append("items", _item(row))
		elif row.charge:
			made.append("items", {**_item(row), "discount_percentage": 0})
	_scale(made, owed / doc.charged_amount)
	_settle_rest(made, flt(owed / worth, digits), digits)
	for row in made.items:
		row.coverage_decision = doc.name
	return save(made, doc)


def save(made: Document, doc: Document) -> str:
	"""Insert the draft `made` of what the decision `doc` charges, with ERPNext's defaults and taxes; returns its name."""
	made.service_request = doc.service_request
	links.link_to(made, doc.name)
	made.flags.from_charging = True
	# the right to charge was checked by the caller; a draft has no effect, whoever submits it needs ERPNext's rights
	made.flags.ignore_permissions = True
	made.set_missing_values()
	_add_taxes(made)
	with currencies.written_in_words(made):
		made.insert()  # and links.after_insert shows it on the decision
	return made.name


def _currency_for(doc: Document) -> tuple[str, float]:
	"""Currency of the customer's receivable account, which ERPNext demands, and its exchange rate to the decision's."""
	currency = get_party_account_currency("Customer", doc.customer, doc.company) or doc.currency
	worth = currencies.exchange_rate(currency, doc.currency, getdate(nowdate()))
	return (currency, worth) if worth else (doc.currency, 1.0)


def _lines_in(doc: Document, worth: float, currency: str) -> list[Any]:
	"""The decision's lines with amounts in `currency`; worth: its exchange rate to the decision's currency."""
	amount = currencies.amount_decimals(currency)
	money = {"rate": currencies.rate_decimals(currency), "amount": amount, "charge": amount}
	return [
		frappe._dict(
			row.as_dict(),
			currency=currency,
			**{name: flt(row.get(name) / worth, digits) for name, digits in money.items()},
		)
		for row in doc.lines
	]


def _discount_limits(doc: Document) -> dict[str, float]:
	"""Item → highest discount in percent that ERPNext lets through, where it has one.

	Such a limit is meant for sellers; what a warranty or contract pays is no discount of theirs.
	"""
	items = {row.item_code for row in doc.lines if row.item_code}
	if cint(frappe.db.get_single_value("Selling Settings", "validate_selling_price")):
		return dict.fromkeys(items, 99.0)
	limited = {"name": ("in", items), "max_discount": (">", 0)}
	return dict(frappe.get_all("Item", limited, ["name", "max_discount"], as_list=True))


def _scale(made: Document, factor: float) -> None:
	"""Reduce all prices by `factor`, where a part of the charge is billed already."""
	if factor >= 1:
		return
	made.items = [row for row in made.items if row.rate]
	for row in made.items:
		rate = currencies.rounded_up(row.rate * factor, currencies.rate_decimals(made.currency))
		row.update({"rate": rate, "price_list_rate": rate, "discount_percentage": 0})


def _settle_rest(made: Document, charged: float, digits: int) -> None:
	"""Make the net total exactly `charged`: rates were rounded up, and the difference is a discount on the whole."""
	over = sum(flt(flt(row.qty) * row.rate, digits) for row in made.items) - charged
	if flt(over, digits) > 0:
		made.update({"apply_discount_on": "Net Total", "discount_amount": flt(over, digits)})


def _rate(row: Any) -> float:
	"""The customer's price of one unit of the row, rounded so that the row comes to no less than its charge."""
	exact = row.rate * (100 - row.covered_share) / 100
	digits, amount = currencies.rate_decimals(row.currency), currencies.amount_decimals(row.currency)
	near = flt(exact, digits)
	if flt(near * row.qty, amount) == flt(row.charge, amount):
		return near
	return currencies.rounded_up(exact, digits)


def _item(row: Any) -> dict[str, Any]:
	if not row.item_code:
		frappe.throw(
			_("Say in Support Service Settings, Parts and Stock, as which item {0} is charged.").format(
				_(row.kind, context="Coverage Decision Line")
			),
			ChargeItemMissingError,
		)
	if row.qty % 1 and frappe.get_cached_value("UOM", row.uom, "must_be_whole_number"):
		# an item counted in pieces: ERPNext refuses a fraction, so it is one piece for all hours
		words = f"{row.description} ({row.qty:g})"
		row = frappe._dict(row, qty=1, rate=row.amount, description=words)
		return {**_item(row), "description": words}
	return {
		"item_code": row.item_code,
		"qty": row.qty,
		"uom": row.uom,
		"conversion_factor": 1,
		"price_list_rate": row.rate,
		"discount_percentage": row.covered_share,
		"rate": _rate(row),
	}


def _add_taxes(made: Document) -> None:
	"""Add taxes by ERPNext's template: the one a tax rule has chosen for the customer, else the company's default."""
	if made.get("taxes"):
		return
	template = made.get("taxes_and_charges") or frappe.db.get_value(
		TAXES, {"company": made.company, "is_default": 1, "disabled": 0}
	)
	if template:
		made.taxes_and_charges = template
		made.set("taxes", get_taxes_and_charges(TAXES, template))
