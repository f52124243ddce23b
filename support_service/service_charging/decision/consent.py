"""Whether the customer agreed to pay for what a visit has done, before its report is submitted.

They agree on the portal, by the link in a mail, by phone or in writing (`acceptance.py`), or with their signature on the
visit: it accepts the amount that was shown above it. A lead may let the work be reported without, with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, fmt_money

from support_service.foundation import currencies
from support_service.permissions import prices
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision.store import ACCEPTED, DECLINED, WAITING

REFUSE, WARN = "Refuse", "Warn"
SIGNATURE = "Signature"


class ChargeNotAcceptedError(frappe.ValidationError):
	"""A visit charges the customer for something they have not accepted."""


def refuses() -> bool:
	"""Whether charged work that was not accepted is refused; else it warns."""
	return frappe.get_cached_doc("Support Service Settings").charge_policy == REFUSE


def signature_counts() -> bool:
	"""Whether a signature on a visit accepts the amount above it."""
	return bool(cint(frappe.get_cached_doc("Support Service Settings").signature_accepts))


def by_signature(visit: Any, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
	"""The columns of a decision of `rows` that the signature on the visit accepts; empty where it does not."""
	charge = sum(row["charge"] for row in rows)
	digits = currencies.amount_decimals(currencies.of_company(visit.company))
	signed = flt(visit.get("signed_charge"), digits)
	if not visit.get("signature") or not signed or flt(charge, digits) > signed:
		return {}
	return {
		"acceptance": ACCEPTED,
		"answered_on": visit.signed_at,
		"answered_by": visit.signed_by,
		"answered_how": SIGNATURE,
		# without the amount, which not everybody may read
		"answer_note": _("Signed on {0}.").format(visit.name),
	}


def check(visit: Document, decision: Document) -> None:
	"""Refuse, or warn of, a visit whose charge the customer has not accepted; what a lead allowed is noted.

	:raises ChargeNotAcceptedError:
	"""
	if not decision.charged_amount or decision.acceptance not in (*WAITING, DECLINED):
		return
	if visit.get("charge_allowed_reason"):
		note = _("Allowed without acceptance by {0}: {1}").format(
			visit.charge_allowed_by, visit.charge_allowed_reason
		)
		decision_store.note(decision, note[:2000])
		return
	if refuses():
		frappe.throw(
			_refusal(visit, decision), ChargeNotAcceptedError, title=_("The Customer Has Not Accepted")
		)
	frappe.msgprint(
		_("{0} of this visit is charged, and the customer has not accepted it. The lead will ask.").format(
			fmt_money(decision.charged_amount, currency=decision.currency)
		)
		if prices.sees_charges()
		else _("This visit is charged, and the customer has not accepted it. The lead will ask."),
		alert=True,
		indicator="orange",
	)


def _refusal(visit: Document, decision: Document) -> str:
	"""What is missing, and each way to go on."""
	words = [
		_("{0} of this visit is charged, and the customer has not accepted it.").format(
			fmt_money(decision.charged_amount, currency=decision.currency)
		)
		if prices.sees_charges()
		else _("This visit is charged, and the customer has not accepted it.")
	]
	if signature_counts() and visit.visit_type == "On Site":
		words.append(
			_("What the customer signed for is less: show the amount again and let them sign anew.")
			if visit.get("signature") and visit.get("signed_charge")
			else _("Show what it costs above the signature and let the customer sign.")
		)
	words.append(
		_(
			"Or let the customer accept on the portal or by mail, or ask the After-Sales Lead to allow it with a reason."
		)
	)
	return " ".join(words)
