"""What a customer writes on a case, on the portal or by mail: it ends our waiting for them, and one of our people is notified.

The wait ends at the moment they wrote, not when work is taken up again: the time in between is ours. The case stays where it
is until somebody looks at it. Only the customer's own people end it; what a machine writes is an Automated Message
(foundation/automatic_mail.py), which ends nothing and notifies nobody.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, strip_html

from support_service.foundation import automatic_mail, instants, locks, people
from support_service.support_service import moves
from support_service.support_service.lifecycle import Status
from support_service.support_service.messaging import customer_people, recipients
from support_service.support_service.past_cases import history

CASE = "Service Request"
SAVEPOINT = "customer_answer"


def after_insert(message: Document, method: str | None = None) -> None:
	"""Listens to Communication (see hooks.py)."""
	name = _case_of(message) if _came_in(message) else None
	if not name:
		return
	case = locks.get_doc(CASE, name)
	if not message.flags.in_receive and not case.has_permission("read"):
		return  # Frappe lets users of its inbox note a mail on any document
	senders = customer_people.bare(message.sender)
	if customer_people.colleagues(case.customer, senders):
		return
	by_person = not message.get(automatic_mail.BY_MACHINE)
	answered = by_person and bool(senders & customer_people.own_people(case)) and _end_wait(case, message)
	if not message.flags.read_live:
		# in a chat somebody reads it this moment
		_notify_staff(case, message, answered=answered)


def _came_in(message: Document) -> bool:
	if message.get(automatic_mail.BY_MACHINE) == automatic_mail.NOBODYS:
		return False
	if message.flags.opens_its_case:
		return False  # our people are notified of the new case
	return message.sent_or_received == "Received" and message.communication_type == "Communication"


def _case_of(message: Document) -> str | None:
	"""The case `message` hangs on, or the one that was opened for the record it hangs on (an Issue, say)."""
	doctype, name = message.reference_doctype, message.reference_name
	if not doctype or not name or doctype == CASE:
		return name
	return history.cases_of(doctype, [name]).get(name)


def _end_wait(case: Document, message: Document) -> bool:
	"""Note that the customer has answered; False where nobody waited for them."""
	if case.status != Status.WAITING_FOR_CUSTOMER or case.customer_answered_on:
		return False
	frappe.db.savepoint(SAVEPOINT)
	try:
		moves.apply_move(
			case,
			"customer_answered",
			reason=_who(message),
			reference=message,
			by_app=True,
			at=_written_on(message, _waits_since(case)),
		)
	except frappe.ValidationError:
		# a case that cannot be saved (a field made mandatory since) must not keep out what the customer wrote
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_last_message()
		frappe.log_error(f"The answer {message.name} could not be noted on {case.name}")
		return False
	return True


def _who(message: Document) -> str:
	"""Name and address. Not as in a mail's head: Frappe takes "<name@example.com>" for a tag, and 16 removes it."""
	if not message.sender_full_name or message.sender_full_name == message.sender:
		return message.sender or ""
	return f"{message.sender_full_name} ({message.sender})"


def _written_on(message: Document, since: int) -> int:
	"""The instant at which the customer wrote, who was waited for `since` then. A mail says so itself, and may be fetched
	late; but its sender's clock may be wrong, or it was on its way before we asked: then what counts is when it came in."""
	now = instants.now()
	if not message.communication_date:
		return now
	written = instants.entered(message.communication_date, after=since)
	return written if since <= written <= now else now


def _waits_since(case: Document) -> int:
	waiting = Status.WAITING_FOR_CUSTOMER.value
	move = frappe.db.get_value(
		"Service Request Move",
		{"request": case.name, "to_status": waiting, "from_status": ("!=", waiting)},
		["moved_at", "at_utc"],
		order_by="at_utc desc, moved_at desc, creation desc",
		as_dict=True,
	)
	return instants.kept(move.moved_at, move.at_utc) if move else instants.to_utc(case.creation)


def _notify_staff(case: Document, message: Document, *, answered: bool) -> None:
	"""A notification for the engineer, and as long as there is none for the lead and for the agent who took the case in."""
	if case.engineer_user:
		users = recipients.users_for(case, recipients.ENGINEER)
	else:
		users = [*recipients.users_for(case, recipients.LEAD), *people.able([case.owner])]
	who = message.sender_full_name or message.sender or _("Somebody")

	def line(lang: str) -> str:
		if answered:
			said = _("{0} has answered on {1}, the clocks go on: {2}", lang)
		else:
			said = _("{0} wrote on {1}: {2}", lang)
		return said.format(who, case.name, case.subject or "")

	# whoever writes for themselves knows what they wrote
	writer = None if message.flags.in_receive else frappe.session.user
	people.notify(
		sorted({*users} - {writer}),
		line,
		document=(CASE, case.name),
		content=escape_html(strip_html(message.content or "")[:2000]),
	)
