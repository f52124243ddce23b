"""Makes the Quotation and the Sales Invoice of what a decision charges, as drafts; taxes and accounts are ERPNext's.

A draft is for what is still owed (balances.py), one at a time: `service_charge_key` is unique on both. Whoever submits it
needs ERPNext's rights, and checks.py refuses more than the decision charges. The parts have left stock with the visit, so
these documents move no stock.
"""

from __future__ import annotations

from typing import Any

import frappe
from erpnext.selling.doctype.quotation.quotation import _make_sales_invoice
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, flt, nowdate

from support_service.foundation import locks, transactions
from support_service.service_charging.billing import balances, drafts, included_taxes, links, orders
from support_service.service_charging.billing.balances import INVOICE, QUOTATION, Balance
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision.store import (
	CURRENT,
	DECISION,
	DECLINED,
	INTAKE,
	SALE,
	WORK_DONE,
)


class NothingToChargeError(frappe.ValidationError):
	"""The decision charges nothing or is not current, or the customer has declined."""


class OfferOrderedError(frappe.ValidationError):
	"""All of it is charged already: by this decision, by the offer before the work, or by a visit that was cancelled since."""


def quotation_of(decision: str) -> str:
	"""Name of the Quotation of this charge; made as a draft where there is none."""
	return transactions.run(frappe.get_doc(DECISION, decision), lambda: _quotation_of(decision))


def _quotation_of(decision: str) -> str:
	doc = _locked(decision)
	if made := links.newest(QUOTATION, doc.name):
		return made
	_check_chargeable(doc)
	owed = _offered(doc)
	days = cint(frappe.get_cached_doc("Support Service Settings").acceptance_days) or 14
	values = {
		"quotation_to": "Customer",
		"party_name": doc.customer,
		"order_type": "Sales" if doc.stage == SALE else "Maintenance",
		"valid_till": add_days(nowdate(), days),
	}
	return drafts.insert(QUOTATION, doc, owed, values)


def invoice_of(decision: str) -> str:
	"""Name of the Sales Invoice of what is still owed; a draft from the submitted Quotation, else from the work done. That of a sale
	is of what its order has not billed yet.

	Where all is billed, or there is a draft already, that one.
	"""
	return transactions.run(frappe.get_doc(DECISION, decision), lambda: _invoice_of(decision))


def _invoice_of(decision: str) -> str:
	doc = _locked(decision)
	balance = balances.of_case(doc.service_request, locked=True)
	made = links.newest(INVOICE, doc.name)
	open_ = balance.unbilled(doc.name) if doc.stage == SALE else balance.offered(doc.name)
	if made and (links.is_draft(INVOICE, made) or not open_):
		return made
	if doc.stage == SALE:
		return orders.invoice_of(doc)
	_check_chargeable(doc)
	if doc.stage != WORK_DONE:
		frappe.throw(
			_("The work is not done yet. An invoice is made from the decision about the visit's work."),
			NothingToChargeError,
		)
	owed = _offered(doc, balance)
	return _from_quotation(doc, balance, owed) or drafts.insert(
		INVOICE, doc, owed, {"customer": doc.customer, "update_stock": 0}
	)


def describe(doc: Any) -> dict[str, float]:
	"""How much of a decision (row or document) is billed, is on drafts and orders, and can still be offered."""
	balance = balances.of_case(doc.service_request)
	same = balance.same_work(doc.name)
	return {
		"billed": flt(sum(balance.billed[name] for name in same), balance.digits),
		"promised": flt(sum(balance.promised[name] for name in same), balance.digits),
		"offered": 0.0 if why_not(doc) else balance.offered(doc.name),
	}


def _locked(decision: str) -> Document:
	request = frappe.db.get_value(DECISION, decision, "service_request")
	if request:
		decision_store.lock_case(request)
	return locks.get_doc(DECISION, decision)


def _check_chargeable(doc: Document) -> None:
	if why := why_not(doc):
		frappe.throw(why, NothingToChargeError)


def why_not(doc: Any) -> str | None:
	"""Why the decision charges nothing, whatever is billed so far; None where it does."""
	if doc.status != CURRENT or doc.stage == INTAKE:
		return _("{0} does not say what the work costs, or another decision has taken its place.").format(
			doc.name
		)
	if doc.acceptance == DECLINED:
		return _("The customer has declined this charge. Decide the lines otherwise, or make a new offer.")
	if not doc.charged_amount:
		return _("Nothing is charged: all work is covered, or has no price.")
	return None


def _offered(doc: Document, balance: Balance | None = None) -> float:
	"""What is still owed and on no draft or order; refused where nothing is.

	An order of the offer before the work charges the same work, and so does an invoice of a visit that was cancelled and
	reported anew. What other visits have done is charged separately.
	"""
	balance = balance or balances.of_case(doc.service_request, locked=True)
	owed = balance.offered(doc.name)
	if not owed:
		documents = [name for name, amount in balance.documents_of(doc.name).items() if amount > 0]
		frappe.throw(
			_(
				"What {0} says is charged with {1} already. Go on with that one, or cancel or delete it first, so"
				" that the work is not charged twice."
			).format(doc.name, ", ".join(documents)),
			OfferOrderedError,
		)
	return owed


def _from_quotation(doc: Document, balance: Balance, owed: float) -> str | None:
	"""A draft invoice mapped from the submitted Quotation; None where a part of it is on another document."""
	offer = links.newest(QUOTATION, doc.name)
	if not offer or links.is_draft(QUOTATION, offer) or balance.documents_of(doc.name):
		return None
	# the caller checked the right to charge, not the right to read Quotations; see drafts.save
	made = _make_sales_invoice(offer, ignore_permissions=True)
	rates = balances.agreed_rates([doc.name])
	charged = sum(
		balances.worth(_with_charge(made, row), rates) for row in made.items if row.get("coverage_decision")
	)
	return drafts.save(made, doc) if flt(charged, balance.digits) <= owed else None


def _with_charge(made: Document, row: Any) -> Any:
	"""The row of a mapped draft as `balances.worth` reads it."""
	charge = included_taxes.charge_of(made, row)
	same = row.net_amount == row.base_net_amount
	base = charge if same else flt(charge * flt(made.conversion_rate))
	return frappe._dict(coverage_decision=row.coverage_decision, net_amount=charge, base_net_amount=base)
