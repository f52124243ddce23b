"""What the customer is written about a loan: that devices were lent, when they are due, that they are late.

By the outbox of the case, each with a unique key, in the customer's language.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import formatdate
from markupsafe import Markup

from support_service.service_parts.loans import history, message_events
from support_service.service_parts.loans.lifecycle import HAND_OVER
from support_service.support_service.messaging import messages

CASE, SETTINGS = "Service Request", "Support Service Settings"


def lent(loan: Document) -> None:
	"""Write that the pieces were handed over, where customers are written about the steps of their cases."""
	if frappe.get_cached_doc(SETTINGS).tell_customer_on_moves:
		_write(loan, message_events.LENT, f"lent|{history.count(loan.name, HAND_OVER) + 1}")


def remind(loan: Document, days: int) -> list[str]:
	"""Remind the customer `days` after the due date; returns whom, empty where they cannot be reached."""
	event = message_events.LATE
	if days <= 0:
		event = message_events.SOON if days < 0 else message_events.TODAY
	message = _write(loan, event, f"remind|{loan.until_date}|{days}")
	return [frappe.db.get_value("Service Message", message, "recipient")] if message else []


def _write(loan: Any, event: str, key: str) -> str | None:
	case = frappe.get_doc(CASE, loan.service_request)
	values = {
		"loan": loan.name,
		"due": formatdate(loan.until_date),
		"devices": _devices(loan),
		"link": frappe.utils.get_url("/service/loans"),
	}
	return messages.tell(case, event, values, key=f"loan|{loan.name}|{key}"[:140])


def _devices(loan: Any) -> Markup:
	"""One line for each device that is still out."""
	return Markup("<br>").join(
		" ".join(filter(None, (row.item_name or row.item_code, row.serial_no)))
		+ (f" × {row.still_out():g}" if row.qty != 1 else "")
		for row in loan.pieces
		if row.still_out() > 0
	)
