"""The sender *Text Message*. A real one would call a provider; this one writes what it sends to a table."""

from __future__ import annotations

import frappe
from frappe.model.document import Document
from frappe.utils import strip_html


def send(message: Document) -> None:
	"""Send one Service Message. Raising means: not sent, try again later.

	`message_key` is unique per message. A provider that takes an idempotency key should be given it: when the process
	dies between sending and commit, the same message is sent again.
	"""
	frappe.get_doc(
		{
			"doctype": "Example Text Message",
			"message_key": message.message_key,
			"recipient": message.recipient,
			"text": f"{message.subject}\n{strip_html(message.body or '').strip()}",
			"service_request": message.request,
		}
	).insert(ignore_permissions=True)  # the sweep runs for nobody in particular
