"""Mails about a request: they leave from the address the customer wrote to, and what the app sends carries a signed Message-ID.

Listens to Email Queue, through which every mail leaves: notices of the app, and what people write on the form. A mail that a
person writes keeps the Message-ID that stands on its Communication.
"""

from __future__ import annotations

import re
from email.header import Header
from email.utils import formataddr, parseaddr

import frappe
from frappe.model.document import Document
from frappe.utils import cint
from frappe.utils.password import get_encryption_key

from support_service.support_service.messaging import reply_tokens

CASE, MAILBOX = "Service Request", "Service Mailbox"


def before_insert_email_queue(queued: Document, method: str | None = None) -> None:
	"""Listens to Email Queue (see hooks.py)."""
	if queued.reference_doctype != CASE or not queued.reference_name or not queued.message:
		return
	if not queued.communication:
		_sign(queued)
	address = frappe.db.get_value(CASE, queued.reference_name, "reply_from")
	mailbox = mailbox_of(address) if address else None
	if mailbox and _may_choose(queued):
		_leave_from(queued, address, mailbox)


def secret() -> bytes:
	"""The site's key for reply tokens."""
	return get_encryption_key().encode()


def mailbox_of(address: str) -> frappe._dict | None:
	"""The mailbox in use that has `address`; the one whose own address it is goes before one that has it as an alias."""
	found = frappe.get_all(
		MAILBOX,
		filters={"enabled": 1},
		or_filters={"email_id": address, "aliases": ("like", f"%{address}%")},
		fields=["name", "email_id", "aliases", "outgoing_account"],
		order_by="creation",
	)
	fitting = [row for row in found if address in addresses_of(row)]
	return next((row for row in fitting if row.email_id.lower() == address), next(iter(fitting), None))


def addresses_of(mailbox: frappe._dict | Document) -> list[str]:
	"""All addresses of a mailbox in lower case, its own first."""
	others = re.split(r"[\s,;]+", (mailbox.aliases or "").lower())
	return list(dict.fromkeys([mailbox.email_id.strip().lower(), *filter(None, others)]))


def _sign(queued: Document) -> None:
	token = reply_tokens.token(queued.reference_name, secret())
	message_id = f"{token}.{frappe.generate_hash(length=16)}@{frappe.local.site}"
	queued.message = _with_header(queued.message, "Message-Id", f"<{message_id}>")
	queued.message_id = message_id


def _may_choose(queued: Document) -> bool:
	"""A person who chose an account of their own in the form's dialog is left with it."""
	account = queued.email_account
	return not queued.communication or not account or is_default(account)


def is_default(account: str) -> bool:
	return bool(cint(frappe.get_cached_value("Email Account", account, "default_outgoing")))


def _leave_from(queued: Document, address: str, mailbox: frappe._dict) -> None:
	name = parseaddr(queued.sender or "")[0] if queued.communication else mailbox.name
	sender = formataddr((name, address))
	shown = formataddr((str(Header(name, "utf-8")) if not name.isascii() else name, address))
	queued.message = _with_header(queued.message, "Reply-To", shown)
	if not mailbox.outgoing_account:
		return  # another account's mail server would not let this address send
	queued.message = _with_header(queued.message, "From", shown)
	queued.email_account, queued.sender = mailbox.outgoing_account, sender


def _with_header(message: str, name: str, value: str) -> str:
	"""A stored mail with that header once, in its place."""
	newline = "\r\n" if "\r\n" in message else "\n"
	head, gap, body = message.partition(newline * 2)
	pattern = re.compile(rf"^{re.escape(name)}:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
	line = f"{name}: {value}"
	if pattern.search(head):
		head = pattern.sub(lambda _found: line, head, count=1)
	else:
		head = f"{line}{newline}{head}"
	return f"{head}{gap}{body}"
