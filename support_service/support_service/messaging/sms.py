"""The sender *SMS*: text messages through the gateway of Frappe's own SMS Settings."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.core.doctype.sms_settings.sms_settings import send_sms
from frappe.model.document import Document
from frappe.utils import strip_html


class NoSmsGatewayError(frappe.ValidationError):
	"""Text messages cannot leave before a gateway is set."""


def send(message: Document) -> None:
	"""Send one Service Message; raises, and so keeps the row queued, where the gateway is missing or refuses."""
	if not frappe.db.get_single_value("SMS Settings", "sms_gateway_url"):
		frappe.throw(
			_("There is no gateway for text messages. Enter one in {0}, then send the message again.").format(
				_("SMS Settings")
			),
			NoSmsGatewayError,
		)
	send_sms([message.recipient], strip_html(message.body or "").strip(), success_msg=False)
