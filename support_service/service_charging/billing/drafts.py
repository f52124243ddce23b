"""Drafts of ERPNext documents whose rows add up to exactly what a decision charges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from erpnext.accounts.party import get_party_account_currency
from erpnext.controllers.accounts_controller import get_taxes_and_charges
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate, nowdate

from support_service.foundation import currencies
from support_service.foundation.language import speaking
from support_service.service_charging.billing import balances, links, timesheets
from support_service.service_charging.decision import prices, words

TAXES = "Sales Taxes and Charges Template"


class ChargeItemMissingError(frappe.ValidationError):
	"""The settings do not say as which item labour or travel is charged."""


def insert(doctype: str, doc: Document, owed: float, values: dict[str, Any]) -> str:
	"""Make a draft of `doctype` whose rows come to `owed`, in the decision's currency, net; returns its name.

	doc: the decision. values: columns of the draft.
	"""
	made = _empty(doctype, doc, values)
	currency, worth = made.currency, made.conversion_rate
	digits = currencies.amount_decimals(currency)
	limits = _discount_limits(doc)
	for row in _lines_in(doc, worth, currency):
		if _is_shown(row, limits):
			made.append("items", _item(row))
		elif row.charge:
			made.append("items", {**_item(row), "discount_percentage": 0})
	_scale(made, owed / doc.charged_amount)
	_settle_rest(made, flt(owed / worth, digits), digits)
	for row in made.items:
		row.coverage_decision = doc.name
	return save(made, doc)


def insert_for(docs: Sequence[Document], owed: Mapping[str, float]) -> str:
	"""Make one draft invoice of several decisions, each with rows that come to exactly what is still `owed` of it.

	docs: decisions of one customer and company. owed: name → amount in their currency, 0 for work that is covered as a whole
	and only shown. A discount on the whole document would mix them up, so the rows themselves are exact.
	"""
	first = next(doc for doc in docs if owed[doc.name])
	made = _empty(balances.INVOICE, first, {"customer": first.customer, "update_stock": 0})
	for doc in docs:
		for row in _exact_rows(doc, owed[doc.name], made.conversion_rate, made.currency):
			made.append("items", {**row, "coverage_decision": doc.name})
	return save(made, first)


def _empty(doctype: str, doc: Document, values: dict[str, Any]) -> Document:
	"""A draft without rows, in the currency for the decision's customer."""
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
	return made


def _is_shown(row: Any, limits: Mapping[str, float]) -> bool:
	"""A covered line is shown at no price, unless ERPNext would refuse the document for that."""
	return bool(row.amount and row.covered_share <= limits.get(row.item_code, 100))


def _exact_rows(doc: Document, owed: float, worth: float, currency: str) -> list[dict[str, Any]]:
	"""Rows of an invoice that add up to `owed` without a discount on the whole."""
	digits, limits = currencies.amount_decimals(currency), _discount_limits(doc)
	lines = _lines_in(doc, worth, currency)
	factor = owed / doc.charged_amount if doc.charged_amount else 1.0
	charges = [flt(line.charge * factor, digits) for line in lines]
	if owed:
		# what rounding leaves goes to the dearest line
		dearest = max(range(len(lines)), key=lambda place: charges[place])
		charges[dearest] = flt(charges[dearest] + flt(owed / worth, digits) - sum(charges), digits)
	rows = []
	for line, charge in zip(lines, charges, strict=True):
		if charge:
			rows.append(_exact_item(line, charge, digits, limits))
		elif factor >= 1 and line.covered_share >= 100 and _is_shown(line, limits):
			rows.append(_item(line))
	return rows


def _exact_item(line: Any, charge: float, digits: int, limits: Mapping[str, float]) -> dict[str, Any]:
	"""The row of a line that charges `charge`: by its price where that comes to it, else as one piece for the whole."""
	row = _item(line)
	rate = flt(charge / flt(row["qty"]), currencies.rate_decimals(line.currency))
	if flt(rate * flt(row["qty"]), digits) == charge:
		whole = charge == flt(line.charge, digits) and _is_shown(line, limits)
		listed = {} if whole else {"price_list_rate": rate, "discount_percentage": 0}
		return {**row, "rate": rate, **listed}
	return {
		**row,
		"description": f"{line.description} ({line.qty:g} {line.uom})",
		"qty": 1,
		"rate": charge,
		"price_list_rate": charge,
		"discount_percentage": 0,
	}


def save(made: Document, doc: Document) -> str:
	"""Insert the draft `made` of what the decision `doc` charges, with ERPNext's defaults and taxes; returns its name."""
	made.service_request = doc.service_request
	links.link_to(made, doc.name)
	made.flags.from_charging = True
	# the right to charge was checked by the caller; a draft has no effect, whoever submits it needs ERPNext's rights
	made.flags.ignore_permissions = True
	made.set_missing_values()
	_add_taxes(made)
	if made.get("discount_amount") and any(tax.included_in_print_rate for tax in made.taxes):
		made.apply_discount_on = "Grand Total"  # the prices include the taxes, so the difference does, too
	if made.doctype == balances.INVOICE:
		timesheets.add_open_hours(made)
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
	with speaking(frappe.get_cached_value("Customer", doc.customer, "language")):
		why_free = [words.for_customer(row) if row.covered_share >= 100 else None for row in doc.lines]
	money = {"rate": currencies.rate_decimals(currency), "amount": amount, "charge": amount}
	return [
		frappe._dict(
			row.as_dict(),
			why_free=why,
			currency=currency,
			**{name: flt(row.get(name) / worth, digits) for name, digits in money.items()},
		)
		for row, why in zip(doc.lines, why_free, strict=True)
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
	# in another currency the price itself was rounded: ten at 57.14 would come to less than the 571.43 they are charged with
	return currencies.rounded_up(max(exact, flt(row.charge) / flt(row.qty)), digits)


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
		description = f"{row.description} ({row.qty:g})"
		row = frappe._dict(row, qty=1, rate=row.amount, description=description)
		return {"description": description, **_item(row)}
	item = {
		"item_code": row.item_code,
		"qty": row.qty,
		"uom": row.uom,
		"conversion_factor": 1,
		"price_list_rate": row.rate,
		"discount_percentage": row.covered_share,
		"rate": _rate(row),
	}
	if row.why_free:
		item["description"] = f"{row.description or row.item_code}: {row.why_free}"
	return item


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
