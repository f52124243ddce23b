"""The customer's answer to a charge: asked for before work begins; given on the portal, by a link in a mail, by phone or
in writing.

The link carries a random token; only its SHA-256 is stored, it expires and it works once. The mail is sent by `messages.py`,
which listens to the decision (hooks.py).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, flt, get_datetime, now_datetime

from support_service.foundation import currencies, locks
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision.store import (
	ACCEPTED,
	ASKED,
	BEFORE_WORK,
	CURRENT,
	DECISION,
	DECLINED,
	NOT_NEEDED,
	OPEN,
	REVERSED,
	SALE,
	WAITING,
	WORK_DONE,
)

PORTAL, LINK, PHONE, WRITING = "Portal", "E-mail Link", "Phone", "In Writing"
BY_STAFF = (PHONE, WRITING)
DEFAULT_DAYS = 14


class ChargeAnsweredError(frappe.ValidationError):
	"""The charge has been answered, or another decision has taken its place."""


class ChargeAnswerError(frappe.ValidationError):
	"""Something the answer needs is missing."""


def for_new_decision(
	request: str, stage: str, rows: Sequence[dict[str, Any]], visit: str | None
) -> dict[str, Any]:
	"""The columns of a new decision about the customer's answer: not needed, open, or as given before for as much or more."""
	if all(row["covered_share"] >= 100 for row in rows):
		return {"acceptance": NOT_NEEDED}
	if stage == WORK_DONE and (given := _given_before(request, sum(row["charge"] for row in rows), visit)):
		return given
	return {"acceptance": OPEN}


def ask(decision: str) -> Document:
	"""Ask the customer for an answer; a link sent before is not valid any more."""
	doc = _waiting(decision)
	days = cint(frappe.get_cached_doc("Support Service Settings").acceptance_days) or DEFAULT_DAYS
	token = secrets.token_urlsafe(32)
	doc.update(
		{
			"acceptance": ASKED,
			"asked_on": now_datetime(),
			"token_hash": fingerprint(token),
			"token_expires_on": add_to_date(now_datetime(), days=days),
		}
	)
	doc.flags.acceptance_token = token  # for the mail; nobody else ever sees it
	return decision_store.save(doc)


def answer(decision: str, *, accepted: bool, how: str, by: str, note: str | None = None) -> Document:
	"""Store the customer's answer. The caller has checked that `by` may give it, or the user may enter it.

	how: PORTAL, LINK, PHONE or WRITING; the last two need a `note` of who said what.

	:raises ChargeAnsweredError, ChargeAnswerError:
	"""
	if how in BY_STAFF and not (note or "").strip():
		frappe.throw(_("Please write down who answered, and what was said."), ChargeAnswerError)
	doc = _waiting(decision)
	doc.update(
		{
			"acceptance": ACCEPTED if accepted else DECLINED,
			"answered_on": now_datetime(),
			"answered_by": by,
			"answered_how": how,
			"answer_note": (note or "").strip()[:2000] or None,
			"token_hash": None,
			"token_expires_on": None,
		}
	)
	doc.flags.charge_answered = True
	return decision_store.save(doc)


def fingerprint(token: str) -> str:
	return hashlib.sha256(token.encode()).hexdigest()


def find_by_token(token: str) -> Document | None:
	"""The decision whose link carries `token`, else None: used, expired, replaced and invented look the same."""
	name = frappe.db.get_value(
		DECISION, {"token_hash": fingerprint(token or ""), "status": CURRENT, "acceptance": ASKED}
	)
	if not name:
		return None
	doc = frappe.get_doc(DECISION, name)
	return doc if get_datetime(doc.token_expires_on) > now_datetime() else None


def open_charge_of(request: str) -> Document | None:
	"""The decision of the case that waits for the customer's answer: one with a price, before or after work or for parts sold."""
	name = frappe.db.get_value(
		DECISION,
		{
			"service_request": request,
			"status": CURRENT,
			"acceptance": ("in", WAITING),
			"stage": ("in", (BEFORE_WORK, WORK_DONE, SALE)),
		},
		order_by="number desc",
	)
	return frappe.get_doc(DECISION, name) if name else None


def _waiting(decision: str) -> Document:
	"""The decision, locked after its case as everywhere, if it still waits for an answer."""
	request = frappe.db.get_value(DECISION, decision, "service_request")
	if request:
		decision_store.lock_case(request)
	doc = locks.get_doc(DECISION, decision)
	if doc.status != CURRENT or doc.acceptance not in WAITING:
		frappe.throw(
			_("This charge has been answered already, or another decision has taken its place."),
			ChargeAnsweredError,
		)
	return doc


def _given_before(request: str, charge: float, visit: str | None) -> dict[str, Any] | None:
	"""The answer to the offer before work, if what all visits charge together is no more than what was accepted."""
	fields = (
		"acceptance",
		"charged_amount",
		"currency",
		"answered_on",
		"answered_by",
		"answered_how",
		"name",
	)
	filters = {"service_request": request, "stage": BEFORE_WORK, "status": ("!=", REVERSED)}
	offer = frappe.db.get_value(DECISION, filters, fields, order_by="number desc", as_dict=True)
	if not offer or offer.acceptance != ACCEPTED:
		return None
	done = frappe.get_all(
		DECISION,
		filters={"service_request": request, "stage": WORK_DONE, "status": CURRENT},
		fields=["charged_amount", "engineer_visit"],
	)
	others = sum(row.charged_amount for row in done if row.engineer_visit != visit)
	digits = currencies.amount_decimals(offer.currency)
	if flt(others + charge, digits) > flt(offer.charged_amount, digits):
		return None
	return {
		"acceptance": ACCEPTED,
		"answered_on": offer.answered_on,
		"answered_by": offer.answered_by,
		"answered_how": offer.answered_how,
		"answer_note": _("As accepted in {0}.").format(offer.name),
	}
