"""Works off stored messages: each becomes a request, a message on one, waits for a person, or is kept aside with the reason.

A message's effect and its new state are one transaction. What fails is tried again with growing pauses and waits for a person
after the last attempt. Messages are worked on in the order in which they came, by one worker at a time, so that an answer never
goes before what it answers.
"""

from __future__ import annotations

import re
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, escape_html, now_datetime, strip_html, validate_email_address

from support_service.foundation import automatic_mail, batches, language, locks
from support_service.service_intake.mail import become, content, letters, people, rules, spool, threads
from support_service.service_intake.mail.become import Incoming
from support_service.service_intake.mail.pull import (
	FLAG,
	IGNORED,
	MAIL,
	PROCESS,
	PROCESSED,
	QUARANTINED,
	RECEIVED,
)
from support_service.support_service.lifecycle import Status
from support_service.support_service.merging import whole
from support_service.support_service.messaging import outgoing, reply_tokens

BATCH = 200
NEW, ANSWER, AUTOMATIC, BOUNCE, OWN = "New Request", "Answer", "Automatic Reply", "Bounce", "Own Mail"
FOR_A_PERSON = "Needs a Person"
# "Message-ID: <…>" of the mail that a bounce gives back
GIVEN_BACK = re.compile(rb"(?im)^message-id:\s*<([^<>\s]{1,400})>")
Values = dict[str, Any]


def run(limit: int = BATCH) -> int:
	"""Work off what is due (scheduler, and after every pull); returns how many were worked off. Safe in parallel, safe to
	kill. Commits."""
	batches.begun(FLAG)
	with locks.alone("mail:process") as mine:
		if not mine:
			return 0
		frappe.db.commit()  # what is read from here on is what is committed now
		names = frappe.get_all(
			MAIL,
			{"state": RECEIVED, "next_try": ("<=", now_datetime())},
			pluck="name",
			order_by="creation, name",
			limit=limit,
		)
		done = batches.one_by_one(names, lock=_lock, work=process, failed=_postpone)
	if done and len(names) == limit:
		batches.enqueue_now(PROCESS, FLAG)  # more waits
	return done


def process(name: str) -> None:
	"""Work off one message, in the caller's transaction."""
	row = frappe.get_doc(MAIL, name)
	raw = spool.read(row.raw_hash)
	letter = letters.read(raw)
	# what our people read on the request and in the list
	with language.speaking(language.of_site()):
		values = _become(row, letter, raw)
	done = {"processed_on": now_datetime(), "next_try": None, "error": None}
	row.db_set({**done, **values}, update_modified=False)


def _become(row: Document, letter: letters.Letter, raw: bytes) -> Values:
	"""What the message becomes: the values of its row. Writes the request or message."""
	mailbox = frappe.get_cached_doc("Service Mailbox", row.mailbox)
	machine = automatic_mail.kind_of(letter.head)
	decided = bool(row.decided_by)
	if not decided and is_own(letter):
		return _aside(OWN, _("One of our own mails came back."))
	if machine == automatic_mail.NOBODYS and not decided:
		return _automatic(row, letter, mailbox, raw, machine)
	if not letter.sender or not validate_email_address(letter.sender.address):
		return _for_a_person(_("Nobody can be read from its From line."))
	if not decided and _is_too_much(letter.sender.address, cint(mailbox.hourly_limit)):
		return _for_a_person(_("More messages of this sender within an hour than the mailbox allows."))
	sender = people.who(letter.sender)
	mail = _incoming(row, letter, mailbox, machine, sender)
	if decided:
		return _as_decided(mail)
	thread = threads.find(letter, sender)
	if thread and thread.known:
		return _answer(mail, thread.case)
	if machine and not mail.writer.speaks_for:
		return _for_a_person(_("A machine sent this, and nobody of a customer is known by its address."))
	if thread:
		said = _("The message names {0}, but its sender is not known there. It was not added to it.")
		mail.notes.append(said.format(thread.case.name))
	return _opened(*become.open_request(mail))


def is_own(letter: letters.Letter) -> bool:
	"""Whether it is a mail that we have sent, or claims to come from one of our service addresses."""
	sender = letter.sender.address if letter.sender else None
	if sender and sender in people.service_addresses():
		return True
	if not letter.message_id:
		return False
	key = outgoing.secret()
	if any(reply_tokens.is_signed(*pair, key) for pair in reply_tokens.signed_cases([letter.message_id])):
		return True
	sent = {"message_id": letter.message_id, "sent_or_received": "Sent"}
	return bool(
		frappe.db.exists("Email Queue", {"message_id": letter.message_id})
		or frappe.db.exists("Communication", sent)
	)


