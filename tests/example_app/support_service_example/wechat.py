"""The channel *WeChat Work*: customers write to our account, the gateway calls `receive`."""

from __future__ import annotations

from typing import Any

import frappe

from support_service.service_intake.channels import Channel
from support_service.service_intake.intake import IntakePayload, accept

CHANNEL = Channel(
	name="WeChat Work",
	description="A message to our WeChat Work account",
	icon="message",
)


def receive(message: dict[str, Any]) -> str:
	"""Make a case of one message of the gateway; returns its number once it is committed.

	message: `MsgId` (unique), `Content`, `From` (name shown), `Phone`. The gateway repeats a message until it gets an
	answer, so the message's id is the key: a repeat returns the case of the first.
	"""
	text = message["Content"].strip()
	payload = IntakePayload(
		subject=text.splitlines()[0][:120],
		description=frappe.utils.escape_html(text),
		contact_name=message.get("From"),
		contact_phone=message.get("Phone"),
		preferred_channel="Text Message",
	)
	case = accept(CHANNEL.name, payload, key=message["MsgId"])
	frappe.db.commit()  # "received" is answered only for what is stored
	return case
