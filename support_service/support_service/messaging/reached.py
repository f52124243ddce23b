"""What of a request reached whom, by which way and when; what waits, with the reason; what may be sent again.

Shown on the request's form. Bodies are not part of it: whoever may read the outbox opens the message itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, format_datetime, get_datetime, now_datetime

from support_service.support_service.messaging.held_messages import FAILED, MESSAGE, QUEUED, WAITING
from support_service.support_service.messaging.ways import choice
from support_service.support_service.messaging.ways.handing_over import SENDING

MAIL = "Email Queue"
SHOWN = 200
SKIPPED = "Skipped"
FIELDS = (
	"name",
	"event",
	"subject",
	"sender",
	"recipient",
	"to_customer",
	"status",
	"creation",
	"sent_on",
	"due_at",
	"waits_for",
	"attempts",
	"error",
	"in_place_of",
	"email_queue",
)


def of_case(request: str, *, with_ours: bool, may_send: bool) -> list[dict[str, Any]]:
	"""Messages of `request`, newest first: name, about, way, recipient, status, at, says (a sentence), again (may be sent again).

	with_ours: also those to our own people. may_send: the reader may send again what has failed.
	"""
	filters = {"request": request, **({} if with_ours else {"to_customer": 1})}
	rows = frappe.get_all(MESSAGE, filters, FIELDS, order_by="creation desc, name", limit=SHOWN)
	mails = _mails(row.email_queue for row in rows if row.email_queue)
	followed = {row.in_place_of: row for row in rows if row.in_place_of}
	return [_shown(row, mails.get(row.email_queue), followed.get(row.name), may_send) for row in rows]


def _mails(names: Iterable[str]) -> dict[str, Any]:
	asked = {"name": ("in", list(names) or [""])}
	fields = ["name", "status", "error", "send_after", "retry"]
	return {row.name: row for row in frappe.get_all(MAIL, asked, fields, order_by=None)}


def _shown(row: Any, mail: Any, follower: Any, may_send: bool) -> dict[str, Any]:
	status, says = _state(row, mail, follower)
	return {
		"name": row.name,
		"about": _(row.event) if row.event else row.subject,
		"subject": row.subject,
		"way": row.sender,
		"recipient": row.recipient,
		"to_customer": cint(row.to_customer),
		"status": status,
		"at": row.sent_on or row.creation,
		"says": says,
		"followed": bool(follower),
		"again": may_send and row.status == FAILED,
	}


def _state(row: Any, mail: Any, follower: Any) -> tuple[str, str]:
	"""The status that is shown, and the sentence beside it."""
	if row.status == FAILED and follower:
		return FAILED, _("{0} It went by {1} instead.").format(_as_sentence(row.error), _(follower.sender))
	if row.status in (FAILED, SKIPPED, WAITING):
		return row.status, row.error or ""
	if row.status == SENDING:
		return SENDING, _("It is being handed over.")
	if row.status == QUEUED:
		return QUEUED, _why_it_waits(row)
	if mail and mail.status in ("Not Sent", "Sending", "Partially Sent", "Error"):
		return QUEUED, _at_our_mail_server(mail)
	return row.status, ""


def _why_it_waits(row: Any) -> str:
	due = get_datetime(row.due_at) if row.due_at else now_datetime()
	at = format_datetime(due)
	if row.attempts:
		said = _("Tried {0} times, next at {1}. The other end says: {2}")
		return said.format(row.attempts, at, row.error or "")
	if due <= now_datetime():
		return _("It leaves within a minute.")
	if row.error:
		return _("Waits until {0}: {1}").format(at, row.error)
	if row.waits_for == choice.QUIET:
		return _("Waits until the quiet hours are over, at {0}.").format(at)
	if row.waits_for == choice.LIMIT:
		return _("Waits until {0}: nobody gets more than so many messages an hour.").format(at)
	return _("Leaves at {0}.").format(at)


def _at_our_mail_server(mail: Any) -> str:
	if not mail.error:
		return _("It waits for our mail server.")
	last = (mail.error or "").strip().splitlines()[-1][:200]
	said = _("Our mail server does not take it now, it is tried again: {0}")
	return said.format(last)


def _as_sentence(text: str | None) -> str:
	text = (text or "").strip()
	return text if not text or text[-1] in ".!?。！？" else f"{text}."
