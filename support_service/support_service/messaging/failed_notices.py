"""A message to our own people that could not be brought: the lead of the request is told on the desk, as nobody else is."""

from __future__ import annotations

import frappe
from frappe import _

from support_service.foundation import people
from support_service.support_service.messaging import recipients


def notify_of(name: str) -> None:
	"""Notify the lead of failed message `name`, where it was not for a customer: those are shown on the request."""
	message = frappe.db.get_value(
		"Service Message", name, ["request", "sender", "recipient", "subject", "to_customer"], as_dict=True
	)
	if message.to_customer:
		return
	case = frappe.get_doc("Service Request", message.request)

	def line(lang: str) -> str:
		said = _("Not brought to {0} by {1}: {2}", lang)
		return said.format(message.recipient, _(message.sender, lang), f"{case.name} {message.subject or ''}")

	people.notify(recipients.users_for(case, recipients.LEAD), line, document=("Service Message", name))
