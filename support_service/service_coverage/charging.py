"""What is charged becomes ERPNext's own Quotation, Sales Order and Sales Invoice; taxes and accounts are ERPNext's.

We make drafts, once per decision: `service_charge_key` is unique on both. Whoever submits them needs ERPNext's rights. The
parts have left stock with the visit, so nothing of ours draws them again.
"""

from __future__ import annotations

from math import ceil
from typing import Any

import frappe
from erpnext.accounts.party import get_party_account_currency
from erpnext.controllers.accounts_controller import get_taxes_and_charges
from erpnext.selling.doctype.quotation.quotation import _make_sales_invoice
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, flt, getdate, nowdate

from support_service.service_coverage import coverage_prices, decision_store
from support_service.service_coverage.decision_store import (
	CURRENT,
	DECISION,
	DECLINED,
	INTAKE,
	WORK_DONE,
)

QUOTATION, ORDER, INVOICE = "Quotation", "Sales Order", "Sales Invoice"
LINK_OF = {QUOTATION: "quotation", ORDER: "sales_order", INVOICE: "sales_invoice"}
KEY = "service_charge_key"
LINKS = ("service_request", "coverage_decision")
TAXES = "Sales Taxes and Charges Template"


class NothingToChargeError(frappe.ValidationError):
	"""The decision charges nothing, does not stand, or the customer has declined."""


class OfferOrderedError(frappe.ValidationError):
	"""The same work is being charged already: by the offer before it, or by a report that was cancelled."""


class ChargeItemMissingError(frappe.ValidationError):
	"""The settings do not say as which item labour or travel is charged."""


def quotation_of(decision: str) -> str:
	"""Name of the Quotation of this charge; made as a draft where there is none."""
	doc = _locked(decision)
	if made := _standing(QUOTATION, doc):
		return made
	_check_chargeable(doc)
	days = cint(frappe.get_cached_doc("Support Service Settings").acceptance_days) or 14
	values = {
		"quotation_to": "Customer",
		"party_name": doc.customer,
		"order_type": "Maintenance",
		"valid_till": add_days(nowdate(), days),
	}
	return _insert(QUOTATION, doc, values)


def invoice_of(decision: str) -> str:
	"""Name of the Sales Invoice of this charge; a draft from the submitted Quotation, else from the work done."""
	doc = _locked(decision)
	if made := _standing(INVOICE, doc):
		return made
	_check_chargeable(doc)
	if doc.stage != WORK_DONE:
		frappe.throw(
			_("The work is not done yet. An invoice is made from the decision about the visit's work."),
			NothingToChargeError,
		)
	_check_not_ordered(doc)
	if doc.quotation and frappe.db.get_value(QUOTATION, doc.quotation, "docstatus") == 1:
		# past the mapper's permission checks: see _save
		return _save(_make_sales_invoice(doc.quotation, ignore_permissions=True), doc)
	return _insert(INVOICE, doc, {"customer": doc.customer, "update_stock": 0})


def follow_new(doc: Document, method: str | None = None) -> None:
	"""Before a Quotation, Sales Order or Sales Invoice is inserted (hooks.py): which of them stand for a charge.

	Mapping one from another hands the links on, and so does a plain copy: the first stands for the charge.
	"""
	decision = doc.get("coverage_decision")
	if not decision or doc.flags.from_charging or doc.get("is_return"):
		return
	stands = frappe.db.get_value(
		doc.doctype, {"coverage_decision": decision, "docstatus": ("<", 2), "name": ("!=", doc.name or "")}
	)
	if stands or (doc.doctype == QUOTATION and not doc.get("amended_from")):
		doc.update(dict.fromkeys((*LINKS, KEY)))  # a copy made in code brings the key, too
		return
	_stand_for(doc, decision)


def follow_inserted(doc: Document, method: str | None = None) -> None:
	"""After the insert: the decision names what it is charged with."""
	if doc.get("coverage_decision") and not doc.get("is_return") and not doc.flags.from_charging:
		_link(doc.coverage_decision, doc.doctype, doc.name)


def follow_gone(doc: Document, method: str | None = None) -> None:
	"""Cancelled or deleted: the charge may be put on another document."""
	decision = doc.get("coverage_decision")
	if not decision or doc.get("is_return"):
		return
	if doc.docstatus == 2 and doc.meta.has_field(KEY):
		doc.db_set(KEY, None, update_modified=False)
	if frappe.db.get_value(DECISION, decision, LINK_OF[doc.doctype]) == doc.name:
		_link(decision, doc.doctype, None)


def _locked(decision: str) -> Document:
	request = frappe.db.get_value(DECISION, decision, "service_request")
	if request:
		decision_store.lock_case(request)
	return frappe.get_doc(DECISION, decision, for_update=True)


def _standing(doctype: str, doc: Any) -> str | None:
	"""The document that stands for the charge already: a double click gets the same one."""
	name = doc.get(LINK_OF[doctype])
	return name if name and cint(frappe.db.get_value(doctype, name, "docstatus")) < 2 else None


def _check_chargeable(doc: Document) -> None:
	if doc.status != CURRENT or doc.stage == INTAKE:
		frappe.throw(
			_("{0} does not say what the work costs, or another decision has taken its place.").format(
				doc.name
			),
			NothingToChargeError,
		)
	if doc.acceptance == DECLINED:
		frappe.throw(
			_("The customer has declined this charge. Decide the lines otherwise, or make a new offer."),
			NothingToChargeError,
		)
	if not doc.charged_amount:
		frappe.throw(_("Nothing is charged: all work is covered, or has no price."), NothingToChargeError)


