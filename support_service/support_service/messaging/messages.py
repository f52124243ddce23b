"""The outbox: what we write to the customer, one Service Message row each, sent exactly once per key.

The sweep `send_due` (scheduler, and after every `notify.notify_due`) is the guarantee that a committed row leaves. Senders are plug-ins: hook key
`support_service_message_senders`, a dict of sender name → dotted path of `send(message: Document) -> None`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, now_datetime

from support_service.foundation import batches, rows
from support_service.foundation.batches import MAX_ATTEMPTS
from support_service.foundation.language import of_site
from support_service.support_service.errors import MessageNotFailedError, UnknownSenderError
from support_service.support_service.messaging import failed_notices, held_messages, mail_outage
from support_service.support_service.messaging.held_messages import FAILED, MESSAGE, QUEUED, WAITING
from support_service.support_service.messaging.texts import case_events, compose, of_moves
from support_service.support_service.messaging.ways import choice, handing_over, next_way
from support_service.support_service.messaging.ways.choice import NOT_SENT

BATCH = 200
HOOK = "support_service_message_senders"
DEFAULT_SENDER = "Email"
SKIPPED = "Skipped"
# stands in the body for what only the recipient may read
SECRET_MARK = "__secret__"


def write_about(move: Document, case: Document) -> None:
	"""Write to the customer about one move, by the channel they prefer; called by notify.notify, once for each move."""
	event = case_events.OF_MOVE.get(move.action)
	if not event or not frappe.get_cached_doc("Support Service Settings").tell_customer_on_moves:
		return
	if move.action == "resolve" and sender_of(case) == DEFAULT_SENDER:
		return  # the survey's mail says the result and asks at once
	language = language_of(case)
	tell(case, event, of_moves.values(case, move, language), key=f"move:{move.name}", language=language)


def tell(
	case: Document,
	event: str,
	values: Mapping[str, Any],
	*,
	key: str,
	language: str | None = None,
	sender: str | None = None,
	secret: str | None = None,
	at_any_hour: bool = False,
	valid_until: datetime | None = None,
) -> str | None:
	"""Write to the customer of `event`, once for each `key`; returns the message's name, None where they cannot be reached.

	values: of the event's own fields, see texts/events.py. The other parameters are those of `queue`.
	"""
	existing = frappe.db.get_value(MESSAGE, {"message_key": key})
	if existing or not (sender or sender_of(case)):
		return existing
	text = compose.compose(event, case, values, language or language_of(case))
	return queue(
		case,
		subject=text.subject,
		body=text.mail,
		short=text.short,
		event=event,
		key=key,
		sender=sender,
		secret=secret,
		at_any_hour=at_any_hour,
		valid_until=valid_until,
	)


def queue(
	case: Document,
	*,
	subject: str,
	body: str,
	key: str,
	sender: str | None = None,
	recipient: str | None = None,
	secret: str | None = None,
	short: str | None = None,
	event: str | None = None,
	at_any_hour: bool = False,
	valid_until: datetime | None = None,
) -> str | None:
	"""Put one message into the outbox; returns its name, None where the customer cannot be reached this way.

	key: unique; a repeat with the same key returns the row already there.
	sender: name of a registered sender; default the case's preferred channel, else e-mail.
	secret: replaces SECRET_MARK in the body when it is sent, readable by nobody on our side and then forgotten. Such a
	message answers for the customer, so it waits until the address is confirmed; see customer_people.
	short: the words for a text message or a chat; default those of the body. event: what it is about, see texts/events.py.
	at_any_hour: it rings in quiet hours, too. valid_until: when it has become worthless; it is not sent any more then.
	"""
	existing = frappe.db.get_value(MESSAGE, {"message_key": key})
	if existing:
		return existing
	sender = sender or sender_of(case)
	if not sender:
		return None
	if sender not in registered():
		frappe.throw(_("No app provides the message sender {0}.").format(sender), UnknownSenderError)
	to_customer = not recipient
	recipient = recipient or choice.address(case, sender)
	if not recipient:
		return None
	due, waits_for = (
		choice.when(case, sender, recipient, at_any_hour) if to_customer else (now_datetime(), None)
	)
	row = frappe.get_doc(
		{
			"doctype": MESSAGE,
			"request": case.name,
			"event": event,
			"sender": sender,
			"recipient": recipient,
			"to_customer": int(to_customer),
			"subject": subject[:140],
			"body": body,
			"short_text": short,
			"secret": secret,
			"status": QUEUED,
			"due_at": due,
			"waits_for": waits_for,
			"valid_until": valid_until,
			"message_key": key,
		}
	)
	if secret:
		held_messages.hold_back(row, case)
	row.insert(ignore_permissions=True)  # nobody has create permission on the outbox: this is its one writer
	if row.status == WAITING:
		held_messages.ask_for_confirmation(case, row)
	return row.name


def skip_receipt(case: Document, reason: str) -> None:
	"""Write no receipt for a new case: a row of the outbox that is not sent says so, with the reason."""
	created = {"request": case.name, "action": "create"}
	move = frappe.db.get_value("Service Request Move", created, order_by="creation")
	values = {
		"request": case.name,
		"sender": DEFAULT_SENDER,
		"recipient": case.contact_email,
		"error": reason,
		"to_customer": 1,
		"event": case_events.OF_MOVE["create"],
	}
	values |= {"name": frappe.generate_hash(length=10), "status": SKIPPED, "message_key": f"move:{move}"}
	rows.insert(MESSAGE, [values])


def registered() -> dict[str, str]:
	"""Sender name → dotted path, over all installed apps; a later app replaces an earlier one's sender."""
	return {name: paths[-1] for name, paths in (frappe.get_hooks(HOOK) or {}).items()}


