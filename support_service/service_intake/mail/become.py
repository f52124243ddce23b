"""What a letter becomes: a new request, a message on one, or a message that is kept aside. Writes, does not commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import convert_utc_to_system_timezone, escape_html, get_datetime, now_datetime

from support_service.foundation import automatic_mail
from support_service.service_intake import intake
from support_service.service_intake.intake import IntakePayload
from support_service.service_intake.mail import attachments, content, people, rules
from support_service.service_intake.mail.letters import Address, Letter
from support_service.support_service.merging import leading_on
from support_service.support_service.messaging import messages, outgoing

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_mailbox.service_mailbox import ServiceMailbox

CASE, CHANNEL = "Service Request", "E-mail"


@dataclass(slots=True)
class Incoming:
	"""One letter on its way. speaker: whom it is from, for a forwarded one its first sender; machine: the kind of automatic mail
	(foundation/automatic_mail.py). notes: what our people should know; they are written on the request."""

	row: Document
	letter: Letter
	mailbox: ServiceMailbox
	speaker: Address
	writer: people.Writer
	machine: str | None = None
	notes: list[str] = field(default_factory=list)


def open_request(
	mail: Incoming, *, customer: str | None = None, previous: Document | None = None
) -> tuple[str, str]:
	"""A new request; returns its number and the name of its first message. customer: decided by a person."""
	letter, writer = mail.letter, mail.writer
	trusted = not letter.is_forged
	whose = customer or (writer.customer if trusted else None)
	if not trusted:
		mail.notes.append(_("The sender's mail server disowns this message: the sender may be forged."))
	unit = people.unit_in(whose, letter.subject, content.text_of(letter)[: content.LONGEST_QUERY])
	_note_what_is_uncertain(mail, whose, unit)
	name = intake.accept(
		CHANNEL,
		IntakePayload(
			subject=(letter.subject or _("(no subject)"))[:140],
			description=content.shown(letter),
			request_type=mail.mailbox.request_type or "Fault",
			customer=whose,
			installed_unit=unit.name,
			contact=writer.contact if whose and whose in writer.customers else None,
			contact_name=mail.speaker.name or None,
			contact_email=mail.speaker.address,
			department_queue=mail.mailbox.department_queue or None,
			team=mail.mailbox.team or None,
			reply_from=_written_to(mail),
			previous_request=previous.name if previous else None,
		),
		key=mail.row.name,
		checked=True,
	)
	case = frappe.get_doc(CASE, name)
	message = add_message(mail, case, opens=True)
	if mail.machine or letter.wants_no_receipt:
		messages.skip_receipt(case, _("The sender asks for no automatic answer."))
	if previous:
		previous.add_comment("Info", _("The customer has answered again: {0}").format(name))
	_write_notes(case, mail.notes)
	return name, message


def join(mail: Incoming, case: Document) -> str:
	"""A message on `case`; returns its name. What follows from it is in messaging/customer_answers.py."""
	message = add_message(mail, case)
	_write_notes(case, mail.notes)
	return message


def add_message(mail: Incoming, case: Document, *, opens: bool = False, kind: str = "Communication") -> str:
	"""The letter as a Communication of `case`, with its attachments."""
	letter = mail.letter
	message = frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": kind,
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"subject": (letter.subject or _("(no subject)"))[:140],
			"content": content.shown(letter),
			"sender": mail.speaker.address,
			"sender_full_name": mail.speaker.name or None,
			"recipients": _line(letter.to),
			"cc": _line(letter.cc),
			"message_id": letter.message_id or None,
			# what opened a case was there before it
			"communication_date": _written_on(
				letter, get_datetime(case.creation) if opens else now_datetime()
			),
			"has_attachment": int(bool(letter.attachments)),
			"reference_doctype": CASE,
			"reference_name": case.name,
			"unread_notification_sent": 1,
			automatic_mail.BY_MACHINE: mail.machine,
		}
	)
	message.flags.in_receive = True
	message.flags.opens_its_case = opens
	leading_on.address(message, case)
	message.insert(ignore_permissions=True)  # whoever wrote it has no user here
	shown, left_out = attachments.keep(letter, message, mail.mailbox)
	if shown:
		message.db_set("content", content.shown(letter, shown), update_modified=False)
	if left_out:
		said = _("Too many or too large attachments, kept in the stored message only: {0}")
		mail.notes.append(said.format(escape_html(", ".join(left_out))))
	return message.name


def _note_what_is_uncertain(mail: Incoming, whose: str | None, unit: people.Unit) -> None:
	letter, writer = mail.letter, mail.writer
	others = [one for one in letter.reply_to if one.address != mail.speaker.address]
	if others:
		said = _("Answers are asked to go to {0}, the message is from {1}. Check who the customer is.")
		mail.notes.append(said.format(escape_html(str(others[0])), escape_html(str(mail.speaker))))
	if len(writer.customers) > 1 and not whose:
		said = _("The sender writes for several customers: {0}")
		mail.notes.append(said.format(escape_html(", ".join(sorted(writer.customers)))))
	if unit.said:
		said = _("Several units fit the serial numbers in the text: {0}")
		mail.notes.append(said.format(escape_html(", ".join(unit.said))))
	if unit.other:
		mail.notes.append(
			_("The text names the unit {0}, which is not with this customer.").format(unit.other)
		)


def _written_to(mail: Incoming) -> str | None:
	letter = mail.letter
	went_to = [one.address for one in (*letter.to, *letter.cc, *letter.delivered_to)]
	return rules.written_to(went_to, outgoing.addresses_of(mail.mailbox))


def _written_on(letter: Letter, latest: datetime) -> datetime:
	"""In the site's time; a date after `latest` is that of a clock that is wrong."""
	if not letter.written_on:
		return latest
	moment = convert_utc_to_system_timezone(letter.written_on.replace(tzinfo=None)).replace(tzinfo=None)
	return min(moment, latest)


def _write_notes(case: Document, notes: Sequence[str]) -> None:
	for note in dict.fromkeys(notes):
		case.add_comment("Info", note)


def _line(addresses: Sequence[Address]) -> str:
	return ", ".join(one.address for one in addresses)
