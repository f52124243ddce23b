"""Messages between customer and service on one case, stored as Frappe's Communications."""

import hashlib
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, get_fullname, split_emails
from frappe.utils.html_utils import sanitize_html

from support_service.customer_portal import story
from support_service.foundation import locks
from support_service.permissions import contact_ties
from support_service.support_service.merging import leading_on

MAX_LENGTH = 10_000
MAX_SHOWN = 200


class EmptyMessageError(frappe.ValidationError):
	"""Nothing was written."""


def people_of(customer: str) -> tuple[frozenset[str], frozenset[str]]:
	"""(users, e-mail addresses in lower case) that write for `customer`: its Portal Users and trusted Contacts."""
	users = set(contact_ties.portal_users([customer])[customer])
	addresses = {user.lower() for user in users}
	for tie in contact_ties.ties_of([customer]):
		if tie.known:
			addresses |= tie.addresses
			users |= {tie.user} if tie.user else set()
	return frozenset(users), frozenset(addresses)


def of_case(case: Any, addresses: frozenset[str]) -> list[Any]:
	"""Messages of `case` the customer may read, oldest first: name, by_customer, author, content (safe HTML), on.

	Comments, automatic notes and mails to third parties are left out.
	"""
	own = addresses | {case.contact_email or ""}
	rows = frappe.get_all(
		"Communication",
		filters={
			"reference_doctype": "Service Request",
			"reference_name": case.name,
			"communication_type": "Communication",
			"communication_medium": ["in", ("Email", "Chat", "Other", "")],
		},
		fields=[
			"name",
			"sent_or_received",
			"sender",
			"sender_full_name",
			"recipients",
			"cc",
			"content",
			"communication_date",
		],
		order_by="communication_date desc",
		limit=MAX_SHOWN,
	)
	shown = [row for row in rows if _is_for_customer(row, own)]
	return [_readable(row) for row in reversed(shown)]


def add(case: Any, text: str, key: str = "") -> str:
	"""Store what the customer wrote on `case`; returns the Communication.

	Whoever works on the case is notified by `support_service/messaging/customer_answers.py`.
	key: made by the page once per message, so that sending twice stores one.
	Raises EmptyMessageError.
	"""
	text = (text or "").strip()[:MAX_LENGTH]
	if not text:
		frappe.throw(_("Please write your message first."), EmptyMessageError)
	# the number that the page knows: sent again after a merge, it is still the same message
	message_id = _message_id(case.flags.addressed_as or case.name, key)
	if message_id:
		# lock the case: the second of two simultaneous calls waits and then finds the message of the first
		locks.get_value("Service Request", case.name)
		existing = locks.get_value("Communication", {"message_id": message_id})
		if existing:
			return existing
	return _insert(case, text, message_id)


def _insert(case: Any, text: str, message_id: str | None) -> str:
	user = frappe.session.user
	message = frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Other",
			"sent_or_received": "Received",
			"subject": case.subject,
			"content": escape_html(text).replace("\n", "<br>"),
			"sender": frappe.db.get_value("User", user, "email"),
			"sender_full_name": get_fullname(user),
			"reference_doctype": "Service Request",
			"reference_name": case.name,
			"message_id": message_id,
			"status": "Linked",
		}
	)
	leading_on.address(message, case)
	# the one writer of customers' messages: they have no right to Communication; the caller checked that the case is theirs
	return message.insert(ignore_permissions=True).name


def _message_id(request: str, key: str) -> str | None:
	if not key:
		return None
	mark = hashlib.sha256(f"{frappe.session.user}:{request}:{key}".encode()).hexdigest()
	return f"{mark[:40]}@portal"


def _is_for_customer(row: Any, own: frozenset[str]) -> bool:
	recipients = split_emails(",".join(filter(None, (row.recipients, row.cc))))
	recipients = [_bare(recipient) for recipient in recipients]
	return story.is_for_customer(row.sent_or_received, _bare(row.sender), recipients, own)


def _bare(address: str | None) -> str:
	"""`Jane <jane@example.com>` -> `jane@example.com`."""
	return frappe.utils.parse_addr(address or "")[1] or (address or "")


def _readable(row: Any) -> Any:
	return frappe._dict(
		name=row.name,
		by_customer=row.sent_or_received == "Received",
		author=row.sender_full_name or row.sender,
		content=sanitize_html(row.content or "", always_sanitize=True),
		on=row.communication_date,
	)
