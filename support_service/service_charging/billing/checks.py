"""Refuses ERPNext documents that would charge more than a decision says: listens to Quotation, Sales Order and Sales
Invoice (hooks.py).

Only rows that name a decision are checked. Such a row names it because the row it was made from does: ERPNext's mapping,
Amend and Duplicate copy it. What is agreed in addition is a row without a decision, which is not checked.
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
from support_service.service_charging.billing import balances, included_taxes
from support_service.service_charging.billing.balances import FIELD, INVOICE, ORDER, QUOTATION
from support_service.service_charging.decision.store import DECISION

# doctype → (field of a row that names the row it was made from, DocType of that row); the first that is set counts
MADE_FROM = {
	QUOTATION: (),
	ORDER: (("quotation_item", "Quotation Item"),),
	INVOICE: (("so_detail", "Sales Order Item"), ("sales_invoice_item", "Sales Invoice Item")),
}
HEADER = (FIELD, "service_request")


class ChargedTwiceError(frappe.ValidationError):
	"""More would be billed for a decision than it charges."""


class CreditedTwiceError(frappe.ValidationError):
	"""More would be credited for a decision than stands billed for it."""


def decisions_of(doc: Document) -> list[str]:
	"""The decisions that rows of the document charge, in their order."""
	return list(dict.fromkeys(row.get(FIELD) for row in doc.get("items") or () if row.get(FIELD)))


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Before a save: name on each row the decision of the row it was made from, and on the document the one of its first row."""
	_follow_sources(doc)
	_drop_foreign_decisions(doc)
	names = decisions_of(doc)
	if names and doc.is_new():
		balances.lock(names)  # case first, then rows: the order in which everybody locks
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
	amounts = _amounts(doc)
	_check(doc, amounts, given_back=False)
	if doc.doctype == INVOICE:
		_check_credits(doc, amounts)


before_update_after_submit = before_submit


def before_cancel(doc: Document, method: str | None = None) -> None:
	"""Before a cancellation: what a credit note had credited may be on another invoice by now.

	:raises ChargedTwiceError:
	"""
	balances.lock(decisions_of(doc))
	if doc.doctype == INVOICE:
		amounts = {name: -amount for name, amount in _amounts(doc).items() if amount < 0}
		_check(doc, amounts, given_back=True)


def _check(doc: Document, amounts: Mapping[str, float], *, given_back: bool) -> None:
	amounts = {name: amount for name, amount in amounts.items() if amount > 0}
	balances.lock(amounts)
	agreed = balances.agreed_rates(amounts) if amounts else {}
	digits = currencies.amount_decimals(doc.currency)
	known: dict[str, balances.Balance] = {}
	for name, amount in amounts.items():
		request = frappe.db.get_value(DECISION, name, "service_request")
		balance = known.get(request)
		if not balance:
			without = None if given_back else doc.name
			balance = known[request] = balances.of_case(request, without=without, locked=True)
		rate = agreed.get(name) or flt(doc.conversion_rate) or 1.0
		if doc.currency == frappe.db.get_value(DECISION, name, "currency"):
			rate = 1.0
		allowed = _allowed(doc, balance, name, given_back)
		if flt(amount, digits) > flt(allowed / rate, digits):
			_refuse(doc, balance, name, amount * rate, allowed)
		balance.billed[name] += amount * rate


def _check_credits(doc: Document, amounts: Mapping[str, float]) -> None:
	"""Refuse a credit note, of an invoice or of a delivery's return, that credits more than stands billed."""
	credits = {name: -amount for name, amount in amounts.items() if amount < 0}
	balances.lock(credits)
	for name, amount in credits.items():
		request = frappe.db.get_value(DECISION, name, "service_request")
		billed = max(balances.of_case(request, without=doc.name, locked=True).billed[name], 0.0)
		currency = frappe.db.get_value(DECISION, name, "currency")
		same = doc.currency == currency
		rate = 1.0 if same else balances.agreed_rates([name]).get(name) or flt(doc.conversion_rate) or 1.0
		digits = currencies.amount_decimals(doc.currency)
		if flt(amount, digits) > flt(billed / rate, digits):
			frappe.throw(
				_(
					"{0} would be credited for {1}, and {2} of it stands billed: the rest was credited before. Reduce or remove these rows."
				).format(
					fmt_money(amount * rate, currency=currency),
					get_link_to_form(DECISION, name),
					fmt_money(billed, currency=currency),
				),
				CreditedTwiceError,
				title=_("Credited already"),
			)


def _allowed(doc: Document, balance: balances.Balance, name: str, given_back: bool) -> float:
	if doc.doctype == QUOTATION:
		return _charged(balance, name)
	if doc.doctype == ORDER:
		return balance.orderable(name)
	return balance.owed(name, given_back=given_back)


def _amounts(doc: Document) -> dict[str, float]:
	"""Decision → what the rows of the document charge for it, net, in the document's currency. Of an order, what is not
	billed yet.
	"""
	amounts: dict[str, float] = defaultdict(float)
	for row in doc.items:
		if row.get(FIELD) and not row.get("is_alternative"):
			billed = flt(row.get("billed_amt")) if doc.doctype == ORDER else 0
			share = billed / flt(row.amount) if flt(row.amount) else 0
			amounts[row.get(FIELD)] += included_taxes.charge_of(doc, row) * (1 - share)
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


def _drop_foreign_decisions(doc: Document) -> None:
	"""Clear the decision on rows of a document for another customer or company, such as a copy of one."""
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


def _refuse(doc: Document, balance: Any, name: str, amount: float, allowed: float) -> None:
	currency = frappe.db.get_value(DECISION, name, "currency")
	words = [
		_("{0} charges {1}; here {2} would be billed for it, and {3} is still owed.").format(
			get_link_to_form(DECISION, name),
			*(fmt_money(sum_, currency=currency) for sum_ in (_charged(balance, name), amount, allowed)),
		)
	]
	documents = {
		document: sum_
		for document, sum_ in balance.documents_of(name).items()
		if sum_ and document != doc.name
	}
	if documents and doc.doctype != QUOTATION:
		found = [
			f"{_link(document)} ({fmt_money(sum_, currency=currency)})"
			for document, sum_ in documents.items()
		]
		words.append(_("It is on {0} already.").format(", ".join(found)))
	elif not balance.is_current(name):
		words.append(_("Another decision has taken its place, or the visit was cancelled."))
	words.append(_("Reduce or remove these rows; what is agreed on top is a row of its own."))
	frappe.throw(" ".join(words), ChargedTwiceError, title=_("Charged already"))


def _charged(balance: Any, name: str) -> float:
	return next(charge.charged for charge in balance.charges if charge.name == name)


def _link(document: str) -> str:
	return get_link_to_form(INVOICE if frappe.db.exists(INVOICE, document) else ORDER, document)
