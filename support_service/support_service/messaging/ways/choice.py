"""By which way the customer of a case hears from us, when, and what is tried next.

The case names a way, else the customer does, else it is e-mail. What rings (text messages, group chats) keeps the quiet
hours; and nobody gets more than so many messages an hour, whatever goes round in circles.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, get_datetime, get_time, now_datetime

from support_service.support_service.messaging.ways import quiet, robots, sms

MESSAGE, SETTINGS = "Service Message", "Support Service Settings"
EMAIL, SMS, CHAT = "Email", "SMS", robots.SENDER
# the customer looks for themselves, or is called: nothing leaves by a sender
NOT_SENT = ("Portal", "Phone")
RINGS = (SMS, CHAT)
# a chat has more readers than the one who wrote to us, so nothing goes there unless it was chosen
INSTEAD = (EMAIL, SMS)
# what a message waits for
QUIET, LIMIT = "Quiet Hours", "Hourly Limit"


def preferred(case: Document) -> str:
	"""The way named by the case, else by its customer, else e-mail."""
	return case.preferred_channel or _of_customer(case.customer).service_channel or EMAIL


def address(case: Document, sender: str) -> str | None:
	"""Where `sender` reaches the customer of `case`: an e-mail address, the name of a robot, else the phone number."""
	if sender == EMAIL:
		return case.contact_email
	if sender == CHAT:
		return robots.of_customer(case.customer)
	return case.contact_phone


def instead_of(case: Document, tried: set[str]) -> tuple[str, str] | None:
	"""The next way and its address, after those of `tried` did not reach the customer; None where there is none."""
	for sender in INSTEAD:
		if sender in tried or (sender == SMS and not sms.is_ready()):
			continue
		if found := address(case, sender):
			return sender, found
	return None


def when(
	case: Document, sender: str, recipient: str, at_any_hour: bool = False
) -> tuple[datetime, str | None]:
	"""When a message that is written now may leave, and what it waits for until then: QUIET, LIMIT or nothing.

	at_any_hour: quiet hours do not hold it, as somebody comes at that very hour.
	"""
	now = now_datetime()
	due = max(now, _after_the_hour_is_over(recipient, now))
	waits_for = LIMIT if due > now else None
	rings = sender in RINGS and not at_any_hour
	if rings and (end := quiet.end_of(due, *_quiet_hours(case.customer))):
		return end, QUIET
	return due, waits_for


def _after_the_hour_is_over(recipient: str, now: datetime) -> datetime:
	"""The limit of messages an hour, over what has left and what is to leave."""
	limit = cint(frappe.get_cached_doc(SETTINGS).messages_per_hour)
	if limit <= 0:
		return now
	last = frappe.get_all(
		MESSAGE,
		filters={"recipient": recipient, "due_at": (">", add_to_date(now, hours=-1))},
		pluck="due_at",
		order_by="due_at desc",
		limit=limit,
	)
	return add_to_date(get_datetime(last[-1]), hours=1) if len(last) == limit else now


def _quiet_hours(customer: str | None) -> tuple[time | None, time | None]:
	own = _of_customer(customer)
	if own.service_quiet_from or own.service_quiet_to:
		return _time(own.service_quiet_from), _time(own.service_quiet_to)
	settings = frappe.get_cached_doc(SETTINGS)
	return _time(settings.quiet_from), _time(settings.quiet_to)


def _of_customer(customer: str | None) -> Any:
	fields = ["service_channel", "service_quiet_from", "service_quiet_to"]
	return (customer and frappe.db.get_value("Customer", customer, fields, as_dict=True)) or frappe._dict()


def _time(value: Any) -> time | None:
	return get_time(value) if value not in (None, "") else None
