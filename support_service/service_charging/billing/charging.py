"""What is charged becomes ERPNext's own Quotation, Sales Order and Sales Invoice; taxes and accounts are ERPNext's.

We make drafts of what is still owed (balances.py), one at a time: `service_charge_key` is unique on both. Whoever
submits them needs ERPNext's rights, and checks.py sees that no more is billed than the decision charges. The parts
have left stock with the visit, so nothing of ours draws them again.
"""

from __future__ import annotations

from typing import Any

import frappe
from erpnext.selling.doctype.quotation.quotation import _make_sales_invoice
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, flt, nowdate

from support_service.service_charging.billing import balances, drafts, links
from support_service.service_charging.billing.balances import INVOICE, QUOTATION, Balance
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision.store import CURRENT, DECISION, DECLINED, INTAKE, WORK_DONE


class NothingToChargeError(frappe.ValidationError):
	"""The decision charges nothing, does not stand, or the customer has declined."""


class OfferOrderedError(frappe.ValidationError):
	"""All of it is charged already: here, by the offer before it, or by a report that was cancelled."""


def quotation_of(decision: str) -> str:
	"""Name of the Quotation of this charge; made as a draft where there is none."""
	doc = _locked(decision)
	if made := links.newest(QUOTATION, doc.name):
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
	return drafts.insert(QUOTATION, doc, owed, values)


def invoice_of(decision: str) -> str:
	"""Name of the Sales Invoice of what is still owed; a draft from the submitted Quotation, else from the work done.

	Where all is billed, or a draft stands, that one.
	"""
	doc = _locked(decision)
	balance = balances.of_case(doc.service_request, locked=True)
	made = links.newest(INVOICE, doc.name)
	if made and (links.is_draft(INVOICE, made) or not balance.offered(doc.name)):
		return made
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
	"""What of a decision (row or document) is billed, stands on drafts and orders, and can still be charged."""
	balance = balances.of_case(doc.service_request)
	same = balance.same_work(doc.name)
	return {
		"billed": flt(sum(balance.billed[name] for name in same), balance.digits),
		"promised": flt(sum(balance.promised[name] for name in same), balance.digits),
		"offered": 0.0 if _why_not(doc) else balance.offered(doc.name),
	}


def _locked(decision: str) -> Document:
	request = frappe.db.get_value(DECISION, decision, "service_request")
	if request:
		decision_store.lock_case(request)
	return frappe.get_doc(DECISION, decision, for_update=True)


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


def _offered(doc: Document, balance: Balance | None = None) -> float:
	"""What is still owed and on no draft or order. An order of the offer before the work charges the same work, and so does
	an invoice of a visit that was cancelled and reported anew. What other visits have done is charged by itself.
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
	"""An invoice of the submitted offer, as it was agreed; none where a part of it stands elsewhere."""
	offer = links.newest(QUOTATION, doc.name)
	if not offer or links.is_draft(QUOTATION, offer) or balance.documents_of(doc.name):
		return None
	# past the mapper's permission checks: see drafts.save
	made = _make_sales_invoice(offer, ignore_permissions=True)
	rates = balances.agreed_rates([doc.name])
	charged = sum(balances.worth(row, rates) for row in made.items if row.get("coverage_decision"))
	return drafts.save(made, doc) if flt(charged, balance.digits) <= owed else None
