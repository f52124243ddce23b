"""Mail that no person writes: outgoing mail of ours is marked as automatic, incoming mail is recognised by its headers.

RFC 3834: an out-of-office assistant does not answer mail with `Auto-Submitted: auto-generated`, so our notices are marked so.
Incoming automatic mail is of two kinds. An out-of-office text or a mail server's report (NOBODYS) is no message of a person.
What another system sent (RELAYED) may be what people wrote in the customer's own ticket system: it is shown and people are
notified, but it does not count as the customer's answer, and we do not answer it automatically. Subjects are not looked at:
they differ by language, and people write about their out-of-office assistant.
"""

from __future__ import annotations

from email.message import Message
from email.utils import parseaddr

import frappe
from frappe.model.document import Document

from support_service.foundation.own import is_ours

AUTOMATED = "Automated Message"  # Frappe's own kind of Communication
# key on an incoming Communication with the kind its headers say, for the handlers of Communication
BY_MACHINE = "written_by_a_machine"
NOBODYS, RELAYED = "nobody's", "relayed"
MARK = "Auto-Submitted"
# Exchange ignores RFC 3834; reports that a mail could not be delivered are still wanted
SUPPRESS = ("X-Auto-Response-Suppress", "OOF, AutoReply")

# headers of out-of-office assistants; their value is a word, or the address that answered
RESPONDERS = ("X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponse", "X-AutoReply-From")
# not "list": a mailing list sends what people write
PRECEDENCE = {"auto_reply": NOBODYS, "bulk": RELAYED, "junk": RELAYED}
REPORTS = ("multipart/report", "message/delivery-status", "message/disposition-notification")
NOBODY = ("mailer-daemon", "postmaster")


def kind_of(mail: Message) -> str | None:
	"""NOBODYS or RELAYED where the headers of an incoming mail say that no person sent it to us; else None.

	`X-Auto-Response-Suppress` alone does not count: Exchange puts it on mail that people write.
	"""
	submitted = _word(mail, MARK)
	if submitted == "auto-replied" or mail.get("X-Failed-Recipients"):
		return NOBODYS
	if any(_word(mail, name) not in ("", "no", "false") for name in RESPONDERS):
		return NOBODYS
	# an empty envelope sender asks for no answer
	bounced = mail.get("Return-Path") is not None and str(mail["Return-Path"]).strip() in ("", "<>")
	if bounced or mail.get_content_type() in REPORTS or is_nobody(str(mail.get("From") or "")):
		return NOBODYS
	if kind := PRECEDENCE.get(_word(mail, "Precedence")):
		return kind
	# Frappe puts `isnotification` on mail it sends by itself, and on mail it passes on
	return RELAYED if submitted not in ("", "no") or mail.get("isnotification") else None


def is_report(mail: Message) -> bool:
	"""Whether a mail server says with it that a mail of ours could not be delivered."""
	if mail.get("X-Failed-Recipients") or mail.get_content_type() in REPORTS:
		return True
	return is_nobody(str(mail.get("From") or ""))


def is_nobody(sender: str | None) -> bool:
	"""Whether `sender` is a mail server that speaks for itself."""
	return parseaddr(sender or "")[1].partition("@")[0].lower() in NOBODY


def before_insert_communication(mail: Document, method: str | None = None) -> None:
	"""Hook `before_insert` of Communication: mark a mail server's report about a document of ours as an Automated Message.

	Only mail that a mailbox fetched: on the portal a person writes, whatever their address. Here the sender's address decides;
	headers are read in overrides/email_account.py, as Frappe does not store them.
	"""
	if not mail.flags.in_receive or mail.communication_type != "Communication":
		return
	if is_ours(mail.reference_doctype) and is_nobody(mail.sender):
		mail.communication_type = AUTOMATED


def before_insert_email_queue(queued: Document, method: str | None = None) -> None:
	"""Hook `before_insert` of Email Queue: mark mail about a document of ours that no person writes as automatic."""
	if not queued.message or not _is_automatic(queued):
		return
	head, newline = _head(queued.message)
	if f"\n{MARK.lower()}:" in f"\n{head.lower()}":
		return
	answers = f"\n{'In-Reply-To'.lower()}:" in f"\n{head.lower()}"
	lines = (f"{MARK}: auto-{'replied' if answers else 'generated'}", ": ".join(SUPPRESS))
	queued.message = newline.join((*lines, queued.message))


def _is_automatic(queued: Document) -> bool:
	if not is_ours(queued.reference_doctype):
		return False
	if not queued.communication:
		return True
	# mail that somebody writes on the form has a Communication of this kind; notices and mail that Frappe passes on have others
	kind = frappe.db.get_value(
		"Communication", queued.communication, ["communication_type", "sent_or_received"], as_dict=True
	)
	return not kind or (kind.communication_type, kind.sent_or_received) != ("Communication", "Sent")


def _head(message: str) -> tuple[str, str]:
	"""The header lines of a stored mail, and its line break."""
	newline = "\r\n" if "\r\n" in message else "\n"
	return message.partition(newline * 2)[0], newline


def _word(mail: Message, name: str) -> str:
	"""The word a header begins with, in lower case, without parameters and comments."""
	value = str(mail.get(name) or "").partition(";")[0].partition("(")[0]
	return value.strip().lower()
