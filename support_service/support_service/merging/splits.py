"""One case that is about two things: chosen messages become a case of their own, promised from when they were written.

To undo it, merge the new one into the one it came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.rename_doc import get_link_fields

from support_service.foundation import instants, language, locks
from support_service.support_service import moves
from support_service.support_service.merging import carrying, links, whole

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

CASE, MESSAGE = whole.CASE, "Communication"
# what the new one takes from the other; its unit is chosen, the rest follows from these
TAKEN = (
	"customer",
	"contact",
	"contact_name",
	"contact_phone",
	"contact_email",
	"company",
	"channel",
	"site_address",
	"preferred_channel",
	"reply_from",
	"request_type",
	"impact",
	"urgency",
	"department_queue",
	"team",
)
SUBJECT = 140  # characters


class CannotSplitError(frappe.ValidationError):
	"""These messages cannot become a request of their own; the message says why."""


def messages_of(case: str) -> list[Any]:
	"""Messages of `case` that may be split off, oldest first: name, sender, sent_or_received, subject, communication_date."""
	return frappe.get_all(
		MESSAGE,
		{"reference_doctype": CASE, "reference_name": case, "communication_type": "Communication"},
		["name", "sender", "sender_full_name", "sent_or_received", "subject", "communication_date"],
		order_by="communication_date, creation",
		limit=500,
	)


def split(name: str, messages: Sequence[str], subject: str, unit: str | None = None) -> ServiceRequest:
	"""Make a case of `messages` of the case `name`; returns it. All or nothing, in the caller's transaction.

	The caller has checked that the user may write the one and create the other. A second click finds that the messages are gone.

	:raises CannotSplitError: says why.
	"""
	case = locks.get_doc(CASE, name)
	chosen = _chosen(case, messages)
	if case.merged_into:
		frappe.throw(
			_("{0} goes on as {1}. Split that one.").format(name, case.merged_into), CannotSplitError
		)
	if not (subject or "").strip():
		frappe.throw(_("Say in a few words what the new request is about."), CannotSplitError)
	written = [_written(row, case) for row in chosen]
	new = frappe.get_doc(
		{
			"doctype": CASE,
			**{field: case.get(field) for field in TAKEN},
			"installed_unit": unit or None,
			"subject": subject.strip()[:SUBJECT],
			"description": next((row.content for row in chosen if row.sent_or_received == "Received"), None),
			"raised_on": instants.from_utc(min(written)),
		}
	)
	new.flags.begun_at = min(written)
	new.insert()
	_give(chosen, case.name, new.name)
	_note_answer(new, chosen, written)
	lang = language.of_site()
	moves.apply_move(
		case.name,
		"split",
		reason=_("{0} messages are about something else: {1}", lang).format(len(chosen), new.name),
		reference=new,
		by_app=True,
	)
	return new.reload()


def _chosen(case: ServiceRequest, messages: Sequence[str]) -> list[Any]:
	"""The messages as they are now, locked, oldest first; each must be on the case."""
	wanted = list(dict.fromkeys(messages))
	if not wanted:
		frappe.throw(_("Choose the messages that are about something else."), CannotSplitError)
	table = frappe.qb.DocType(MESSAGE)
	query = (
		frappe.qb.from_(table)
		.select(table.name, table.content, table.sent_or_received, table.communication_date, table.creation)
		.where(
			table.name.isin(wanted) & (table.reference_doctype == CASE) & (table.reference_name == case.name)
		)
		.where(table.communication_type == "Communication")
		.orderby(table.communication_date, table.creation)
	)
	found = locks.rows(query)
	if len(found) != len(wanted):
		frappe.throw(
			_("Some of these messages are not on {0} any more. Reload it and choose again.").format(
				case.name
			),
			CannotSplitError,
		)
	return found


def _written(row: Any, case: ServiceRequest) -> int:
	"""The instant at which a message was written: no later than now."""
	written = instants.to_utc(row.communication_date or row.creation)
	return min(written, instants.now())


def _give(chosen: Sequence[Any], source: str, target: str) -> None:
	"""The messages, and what came in with each of them (the stored mail, say), name the new case."""
	names = [row.name for row in chosen]
	for link in links.links_of(MESSAGE):
		if link.kind:
			carrying.point(link, names, source, target)
	for field in get_link_fields(MESSAGE):
		if field["issingle"] or frappe.get_meta(field["parent"]).istable:
			continue
		with_them = frappe.get_all(
			field["parent"], {field["fieldname"]: ("in", names)}, pluck="name", order_by=None
		)
		for link in links.links_of(field["parent"]):
			if not link.kind and with_them and field["parent"] != MESSAGE:
				carrying.point(link, with_them, source, target)


def _note_answer(new: ServiceRequest, chosen: Sequence[Any], written: Sequence[int]) -> None:
	"""What we had answered already is the new one's first response, at its moment."""
	ours = [(at, row) for row, at in zip(chosen, written, strict=True) if row.sent_or_received == "Sent"]
	if ours:
		at, row = min(ours, key=lambda pair: pair[0])
		message: Document = frappe.get_doc(MESSAGE, row.name)
		moves.apply_move(new.name, "acknowledge", reference=message, by_app=True, at=at)
