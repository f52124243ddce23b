"""What our people do with a message that waits for them, or that was put aside: they say what it is, and it is worked off again."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_service.foundation import locks
from support_service.service_intake.mail import content, letters, process, pull, spool

MARKED = "Marked as Automatic"


class MailDoneError(frappe.ValidationError):
	"""The message is a request or an answer already, or is being worked on."""


def replay(name: str) -> str:
	"""Work the message off again by the rules; returns its new state."""
	return _again(_open(name), {"decided_by": None, "decided_request": None, "decided_customer": None})


def add_to(name: str, request: str) -> str:
	"""The message belongs to `request`, which the caller may write; returns its new state."""
	decided = {"decided_by": frappe.session.user, "decided_request": request, "decided_customer": None}
	return _again(_open(name), decided)


def open_request(name: str, customer: str | None = None) -> str:
	"""The message opens a request, of `customer` where one is given; returns its new state."""
	decided = {"decided_by": frappe.session.user, "decided_request": None, "decided_customer": customer}
	return _again(_open(name), decided)


def mark_as_automatic(name: str) -> str:
	"""No person wrote it: it is kept aside for good."""
	row = _open(name)
	values = {"state": pull.IGNORED, "kind": MARKED, "decided_by": frappe.session.user, "next_try": None}
	row.db_set({**values, "processed_on": now_datetime()}, update_modified=False)
	return pull.IGNORED


def view(row: Document) -> dict[str, Any]:
	"""The message as our people look at it: headers, safe text, names of attachments. Nothing in it is loaded or run."""
	letter = letters.read(spool.read(row.raw_hash))
	headers = [{"name": name, "value": letters.plain(value)[:2000]} for name, value in letter.head.items()][
		:100
	]
	attached = [{"name": one.name, "kind": one.kind, "size": len(one.content)} for one in letter.attachments]
	return {"headers": headers, "text": content.text_of(letter), "attachments": attached}


def _open(name: str) -> Document:
	row = locks.get_doc(pull.MAIL, name)
	if row.state == pull.PROCESSED:
		frappe.throw(_("This message became {0} already.").format(row.request or ""), MailDoneError)
	return row


def _again(row: Document, decided: dict[str, Any]) -> str:
	values = {
		"state": pull.RECEIVED,
		"attempts": 0,
		"error": None,
		"reason": None,
		"next_try": now_datetime(),
	}
	row.db_set({**values, **decided}, update_modified=False)
	process.process(row.name)
	return frappe.db.get_value(pull.MAIL, row.name, "state")