def _incoming(
	row: Document, letter: letters.Letter, mailbox: Document, machine: str | None, writer: people.Writer
) -> Incoming:
	"""The letter and who speaks in it: what one of our people forwards is from its first sender."""
	speaker, notes = letter.sender, []
	if writer.is_staff and not letter.is_forged:
		text = content.text_of(letter)[: content.LONGEST_QUERY]
		first = rules.first_sender(letter.subject, text, _attached_senders(letter))
		if first and validate_email_address(first[1]) and first[1] not in people.service_addresses():
			speaker = letters.Address(*first)
			said = _("Forwarded by {0}; first written by {1}.")
			notes.append(said.format(escape_html(str(letter.sender)), escape_html(str(speaker))))
			writer = people.who(speaker)
	return Incoming(row, letter, mailbox, speaker, writer, machine, notes)


def _answer(mail: Incoming, case: Document) -> Values:
	if case.status == Status.CANCELLED or (case.status == Status.CLOSED and not _still_joins(mail, case)):
		customer = case.customer if case.customer in (mail.writer.speaks_for or {case.customer}) else None
		return _opened(*become.open_request(mail, customer=customer, previous=case))
	return _joined(mail, case)


def _still_joins(mail: Incoming, case: Document) -> bool:
	return rules.joins(case.closed_on, now_datetime(), cint(mail.mailbox.join_closed_days))


def _joined(mail: Incoming, case: Document) -> Values:
	# what one of our people writes on a request is their own, also where they forward something
	mail.speaker = mail.letter.sender
	message = become.join(mail, case)
	return {
		"state": PROCESSED,
		"kind": ANSWER,
		"request": case.name,
		"communication": message,
		"reason": None,
	}


def _as_decided(mail: Incoming) -> Values:
	"""As one of our people has decided about it in quarantine."""
	if mail.row.decided_request:
		request = whole.goes_on_as(mail.row.decided_request)
		return _joined(mail, frappe.get_doc(become.CASE, request))
	return _opened(*become.open_request(mail, customer=mail.row.decided_customer or None))


def _automatic(row: Document, letter: letters.Letter, mailbox: Document, raw: bytes, machine: str) -> Values:
	"""An automatic reply or a bounce ends nothing and opens nothing; on the request it is about, our people can see it."""
	bounce = automatic_mail.is_report(letter.head)
	letter.answers = [*letter.answers, *(found.decode("latin-1") for found in GIVEN_BACK.findall(raw[1:]))][
		:50
	]
	values = _aside(
		BOUNCE if bounce else AUTOMATIC,
		_("A mail could not be delivered.") if bounce else _("An automatic reply; no person wrote it."),
	)
	thread = threads.find(letter, None)
	if thread and letter.sender and validate_email_address(letter.sender.address):
		writer = people.Writer(letter.sender.address)
		mail = Incoming(row, letter, mailbox, letter.sender, writer, machine)
		message = become.add_message(mail, thread.case, kind=automatic_mail.AUTOMATED)
		values |= {"request": thread.case.name, "communication": message}
	return values


def _is_too_much(sender: str, limit: int) -> bool:
	since = add_to_date(now_datetime(), hours=-1)
	done = {"sender": sender, "processed_on": (">", since), "state": PROCESSED}
	return bool(limit) and frappe.db.count(MAIL, done) >= limit


def _attached_senders(letter: letters.Letter) -> list[tuple[str, str]]:
	inner = [letters.read(one.content) for one in letter.attachments if one.kind == "message/rfc822"]
	return [(one.sender.name, one.sender.address) for one in inner if one.sender]


def _opened(request: str, message: str) -> Values:
	return {"state": PROCESSED, "kind": NEW, "request": request, "communication": message, "reason": None}


def _aside(kind: str, reason: str) -> Values:
	return {"state": IGNORED, "kind": kind, "reason": reason}


def _for_a_person(reason: str) -> Values:
	return {"state": QUARANTINED, "kind": FOR_A_PERSON, "reason": reason}


def _lock(name: str) -> bool:
	return batches.lock_row(MAIL, name, "state", RECEIVED)


def _postpone(name: str, error: Exception) -> None:
	attempts = cint(frappe.db.get_value(MAIL, name, "attempts")) + 1
	said = (strip_html(str(error)) or type(error).__name__)[:500]
	values: Values = {"attempts": attempts, "error": said}
	values["next_try"] = add_to_date(now_datetime(), minutes=rules.pause(attempts))
	if attempts >= rules.ATTEMPTS:
		values |= {"next_try": None, **_for_a_person(_("It failed at every attempt: {0}").format(said))}
	frappe.clear_messages()
	if attempts == 1:
		frappe.log_error(
			f"Message {name} could not be processed", reference_doctype=MAIL, reference_name=name
		)
	frappe.db.set_value(MAIL, name, values, update_modified=False)
