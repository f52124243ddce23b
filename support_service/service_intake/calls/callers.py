"""Who may be calling: Contacts and open cases with the number of a call.

A number says who may be calling, not who is: two people share a telephone, and a number can be forged. So several Contacts are
shown for a person to choose from, and where nobody has the number the caller is not verified and no customer is shown.
Every read goes through `frappe.get_list`, or narrows one: the agent's permission rules decide what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

import frappe
from frappe.query_builder import DocType

from support_service.permissions import contact_ties
from support_service.service_intake import look_up
from support_service.service_intake.calls import numbers
from support_service.service_intake.look_up import Hit

# rows that a search by the last digits may give, and callers shown
MOST_CANDIDATES, MOST_SHOWN = 200, 12


class Callers(TypedDict):
	"""hits: Contacts, one for each of their customers, and open cases. chosen: the only trusted Contact, if it is the only one."""

	hits: list[Hit]
	chosen: Hit | None


def of(number: str | None) -> Callers:
	"""Who has `number`, for the current user."""
	contacts = contact_hits(number)
	certain = [hit for hit in contacts if hit["customer"]]
	chosen = certain[0] if len(contacts) == 1 and certain else None
	return Callers(hits=[*contacts, *case_hits(number)][:MOST_SHOWN], chosen=chosen)


def contact_hits(number: str | None) -> list[Hit]:
	"""Contacts with `number`, one for each of their customers; only those that the current user may read."""
	names = contacts_with(number)
	if not names:
		return []
	rows = frappe.get_list(
		"Contact",
		filters={"name": ["in", names]},
		fields=["name", "full_name", "phone", "mobile_no"],
		order_by="full_name",
		limit=MOST_SHOWN,
	)
	ties = contact_ties.ties_of_contacts([row.name for row in rows])
	found: list[Hit] = []
	for row in rows:
		own = [tie for tie in ties if tie.contact == row.name]
		known = {(tie.contact, tie.customer) for tie in own if tie.known}
		found += [
			look_up.contact_hit(row, customer, known)
			for customer in ([tie.customer for tie in own] or [None])
		]
	return found


def contacts_with(number: str | None) -> list[str]:
	"""Names of the Contacts with this number; only where there is none, of those that have it without its area code."""
	phone = DocType("Contact Phone")
	return _alike(number, phone, phone.parent, phone.phone, phone.parenttype == "Contact")


def case_hits(number: str | None) -> list[Hit]:
	"""Open cases with `number`: of callers who are no Contact."""
	request = DocType("Service Request")
	live = request.status.isin(look_up.LIVE_STATES) & request.contact_phone.notnull()
	names = _alike(number, request, request.name, request.contact_phone, live)
	if not names:
		return []
	rows = frappe.get_list(
		"Service Request",
		filters={"name": ["in", names]},
		fields=look_up.CASE_FIELDS,
		order_by="raised_on desc",
		limit=MOST_SHOWN,
	)
	return [look_up.case_hit(row) for row in rows]


def _alike(number: str | None, table: Any, name: Any, phone: Any, condition: Any) -> list[str]:
	"""Names of rows whose telephone number is `number`, the likest only."""
	tail = numbers.tail(number)
	if len(tail) < look_up.MIN_PHONE_DIGITS:
		return []
	query = (
		frappe.qb.from_(table)
		.select(name, phone)
		.where(condition & look_up.bare_number(phone).like(f"%{tail}%"))
		.limit(MOST_CANDIDATES)
	)
	return _likest(number, query.run())


def _likest(number: str | None, rows: Iterable[tuple[str, str]]) -> list[str]:
	liked = [(name, numbers.likeness(number, phone)) for name, phone in rows]
	best = max((like for _name, like in liked), default=0)
	return list(dict.fromkeys(name for name, like in liked if like and like == best))


def only_one(number: str | None) -> tuple[str, str] | None:
	"""(Contact, Customer) where exactly one Contact has `number`, with one customer, and may be trusted; whoever asks."""
	contacts = contacts_with(number)
	if len(contacts) != 1:
		return None
	ties = contact_ties.ties_of_contacts(contacts)
	return (ties[0].contact, ties[0].customer) if len(ties) == 1 and ties[0].known else None