def send_due(limit: int = BATCH) -> int:
	"""Send queued messages whose time has come; returns how many left. Safe to run in parallel and to be killed.

	Each row is locked, sent and committed on its own, so one bad address holds up nobody.
	"""
	held_messages.look_again(limit)
	handing_over.give_up_forgotten()
	names = frappe.get_all(
		MESSAGE,
		filters={"status": QUEUED, "due_at": ("<=", now_datetime())},
		order_by="due_at asc",
		limit=limit,
		pluck="name",
	)
	return batches.one_by_one(names, lock=_lock, work=send, failed=_postpone)


def send_again(message: Document) -> None:
	"""Queue a failed message anew, with all its attempts. `message` was loaded for update."""
	if message.status != FAILED:
		frappe.throw(_("Only a message that has failed can be sent again."), MessageNotFailedError)
	if mail_outage.try_again(message.email_queue):
		again = {"status": "Sent", "sent_on": now_datetime(), "error": None}
		message.db_set(again, update_modified=False)
		return
	if SECRET_MARK in (message.body or "") and not message.secret:
		frappe.throw(
			_("The link of this message is no longer kept. Ask the customer by phone, or ask them anew."),
			MessageNotFailedError,
		)
	message.db_set({"status": QUEUED, "attempts": 0, "due_at": now_datetime()}, update_modified=False)


def send_by_email(message: Document) -> None:
	"""Our own sender. The Email Queue row commits with the message's new status: exactly one mail per message."""
	mail = frappe.sendmail(
		recipients=[message.recipient],
		subject=message.subject,
		message=message.body,
		reference_doctype="Service Request",
		reference_name=message.request,
		delayed=True,
	)
	message.email_queue = mail.name if mail else None


def _lock(name: str) -> bool:
	return batches.lock_row(MESSAGE, name, "status", QUEUED)


def send(name: str) -> None:
	"""Send one queued message and mark it, in the caller's transaction; what has become worthless meanwhile is not sent."""
	message = frappe.get_doc(MESSAGE, name)
	if message.valid_until and get_datetime(message.valid_until) < now_datetime():
		late = {"status": SKIPPED, "error": _(mail_outage.TOO_LATE, of_site())}
		message.db_set(late, update_modified=False)
		return
	path = registered().get(message.sender)
	if not path:
		frappe.throw(_("No app provides the message sender {0}.").format(message.sender), UnknownSenderError)
	if message.secret:
		message.body = message.body.replace(SECRET_MARK, message.secret)
		message.short_text = (message.short_text or "").replace(SECRET_MARK, message.secret)
	frappe.get_attr(path)(message)
	sent = {"status": "Sent", "sent_on": now_datetime(), "error": None, "secret": None, "sending_since": None}
	sent["email_queue"] = message.email_queue
	message.db_set(sent, update_modified=False)


def _postpone(name: str, error: Exception) -> None:
	"""Note why a message has not left, and when it is tried again; or that it goes another way."""
	attempts = frappe.db.get_value(MESSAGE, name, "attempts")
	values = {"error": str(error)[:500], "status": QUEUED, "sending_since": None}
	if isinstance(error, handing_over.WaitError):
		values["due_at"] = add_to_date(now_datetime(), seconds=error.seconds)
	else:
		attempts += 1
		values |= {"attempts": attempts, "due_at": batches.next_try(attempts)}
		given_up = isinstance(error, handing_over.RefusedError) or attempts >= MAX_ATTEMPTS
		goes_on = (given_up or next_way.is_due(name, attempts)) and next_way.follow(name)
		if given_up or goes_on:
			values["status"] = FAILED
	frappe.db.set_value(MESSAGE, name, values, update_modified=False)
	if values["status"] == FAILED:
		failed_notices.notify_of(name)


def language_of(case: Document) -> str:
	"""The contact's portal language, else the customer's, else the site's."""
	user = frappe.db.get_value("User", case.contact_email, "language") if case.contact_email else None
	customer = (
		frappe.db.get_value("Customer", case.customer, "language") if case.customer and not user else None
	)
	return user or customer or of_site()


def sender_of(case: Document) -> str | None:
	"""The sender of the customer's preferred channel, e-mail where they named none; None where nothing is to be sent."""
	way = choice.preferred(case)
	if way in registered():
		return way
	return None if way in NOT_SENT else DEFAULT_SENDER
