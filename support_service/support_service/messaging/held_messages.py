"""Messages with a link that answers for the customer: they wait until somebody stands for the address.

See `customer_people.why_unconfirmed`. Nothing is lost meanwhile: the row keeps its link and says why it waits.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, now_datetime

from support_service.foundation import batches, locks, people
from support_service.support_service.messaging import customer_people, recipients

MESSAGE = "Service Message"
QUEUED, WAITING, FAILED = "Queued", "Waiting for Confirmation", "Failed"


def release(case: Document) -> None:
	"""The address of `case` was confirmed or changed: links that waited for it leave, to the address it has now."""
	if not case.get_doc_before_save():
		return
	if not (case.has_value_changed("contact_email") or case.has_value_changed("contact_email_confirmed_by")):
		return
	if case.contact_email:
		for name in frappe.get_all(MESSAGE, {"request": case.name, "status": WAITING}, pluck="name"):
			message = locks.get_doc(MESSAGE, name)
			message.recipient = case.contact_email
			_decide_again(message, case)


def look_again(limit: int) -> None:
	"""An address may have become known meanwhile, by a new Portal User or contact: looked at again every hour."""
	names = frappe.get_all(
		MESSAGE,
		filters={"status": WAITING, "due_at": ("<=", now_datetime())},
		order_by="due_at asc",
		limit=limit,
		pluck="name",
	)
	batches.one_by_one(
		names,
		lock=lambda name: batches.lock_row(MESSAGE, name, "status", WAITING),
		work=_look_again_at,
		failed=_postpone_look,
	)


def _look_again_at(name: str) -> None:
	message = frappe.get_doc(MESSAGE, name)
	_decide_again(message, frappe.get_doc("Service Request", message.request))


def _postpone_look(name: str, error: Exception) -> None:
	frappe.log_error(f"The address of message {name} could not be checked")
	frappe.db.set_value(MESSAGE, name, "due_at", add_to_date(now_datetime(), hours=1), update_modified=False)


def _decide_again(message: Document, case: Document) -> None:
	hold_back(message, case)
	values = {field: message.get(field) for field in ("status", "recipient", "error", "due_at")}
	message.db_set(values, update_modified=False)


def hold_back(message: Document, case: Document) -> None:
	"""Queued, or waiting with the reason and looked at again in an hour."""
	message.error = customer_people.why_unconfirmed(case, message.recipient)
	message.status = WAITING if message.error else QUEUED
	message.due_at = add_to_date(now_datetime(), hours=1 if message.error else 0)


def ask_for_confirmation(case: Document, message: Document) -> None:
	"""A notification for the people who may confirm the address: the lead of the case."""

	def line(lang: str) -> str:
		return _("Please confirm the customer's address {0}: {1} {2}", lang).format(
			message.recipient, case.name, case.subject or ""
		)

	people.notify(recipients.users_for(case, recipients.LEAD), line, document=(case.doctype, case.name))
