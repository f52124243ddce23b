"""Mail that no person writes: ours says so on its way out, and what comes in is known by what it says of itself.

RFC 3834: a responder leaves `Auto-Submitted: auto-generated` alone, so our notices call for no out-of-office text. What comes
in is of two kinds. A responder's text or a mail server's report (NOBODYS) is nobody's message. What some machine sent
(RELAYED) may be what people wrote in the customer's own ticket system: it is shown and told, but is nobody's answer to us,
and we do not answer it automatically. Subjects decide nothing: they differ by language, and people write about their
out-of-office assistant.
"""

from __future__ import annotations

from email.message import Message
from email.utils import parseaddr

import frappe
from frappe.model.document import Document

from support_service.foundation.own import is_ours

AUTOMATED = "Automated Message"  # Frappe's own kind of Communication
# on a Communication that comes in: of which kind its headers said it is, for whoever listens to it
BY_MACHINE = "written_by_a_machine"
NOBODYS, RELAYED = "nobody's", "relayed"
MARK = "Auto-Submitted"
# Exchange does not heed RFC 3834; that a mail could not be delivered we do want to hear
SUPPRESS = ("X-Auto-Response-Suppress", "OOF, AutoReply")

# headers of responders; their value is a word, or the address that answered
RESPONDERS = ("X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponse", "X-AutoReply-From")
# a list sends what people write, so "list" is none of these
PRECEDENCE = {"auto_reply": NOBODYS, "bulk": RELAYED, "junk": RELAYED}
REPORTS = ("multipart/report", "message/delivery-status", "message/disposition-notification")
NOBODY = ("mailer-daemon", "postmaster")


def kind_of(mail: Message) -> str | None:
	"""NOBODYS or RELAYED where a mail that came in says that no person sent it to us; None where a person did.

	`X-Auto-Response-Suppress` alone says nothing: Exchange puts it on what people write.
	"""
	submitted = _word(mail, MARK)
	if submitted == "auto-replied" or mail.get("X-Failed-Recipients"):
		return NOBODYS
	if any(_word(mail, name) not in ("", "no", "false") for name in RESPONDERS):
		return NOBODYS
	# an empty envelope sender: nobody is to be answered
	bounced = mail.get("Return-Path") is not None and str(mail["Return-Path"]).strip() in ("", "<>")
	if bounced or mail.get_content_type() in REPORTS or is_nobody(str(mail.get("From") or "")):
		return NOBODYS
	if kind := PRECEDENCE.get(_word(mail, "Precedence")):
		return kind
	# Frappe's own mark on what it sends by itself, and on what it passes on
	return RELAYED if submitted not in ("", "no") or mail.get("isnotification") else None


def is_nobody(sender: str | None) -> bool:
	"""Whether `sender` is a mail server that speaks for itself."""
	return parseaddr(sender or "")[1].partition("@")[0].lower() in NOBODY


def before_insert_communication(mail: Document, method: str | None = None) -> None:
	"""Listens to Communication (hooks.py): what a mail server says of a document of ours is nobody's message.

	Its headers are not kept; who reads them is overrides/email_account.py. Only what a mailbox fetched: on the portal a person
	writes, whatever their address is called.
	"""
	if not mail.flags.in_receive or mail.communication_type != "Communication":
		return
	if is_ours(mail.reference_doctype) and is_nobody(mail.sender):
		mail.communication_type = AUTOMATED


def before_insert_email_queue(queued: Document, method: str | None = None) -> None:
	"""Listens to Email Queue (hooks.py): a mail about a document of ours that no person writes says so."""
	if not queued.message or not _is_sent_by_itself(queued):
		return
	head, newline = _head(queued.message)
	if f"\n{MARK.lower()}:" in f"\n{head.lower()}":
		return
	answers = f"\n{'In-Reply-To'.lower()}:" in f"\n{head.lower()}"
	lines = (f"{MARK}: auto-{'replied' if answers else 'generated'}", ": ".join(SUPPRESS))
	queued.message = newline.join((*lines, queued.message))


def _is_sent_by_itself(queued: Document) -> bool:
	if not is_ours(queued.reference_doctype):
		return False
	if not queued.communication:
		return True
	# what somebody writes on the form is a Communication; so are notices and what Frappe passes on of what came in
	kind = frappe.db.get_value(
		"Communication", queued.communication, ["communication_type", "sent_or_received"], as_dict=True
	)
	return not kind or (kind.communication_type, kind.sent_or_received) != ("Communication", "Sent")


def _head(message: str) -> tuple[str, str]:
	"""The header lines of a stored mail, and how its lines end."""
	newline = "\r\n" if "\r\n" in message else "\n"
	return message.partition(newline * 2)[0], newline


def _word(mail: Message, name: str) -> str:
	"""The word a header begins with, in lower case, without parameters and comments."""
	value = str(mail.get(name) or "").partition(";")[0].partition("(")[0]
	return value.strip().lower()
