"""What the customer is written about a loan: that devices were lent, when they are due, that they are late.

By the outbox of the case, each with a unique key, in the customer's language.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, formatdate

from support_service.constants.words import N_
from support_service.service_parts.loans import history
from support_service.service_parts.loans.lifecycle import HAND_OVER
from support_service.support_service.messaging import messages

CASE, SETTINGS = "Service Request", "Support Service Settings"
TEMPLATE = "support_service/templates/emails/loan.html"
LENT = (
	N_("A device is lent to you"),
	N_("You have the devices below on loan until {due}, while yours is being repaired."),
)
SOON = (
	N_("The loan is due on {due}"),
	N_("Please have the devices below ready by {due}, or ask us for a longer loan."),
)
TODAY = (
	N_("The loan is due today"),
	N_("Please have the devices below ready today, or ask us for a longer loan."),
)
LATE = (
	N_("The loan was due on {due}"),
	N_("The devices below were due on {due}. Please tell us when we can collect them."),
)


def lent(loan: Document) -> None:
	"""Write that the pieces were handed over, where customers are written about the steps of their cases."""
	if frappe.get_cached_doc(SETTINGS).tell_customer_on_moves:
		_write(loan, LENT, f"lent|{history.count(loan.name, HAND_OVER) + 1}")


def remind(loan: Document, days: int) -> list[str]:
	"""Remind the customer `days` after the due date; returns whom, empty where they cannot be reached."""
	text = SOON if days < 0 else TODAY if days == 0 else LATE
	message = _write(loan, text, f"remind|{loan.until_date}|{days}")
	return [frappe.db.get_value("Service Message", message, "recipient")] if message else []


def _write(loan: Any, text: tuple[str, str], key: str) -> str | None:
	case = frappe.get_doc(CASE, loan.service_request)
	language = messages.language_of(case)
	due = formatdate(loan.until_date)
	return messages.queue(
		case,
		subject=f"[{case.name}] {_(text[0], lang=language).format(due=due)}",
		body=frappe.render_template(
			TEMPLATE,
			{
				"line": escape_html(_(text[1], lang=language).format(due=due)),
				"loan": loan,
				"pieces": [row for row in loan.pieces if row.still_out() > 0],
				"due": due,
				"language": language,
				"url": frappe.utils.get_url("/service/loans"),
			},
		),
		key=f"loan|{loan.name}|{key}"[:140],
	)
