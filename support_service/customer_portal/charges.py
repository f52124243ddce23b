"""What a customer reads about who pays for a case: on the case's page and behind the link in a mail."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import flt, fmt_money

from support_service.foundation import rate_limits
from support_service.service_charging.decision import acceptance
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision import words as coverage_words
from support_service.service_charging.rules.outcome import Result
from support_service.service_coverage.vocabulary import Kind
from support_service.support_service.messaging import customer_people

# pages opened in an hour: by one address, by all guests together
LOOKS = {"address": 120, "site": 3000}
PROOF = "proof_of_purchase"
TONES = {Result.COVERED: "green", Result.PARTLY: "orange", Result.CHARGED: "orange"}


def of_case(case: Any) -> dict[str, Any] | None:
	"""The valid coverage decision of `case` in the customer's words; None without one. The caller has checked the case."""
	waiting = acceptance.open_charge_of(case.name)
	doc = waiting or next(iter(decision_store.current_of(case.name)), None)
	return {**describe(doc), "waits": bool(waiting)} if doc else None


def describe(doc: Any) -> dict[str, Any]:
	"""A decision in the customer's words: outcome, tone, lines and what it comes to."""
	return {
		"name": doc.name,
		"words": _outcome_words(doc.outcome),
		"tone": TONES[Result(doc.outcome)],
		"lines": [_line(row, doc.currency, sold=doc.stage == decision_store.SALE) for row in doc.lines],
		"priced": bool(flt(doc.total)),
		"charge": fmt_money(doc.charged_amount, currency=doc.currency),
		"covered": fmt_money(doc.covered_amount, currency=doc.currency) if flt(doc.covered_amount) else "",
		"acceptance": doc.acceptance,
	}


def link_page(token: str) -> dict[str, Any]:
	"""Context of the page behind a mail's link; `valid` is False for a wrong, used or expired link.

	Raises rate_limits.TooManyRequestsError: tokens are 256 bits and cannot be guessed; the limit keeps the database from being
	searched.
	"""
	rate_limits.count_guest("charge-page", **LOOKS)
	doc = acceptance.find_by_token(token) if 20 <= len(token) <= 200 else None
	if not doc:
		return {"valid": False}
	subject = frappe.db.get_value("Service Request", doc.service_request, "subject")
	return {
		"valid": True,
		"token": token,
		"number": doc.service_request,
		"subject": subject,
		"charge": {**describe(doc), "waits": True},
	}


def answer_link(token: str, accepted: bool, note: str | None) -> bool:
	"""Accept or decline by the link in a mail; False for a wrong, used or expired link."""
	charge = acceptance.find_by_token(token)
	if not charge:
		return False
	case = frappe.get_doc("Service Request", charge.service_request)
	customer_people.refuse_own_answer(case)
	by = case.contact_email or _("Link in the mail")
	try:
		acceptance.answer(charge.name, accepted=accepted, how=acceptance.LINK, by=by, note=note)
	except acceptance.ChargeAnsweredError:
		# somebody else answered between the check and the lock
		frappe.clear_last_message()
		return False
	return True


def store_proof(case: Any) -> None:
	"""Put the file the customer has just attached on the case as its proof of purchase, and on its decisions."""
	url = frappe.db.get_value(
		"File",
		{"attached_to_doctype": case.doctype, "attached_to_name": case.name, "owner": frappe.session.user},
		"file_url",
		order_by="creation desc",
	)
	# a customer has no write permission on the case; the caller checked that it is theirs
	frappe.db.set_value(case.doctype, case.name, PROOF, url)
	for doc in decision_store.current_of(case.name):
		frappe.db.set_value(doc.doctype, doc.name, PROOF, url)


def _line(row: Any, currency: str, *, sold: bool) -> dict[str, Any]:
	what = {Kind.LABOUR: _("Labour"), Kind.TRAVEL: _("Travel"), Kind.PART: _("Parts")}[Kind(row.kind)]
	if row.kind == Kind.PART and row.description:
		what = row.description
	return {
		"what": what,
		"qty": _quantity(row),
		"sentence": coverage_words.for_customer(row, sold=sold),
		"charge": fmt_money(row.charge, currency=currency) if flt(row.amount) else "",
		"free": row.covered_share >= 100,
	}


def _quantity(row: Any) -> str:
	if not flt(row.qty) or not flt(row.amount):
		return ""
	if row.kind == Kind.LABOUR:
		return _("{0} h").format(f"{flt(row.qty, 2):g}")
	return f"{flt(row.qty):g} ×"


def _outcome_words(outcome: str) -> str:
	return {
		Result.COVERED: _("Free of charge"),
		Result.PARTLY: _("Partly free of charge"),
		Result.CHARGED: _("Will be charged"),
	}[Result(outcome)]
