"""The sender *SMS*: text messages through the gateway of Frappe's own SMS Settings.

Frappe's own `send_sms` waits for ever and takes every HTTP 200 for a success; its settings and its log are used here.
"""

from __future__ import annotations

from typing import Any

import frappe
import requests
from frappe import _
from frappe.core.doctype.sms_settings.sms_settings import (
	create_sms_log,
	get_headers,
	validate_receiver_nos,
)
from frappe.model.document import Document
from frappe.utils import cint

from support_service.support_service.messaging.ways import (
	gateway_answers,
	handing_over,
	plain_text,
	robot_forms,
)
from support_service.support_service.messaging.ways.handing_over import RefusedError

# ten parts of 67 characters
LONGEST = 670
TAKEN_IF = "sms_taken_if"


class NoSmsGatewayError(frappe.ValidationError):
	"""Text messages cannot leave before a gateway is set."""


class GatewayError(frappe.ValidationError):
	"""The gateway is in trouble, which passes."""


def is_ready() -> bool:
	"""Whether a gateway is set."""
	return bool(frappe.db.get_single_value("SMS Settings", "sms_gateway_url"))


def send(message: Document) -> None:
	"""Send one Service Message; raises, and so keeps the row queued, where the gateway is missing or in trouble.

	:raises RefusedError: the gateway has refused the message, in the words it gives.
	"""
	if not is_ready():
		frappe.throw(
			_("There is no gateway for text messages. Enter one in {0}, then send the message again.").format(
				_("SMS Settings")
			),
			NoSmsGatewayError,
		)
	settings = frappe.get_doc("SMS Settings")
	(number,) = validate_receiver_nos([message.recipient])
	text = robot_forms.cut(
		message.short_text or plain_text.of_html(message.body), LONGEST, in_characters=True
	)
	request = _request(settings, number, text)
	handing_over.begin(message)
	try:
		answer = requests.request(
			**request, timeout=handing_over.TIMEOUT, stream=False, allow_redirects=False
		)
	except requests.RequestException as error:
		# its text names the address, and with it the password where the gateway wants that in the address
		reason = type(error).__name__
		raise GatewayError(_("The gateway for text messages does not answer: {0}").format(reason)) from None
	_read(answer)
	create_sms_log({"message": text.encode(), "receiver_list": [number]}, [number])


def _request(settings: Any, number: str, text: str) -> dict[str, Any]:
	headers = get_headers(settings)
	values = {row.parameter: row.value for row in settings.parameters if not row.header}
	values |= {settings.message_parameter: text, settings.receiver_parameter: number}
	place = "params"
	if headers.get("Content-Type") == "application/json":
		place = "json"
	elif cint(settings.use_post):
		place = "data"
	method = "POST" if cint(settings.use_post) else "GET"
	return {"method": method, "url": settings.sms_gateway_url, "headers": headers, place: values}


def _read(answer: requests.Response) -> None:
	said = f"HTTP {answer.status_code} {' '.join(answer.text.split())[:200]}".strip()
	if answer.status_code == 429 or answer.status_code >= 500:
		raise GatewayError(_("The gateway for text messages is in trouble: {0}").format(said))
	if answer.status_code >= 300:
		raise RefusedError(_("The gateway for text messages refuses: {0}").format(said))
	taken_if = frappe.get_cached_doc("Support Service Settings").get(TAKEN_IF) or ""
	if reason := gateway_answers.refusal(answer.text, taken_if):
		raise RefusedError(_("The gateway for text messages refuses: {0}").format(reason))