def _check_not_ordered(doc: Document) -> None:
	"""An order or invoice made of the offer before the work charges the same work, and so does one of a visit that was
	cancelled and reported anew. What other visits have done is charged by itself.
	"""
	others = frappe.get_all(
		DECISION,
		filters={"service_request": doc.service_request, "name": ("!=", doc.name)},
		fields=["name", "stage", "status", "sales_order", "sales_invoice"],
		order_by="number",
	)
	for other in others:
		if other.stage == WORK_DONE and other.status == CURRENT:
			continue
		if made := _standing(INVOICE, other) or _standing(ORDER, other):
			frappe.throw(
				_(
					"What {0} says is charged with {1} already. Go on with that one, or cancel or delete it first, so"
					" that the work is not charged twice."
				).format(other.name, made),
				OfferOrderedError,
			)


def _insert(doctype: str, doc: Document, values: dict[str, Any]) -> str:
	made = frappe.new_doc(doctype)
	currency, worth = _currency_for(doc)
	made.update(
		{
			"company": doc.company,
			"transaction_date": nowdate(),
			"currency": currency,
			"conversion_rate": worth,
			"selling_price_list": coverage_prices.price_list_of(doc.company, doc.customer),
			"ignore_pricing_rule": 1,
			**values,
		}
	)
	limits = _discount_limits(doc)
	for row in _lines_in(doc, worth):
		# a covered line is shown at no price, unless ERPNext would refuse the document for that
		if row.amount and row.covered_share <= limits.get(row.item_code, 100):
			made.append("items", _item(row))
		elif row.charge:
			made.append("items", {**_item(row), "discount_percentage": 0})
	_settle_cents(made, flt(doc.charged_amount / worth, 2))
	return _save(made, doc)


def _currency_for(doc: Document) -> tuple[str, float]:
	"""The currency the customer's account is kept in, which ERPNext asks for, and what one of it is worth in ours."""
	currency = get_party_account_currency("Customer", doc.customer, doc.company) or doc.currency
	worth = coverage_prices.factor(currency, doc.currency, getdate(nowdate()))
	return (currency, worth) if worth else (doc.currency, 1.0)


def _lines_in(doc: Document, worth: float) -> list[Any]:
	"""The lines with what they cost in a currency of which one is `worth` that many of the decision's."""
	money = ("rate", "amount", "charge")
	return [
		frappe._dict(row.as_dict(), **{name: flt(row.get(name) / worth, 2) for name in money})
		for row in doc.lines
	]


def _discount_limits(doc: Document) -> dict[str, float]:
	"""Item → highest discount in percent that ERPNext lets through, where it has one.

	Such a limit is for what sellers grant; what a warranty or contract pays is none of that.
	"""
	items = {row.item_code for row in doc.lines if row.item_code}
	if cint(frappe.db.get_single_value("Selling Settings", "validate_selling_price")):
		return dict.fromkeys(items, 99.0)
	limited = {"name": ("in", items), "max_discount": (">", 0)}
	return dict(frappe.get_all("Item", limited, ["name", "max_discount"], as_list=True))


def _settle_cents(made: Document, charged: float) -> None:
	"""The net total is what the customer was told: a third of a rate has no cents, so rates are rounded up and the rest
	is taken off the whole.
	"""
	over = sum(flt(flt(row.qty) * row.rate, 2) for row in made.items) - charged
	if flt(over, 2) > 0:
		made.update({"apply_discount_on": "Net Total", "discount_amount": flt(over, 2)})


def _rate(row: Any) -> float:
	"""What one unit costs the customer, so that all of them cost at least what is charged."""
	exact = row.rate * (100 - row.covered_share) / 100
	return flt(exact, 2) if flt(flt(exact, 2) * row.qty, 2) == flt(row.charge, 2) else ceil(exact * 100) / 100


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


def _save(made: Document, doc: Document) -> str:
	made.service_request = doc.service_request
	_stand_for(made, doc.name)
	made.flags.from_charging = True
	# the right to charge was checked by the caller; a draft has no effect, whoever submits it needs ERPNext's rights
	made.flags.ignore_permissions = True
	made.set_missing_values()
	_add_taxes(made)
	made.insert()
	_link(doc.name, made.doctype, made.name)
	return made.name


def _add_taxes(made: Document) -> None:
	"""By ERPNext: the template a tax rule has chosen for the customer, else the company's default."""
	if made.get("taxes"):
		return
	template = made.get("taxes_and_charges") or frappe.db.get_value(
		TAXES, {"company": made.company, "is_default": 1, "disabled": 0}
	)
	if template:
		made.taxes_and_charges = template
		made.set("taxes", get_taxes_and_charges(TAXES, template))


def _stand_for(doc: Document, decision: str) -> None:
	doc.coverage_decision = decision
	if doc.meta.has_field(KEY):
		doc.set(KEY, decision)
	if doc.doctype == ORDER:
		doc.skip_delivery_note = 1  # the visit has brought the parts


def _link(decision: str, doctype: str, name: str | None) -> None:
	frappe.db.set_value(DECISION, decision, LINK_OF[doctype], name)
