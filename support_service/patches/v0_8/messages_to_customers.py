"""Messages from before say that they went to the customer: all but the text messages of escalations did."""

from __future__ import annotations

import frappe

MESSAGE = "Service Message"


def execute() -> None:
	"""Mark each once; run again it finds none."""
	message = frappe.qb.DocType(MESSAGE)
	theirs = message.message_key.not_like("escalation:%")
	# `event` came with the mark: a message that names one was written since
	before = (message.to_customer == 0) & message.event.isnull() & message.in_place_of.isnull()
	frappe.qb.update(message).set(message.to_customer, 1).where(before & theirs).run()
