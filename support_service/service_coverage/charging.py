"""What is charged becomes ERPNext's own Quotation, Sales Order and Sales Invoice; taxes and accounts are ERPNext's.

We make drafts of what is still owed (charge_standing.py), one at a time: `service_charge_key` is unique on both. Whoever
submits them needs ERPNext's rights, and charge_checks.py sees that no more is billed than the decision charges. The parts
have left stock with the visit, so nothing of ours draws them again.
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

from support_service.service_coverage import (
	charge_checks,
	charge_standing,
	coverage_prices,
	decision_store,
)
from support_service.service_coverage.charge_standing import INVOICE, ORDER, QUOTATION, Standing
from support_service.service_coverage.decision_store import (
	CURRENT,
	DECISION,
	DECLINED,
	INTAKE,
	WORK_DONE,
)

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
	if made := _newest(QUOTATION, doc.name):
		return made
	_check_chargeable(doc)
	owed = _offered(doc)
	days = cint(frappe.get_cached_doc("Support Service Settings").acceptance_days) or 14
	values = {
		"quotation_to": "Customer",
		"party_name": doc.customer,
		"order_type": "Maintenance",
		"valid_till": add_days(nowdate(), days),
	}
	return _insert(QUOTATION, doc, owed, values)


def invoice_of(decision: str) -> str:
	"""Name of the Sales Invoice of what is still owed; a draft from the submitted Quotation, else from the work done.

	Where all is billed, or a draft stands, that one.
	"""
	doc = _locked(decision)
	standing = charge_standing.of_case(doc.service_request, locked=True)
	made = _newest(INVOICE, doc.name)
	if made and (_is_draft(INVOICE, made) or not standing.offered(doc.name)):
		return made
	_check_chargeable(doc)
	if doc.stage != WORK_DONE:
		frappe.throw(
			_("The work is not done yet. An invoice is made from the decision about the visit's work."),
			NothingToChargeError,
		)
	owed = _offered(doc, standing)
	return _from_quotation(doc, standing, owed) or _insert(
		INVOICE, doc, owed, {"customer": doc.customer, "update_stock": 0}
	)


def describe(doc: Any) -> dict[str, float]:
	"""What of a decision (row or document) is billed, stands on drafts and orders, and can still be charged."""
	standing = charge_standing.of_case(doc.service_request)
	same = standing.same_work(doc.name)
	return {
		"billed": flt(sum(standing.billed[name] for name in same), 2),
		"promised": flt(sum(standing.promised[name] for name in same), 2),
		"offered": 0.0 if _why_not(doc) else standing.offered(doc.name),
	}


def follow_new(doc: Document, method: str | None = None) -> None:
	"""Before a Quotation, Sales Order or Sales Invoice is inserted (hooks.py): which of them stand for a charge.

	Mapping one from another hands the links on, and so does a plain copy. A copied Quotation is an offer of its own, as
	long as nobody orders it; its rows say what they charge.
	"""
	decision = doc.get("coverage_decision")
	if not decision or doc.flags.from_charging:
		return
	if doc.meta.has_field(KEY):
		doc.set(KEY, None)  # a copy made in code brings it, too
	if doc.get("is_return"):
		return
	if doc.doctype == QUOTATION and not doc.get("amended_from"):
		doc.update(dict.fromkeys(LINKS))
		return
	_stand_for(doc, decision)


def follow_inserted(doc: Document, method: str | None = None) -> None:
	"""After the insert: the decision names what it is charged with."""
	for decision in _shown_by(doc):
		_link(decision, doc.doctype)


def follow_submitted(doc: Document, method: str | None = None) -> None:
	"""The key keeps a charge from a second draft; what is left after this invoice may be put on another."""
	if doc.get(KEY) and doc.doctype == INVOICE:
		doc.db_set(KEY, None, update_modified=False)


def follow_gone(doc: Document, method: str | None = None) -> None:
	"""Cancelled or deleted: the charge may be put on another document."""
	charge_standing.lock(charge_checks.decisions_of(doc))
	if doc.docstatus == 2 and doc.get(KEY):
		doc.db_set(KEY, None, update_modified=False)
	for decision in _shown_by(doc):
		_link(decision, doc.doctype, without=doc.name)


def _locked(decision: str) -> Document:
	request = frappe.db.get_value(DECISION, decision, "service_request")
	if request:
		decision_store.lock_case(request)
	return frappe.get_doc(DECISION, decision, for_update=True)


def _newest(doctype: str, decision: str, without: str = "") -> str | None:
	"""The document that stands for the charge: a double click gets the same one."""
	filters = {"coverage_decision": decision, "docstatus": ("<", 2), "name": ("!=", without)}
	if doctype == INVOICE:
		filters["is_return"] = 0
	return frappe.db.get_value(doctype, filters, order_by="creation desc", for_update=True)


def _is_draft(doctype: str, name: str) -> bool:
	return frappe.db.get_value(doctype, name, "docstatus") == 0


def _check_chargeable(doc: Document) -> None:
	if why := _why_not(doc):
		frappe.throw(why, NothingToChargeError)


def _why_not(doc: Any) -> str | None:
	"""Why nothing can be charged of the decision, whatever stands on documents."""
	if doc.status != CURRENT or doc.stage == INTAKE:
		return _("{0} does not say what the work costs, or another decision has taken its place.").format(
			doc.name
		)
	if doc.acceptance == DECLINED:
		return _("The customer has declined this charge. Decide the lines otherwise, or make a new offer.")
	if not doc.charged_amount:
		return _("Nothing is charged: all work is covered, or has no price.")
	return None


def _offered(doc: Document, standing: Standing | None = None) -> float:
	"""What is still owed and on no draft or order. An order of the offer before the work charges the same work, and so does
	an invoice of a visit that was cancelled and reported anew. What other visits have done is charged by itself.
	"""
	standing = standing or charge_standing.of_case(doc.service_request, locked=True)
	owed = standing.offered(doc.name)
	if not owed:
		papers = [name for name, amount in standing.papers_of(doc.name).items() if amount > 0]
		frappe.throw(
			_(
				"What {0} says is charged with {1} already. Go on with that one, or cancel or delete it first, so"
				" that the work is not charged twice."
			).format(doc.name, ", ".join(papers)),
			OfferOrderedError,
		)
	return owed


def _from_quotation(doc: Document, standing: Standing, owed: float) -> str | None:
	"""An invoice of the submitted offer, as it was agreed; none where a part of it stands elsewhere."""
	offer = _newest(QUOTATION, doc.name)
	if not offer or _is_draft(QUOTATION, offer) or standing.papers_of(doc.name):
		return None
	# past the mapper's permission checks: see _save
	made = _make_sales_invoice(offer, ignore_permissions=True)
	rates = charge_standing.agreed_rates([doc.name])
	charged = sum(charge_standing.worth(row, rates) for row in made.items if row.get("coverage_decision"))
	return _save(made, doc) if flt(charged, 2) <= owed else None


def _insert(doctype: str, doc: Document, owed: float, values: dict[str, Any]) -> str:
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
	_scale(made, owed / doc.charged_amount)
	_settle_cents(made, flt(owed / worth, 2))
	for row in made.items:
		row.coverage_decision = doc.name
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


def _scale(made: Document, factor: float) -> None:
	"""A part of the charge is billed already: all lines at what is left of their prices."""
	if factor >= 1:
		return
	made.items = [row for row in made.items if row.rate]
	for row in made.items:
		rate = ceil(round(row.rate * factor * 100, 6)) / 100
		row.update({"rate": rate, "price_list_rate": rate, "discount_percentage": 0})


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
	_link(doc.name, made.doctype)
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
	if doc.meta.has_field(KEY) and not frappe.db.exists(
		doc.doctype, {KEY: decision, "name": ("!=", doc.name or "")}
	):
		doc.set(KEY, decision)
	if doc.doctype == ORDER:
		doc.skip_delivery_note = 1  # the visit has brought the parts


def _shown_by(doc: Document) -> list[str]:
	"""Decisions that show the document as what they are charged with."""
	if doc.get("is_return") or not doc.get("coverage_decision"):
		return []
	return [doc.coverage_decision]


def _link(decision: str, doctype: str, without: str = "") -> None:
	"""Show on the decision what stands for it; for people to follow, the rows of the documents are the truth."""
	frappe.db.set_value(DECISION, decision, LINK_OF[doctype], _newest(doctype, decision, without))
