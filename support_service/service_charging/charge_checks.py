"""What ERPNext's documents may charge for a decision: listens to Quotation, Sales Order and Sales Invoice (hooks.py).

Only rows that name a decision are judged. Such a row names it because the row it was made from does: ERPNext's mapping,
Amend and Duplicate hand it on. What is agreed on top is a row of its own, which is none of ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, fmt_money, get_link_to_form

from support_service.foundation import currencies
from support_service.service_charging import charge_standing
from support_service.service_charging.charge_standing import FIELD, INVOICE, ORDER, QUOTATION
from support_service.service_charging.decision_store import DECISION

# doctype → (field of a row that names the row it was made from, DocType of that row); the first that is set counts
MADE_FROM = {
	QUOTATION: (),
	ORDER: (("quotation_item", "Quotation Item"),),
	INVOICE: (("so_detail", "Sales Order Item"), ("sales_invoice_item", "Sales Invoice Item")),
}
HEADER = (FIELD, "service_request")


class ChargedTwiceError(frappe.ValidationError):
	"""More would be billed for a decision than it charges."""


def decisions_of(doc: Document) -> list[str]:
	"""The decisions that rows of the document charge, in their order."""
	return list(dict.fromkeys(row.get(FIELD) for row in doc.get("items") or () if row.get(FIELD)))


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Before a save: each row names the decision of the row it was made from, and the document the first of its rows."""
	_follow_sources(doc)
	_forget_strangers(doc)
	names = decisions_of(doc)
	if names and doc.is_new():
		charge_standing.lock(names)  # before its rows are written, as everybody else does
	if doc.get(FIELD) in (names or (None,)):
		return
	# a copied Quotation is an offer of its own
	first = names[0] if names and doc.doctype != QUOTATION else None
	request = frappe.db.get_value(DECISION, first, "service_request") if first else None
	doc.update({FIELD: first, "service_request": request})


def before_submit(doc: Document, method: str | None = None) -> None:
	"""Before a submission, and before the items of a submitted order are changed.

	:raises ChargedTwiceError:
	"""
	_check(doc, _amounts(doc), given_back=False)


before_update_after_submit = before_submit


def before_cancel(doc: Document, method: str | None = None) -> None:
	"""Before a cancellation: what a credit note has given back may stand on another invoice by now.

	:raises ChargedTwiceError:
	"""
	charge_standing.lock(decisions_of(doc))
	if doc.doctype == INVOICE:
		amounts = {name: -amount for name, amount in _amounts(doc).items() if amount < 0}
		_check(doc, amounts, given_back=True)


def _check(doc: Document, amounts: Mapping[str, float], *, given_back: bool) -> None:
	amounts = {name: amount for name, amount in amounts.items() if amount > 0}
	charge_standing.lock(amounts)
	agreed = charge_standing.agreed_rates(amounts) if amounts else {}
	digits = currencies.amount_decimals(doc.currency)
	standings: dict[str, charge_standing.Standing] = {}
	for name, amount in amounts.items():
		request = frappe.db.get_value(DECISION, name, "service_request")
		standing = standings.get(request)
		if not standing:
			without = None if given_back else doc.name
			standing = standings[request] = charge_standing.of_case(request, without=without, locked=True)
		rate = agreed.get(name) or flt(doc.conversion_rate) or 1.0
		if doc.currency == frappe.db.get_value(DECISION, name, "currency"):
			rate = 1.0
		allowed = _allowed(doc, standing, name, given_back)
		if flt(amount, digits) > flt(allowed / rate, digits):
			_refuse(doc, standing, name, amount * rate, allowed)
		standing.billed[name] += amount * rate


def _allowed(doc: Document, standing: charge_standing.Standing, name: str, given_back: bool) -> float:
	if doc.doctype == QUOTATION:
		return _charged(standing, name)
	if doc.doctype == ORDER:
		return standing.orderable(name)
	return standing.owed(name, given_back=given_back)


def _amounts(doc: Document) -> dict[str, float]:
	"""Decision → what the rows of the document charge for it, net, in the document's currency. Of an order, what is not
	billed yet.
	"""
	amounts: dict[str, float] = defaultdict(float)
	for row in doc.items:
		if row.get(FIELD) and not row.get("is_alternative"):
			billed = flt(row.get("billed_amt")) if doc.doctype == ORDER else 0
			share = billed / flt(row.amount) if flt(row.amount) else 0
			amounts[row.get(FIELD)] += flt(row.net_amount) * (1 - share)
	return amounts


def _follow_sources(doc: Document) -> None:
	for field, table in MADE_FROM[doc.doctype]:
		names = {row.get(field) for row in doc.items if row.get(field)}
		if not names:
			continue
		found = dict(frappe.get_all(table, {"name": ("in", names)}, ["name", FIELD], as_list=True))
		for row in doc.items:
			if row.get(field) in found:
				row.set(FIELD, found[row.get(field)])


def _forget_strangers(doc: Document) -> None:
	"""A copy made for another customer or company charges something else."""
	names = decisions_of(doc)
	if not names:
		return
	customer = doc.get("party_name") if doc.doctype == QUOTATION else doc.get("customer")
	if doc.doctype == QUOTATION and doc.get("quotation_to") != "Customer":
		customer = None
	own = frappe.get_all(
		DECISION, {"name": ("in", names), "customer": customer or "", "company": doc.company}, pluck="name"
	)
	for row in doc.items:
		if row.get(FIELD) and row.get(FIELD) not in own:
			row.set(FIELD, None)


def _refuse(doc: Document, standing: Any, name: str, amount: float, allowed: float) -> None:
	currency = frappe.db.get_value(DECISION, name, "currency")
	words = [
		_("{0} charges {1}; here {2} would be billed for it, and {3} is still owed.").format(
			get_link_to_form(DECISION, name),
			*(fmt_money(sum_, currency=currency) for sum_ in (_charged(standing, name), amount, allowed)),
		)
	]
	papers = {paper: sum_ for paper, sum_ in standing.papers_of(name).items() if sum_ and paper != doc.name}
	if papers and doc.doctype != QUOTATION:
		found = [f"{_link(paper)} ({fmt_money(sum_, currency=currency)})" for paper, sum_ in papers.items()]
		words.append(_("It stands on {0} already.").format(", ".join(found)))
	elif not standing.stands(name):
		words.append(_("Another decision has taken its place, or the visit was cancelled."))
	words.append(_("Reduce or remove these rows; what is agreed on top is a row of its own."))
	frappe.throw(" ".join(words), ChargedTwiceError, title=_("Charged already"))


def _charged(standing: Any, name: str) -> float:
	return next(charge.charged for charge in standing.charges if charge.name == name)


def _link(paper: str) -> str:
	return get_link_to_form(INVOICE if frappe.db.exists(INVOICE, paper) else ORDER, paper)
