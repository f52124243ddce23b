"""What one way could not bring goes by the next: the customer hears of it once, and the case shows both rows."""

from __future__ import annotations

import frappe

from support_service.support_service.messaging.ways import choice

MESSAGE, CASE = "Service Message", "Service Request"
# failures of one way after which another one is tried; by the pauses of foundation.batches about four hours
GIVE_UP_AFTER = 7


def follow(name: str) -> str | None:
	"""Write message `name`, which its way did not bring, anew for the next way; returns the new one's name.

	None where the customer was not to be reached by a way of our choice, where the message has a link that only its
	recipient may read, and where every way was tried. Doing it again makes no second one.
	"""
	message = frappe.get_doc(MESSAGE, name)
	if not message.to_customer or message.secret or "__secret__" in (message.body or ""):
		return None
	first = message.in_place_of or message.name
	own, instead = {"name": first}, {"in_place_of": first}
	tried = {row.sender for where in (own, instead) for row in frappe.get_all(MESSAGE, where, ["sender"])}
	case = frappe.get_doc(CASE, message.request)
	found = choice.instead_of(case, tried)
	if not found:
		return None
	sender, recipient = found
	due, waits_for = choice.when(case, sender, recipient)
	row = frappe.get_doc(
		{
			"doctype": MESSAGE,
			"request": case.name,
			"sender": sender,
			"recipient": recipient,
			"to_customer": 1,
			"in_place_of": first,
			"subject": message.subject,
			"body": message.body,
			"status": "Queued",
			"short_text": message.short_text,
			"event": message.event,
			"due_at": due,
			"waits_for": waits_for,
			"valid_until": message.valid_until,
			"message_key": f"{first}|{sender}"[:140],
		}
	)
	return row.insert(ignore_permissions=True).name  # nobody has create permission on the outbox


def is_due(name: str, attempts: int) -> bool:
	"""Whether message `name`, which has failed `attempts` times for now, should go another way."""
	message = frappe.db.get_value(MESSAGE, name, ["to_customer", "sender"], as_dict=True)
	return bool(message.to_customer and message.sender != choice.EMAIL and attempts >= GIVE_UP_AFTER)
