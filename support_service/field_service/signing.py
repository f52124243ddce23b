"""The customer's signature on a visit accepts the amount that was shown above it, see `service_charging`'s consent.py.

The form sends with a new signature which amount it showed (`charge_shown`). It counts if that is what the visit costs at that
moment; what was accepted stays with the signature, also on an amended visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, fmt_money, now_datetime

from support_service.field_service.errors import VisitIncompleteError
from support_service.foundation import currencies
from support_service.service_charging.decision import acceptance, consent, words
from support_service.service_charging.decision import visits as visit_decisions
from support_service.service_charging.decision.store import ACCEPTED, WORK_DONE

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit

ALLOWED = ("charge_allowed_reason", "charge_allowed_by", "charge_allowed_on")


def follow(visit: EngineerVisit) -> None:
	"""Set what the signature accepts, and keep what a lead has allowed; nobody types either."""
	shown, visit.charge_shown = visit.charge_shown, None
	before = visit.get_doc_before_save() or _amended(visit)
	visit.update({name: before.get(name) if before else None for name in ALLOWED})
	if not visit.signature:
		visit.signed_charge = 0
	elif before and before.signature == visit.signature:
		visit.signed_charge = before.signed_charge
	else:
		visit.signed_charge = _seen(visit, shown)


def allow(visit: Document, reason: str) -> None:
	"""Let the visit be reported although the customer has not accepted its charge. The caller has checked who asks.

	The open form of the engineer can still be saved: `modified` stays.
	"""
	if not reason.strip():
		frappe.throw(_("Please say why the work is done without acceptance."), VisitIncompleteError)
	if not visit.docstatus.is_draft():
		frappe.throw(_("Visit {0} is submitted already.").format(visit.name), VisitIncompleteError)
	values = dict(zip(ALLOWED, (reason.strip(), frappe.session.user, now_datetime()), strict=True))
	frappe.db.set_value(visit.doctype, visit.name, values, update_modified=False)
	visit.add_comment(
		"Info", _("allowed this visit without the customer's acceptance: {0}").format(reason.strip())
	)


def to_sign(visit: Document) -> dict[str, Any]:
	"""What is shown above the signature; see `api.charge_to_sign`."""
	currency = currencies.of_company(visit.company)
	nothing = {"priced": False, "lines": [], "charge": 0.0, "currency": currency, "accepted": False}
	if visit.docstatus or not visit.arrived_at or not consent.signature_counts():
		return nothing
	if not visit.work_minutes and not visit.left_at:
		# how long it took is not known yet: whether an hour would be charged says whether there is something to sign
		visit.work_minutes = 60
		charged = charge_of(visit_decisions.expected(visit), visit.company) > 0
		return {**nothing, "priced": charged, "hours_known": False}
	rows = visit_decisions.expected(visit)
	offered = acceptance.for_new_decision(visit.service_request, WORK_DONE, rows, visit.name)
	return {
		"priced": True,
		"hours_known": True,
		"lines": [
			{
				"description": row["description"] or words.kind(row["kind"]),
				"qty": row["qty"],
				"charge": row["charge"],
				"free": row["covered_share"] >= 100,
			}
			for row in rows
		],
		"charge": charge_of(rows, visit.company),
		"currency": currency,
		"accepted": offered["acceptance"] == ACCEPTED,
	}


def charge_of(rows: Sequence[dict[str, Any]], company: str) -> float:
	"""What the customer pays for the lines of a decision, in the company's currency."""
	digits = currencies.amount_decimals(currencies.of_company(company))
	return flt(sum(row["charge"] for row in rows), digits)


def _amended(visit: Document) -> Document | None:
	"""The visit that this new one amends: what was signed and allowed there is part of it."""
	if visit.is_new() and visit.amended_from:
		return frappe.get_doc(visit.doctype, visit.amended_from)
	return None


def _seen(visit: Document, shown: str | None) -> float:
	"""The amount a new signature accepts: the one that was shown, if it is right."""
	if not shown or not consent.signature_counts():
		return 0.0
	currency = currencies.of_company(visit.company)
	seen = flt(shown, currencies.amount_decimals(currency))
	charge = charge_of(visit_decisions.expected(visit), visit.company)
	if charge <= seen:
		return charge
	frappe.msgprint(
		_(
			"The customer signed while {0} was shown, and the visit costs {1} now. Show them the new amount and let them sign again."
		).format(fmt_money(seen, currency=currency), fmt_money(charge, currency=currency)),
		title=_("The Amount Has Changed"),
		indicator="orange",
	)
	return 0.0
