"""Where a unit stands, derived from the ledger of its events. Imports no Frappe.

Deliveries, returns and installations count as long as their document is not cancelled; a cancelled one counts as never
having happened, whatever came after it. Nothing but the ledger is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

Reference = tuple[str, str]  # DocType, name

CREATED = "Created"
DELIVERED = "Delivered"
RETURNED = "Returned"
TRANSFERRED = "Transferred"
INSTALLED = "Installed"
LENT = "Lent"
TAKEN_BACK = "Taken Back"
CANCELLATIONS = frozenset(
	{"Delivery Cancelled", "Return Cancelled", "Installation Cancelled", "Loan Cancelled"}
)

# one document stores both: the delivery to another customer comes first, then the change of customer
RANK = {DELIVERED: 0, TRANSFERRED: 1}


@dataclass(frozen=True, slots=True)
class Event:
	"""One row of the ledger. `sequence` orders the events of one day; see `unit_timeline`."""

	event: str
	on: date
	sequence: object
	customer: str | None = None
	reference: Reference | None = None
	from_customer: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
	"""What the ledger says about a unit now.

	delivered_on, delivered_by: day and document of the delivery that brought it to its present customer. Another delivery to
	the same customer after a repair does not change them; one after a return, or to another customer, does.
	follows_installations: an Installation Note has named the unit, so installed_on comes from the ledger, also when it is None.
	lent: it is ours and stands there on loan. home: customer, and whether it was with them, before it was lent.
	last: the document of the latest event that counts; None where a person entered it.
	undone: the documents that were cancelled.
	"""

	customer: str | None = None
	at_customer: bool = True
	was_delivered: bool = False
	delivered_on: date | None = None
	delivered_by: Reference | None = None
	installed_on: date | None = None
	follows_installations: bool = False
	lent: bool = False
	home: tuple[str | None, bool] | None = None
	last: Reference | None = None
	undone: frozenset[Reference] = frozenset()


def standing(events: Iterable[Event]) -> Standing:
	"""Where a unit stands after `events`, which may come in any order."""
	rows = list(events)
	undone = frozenset(row.reference for row in rows if row.event in CANCELLATIONS and row.reference)
	rows.sort(key=lambda row: (row.on, row.sequence, RANK.get(row.event, 2)))
	# a part may have no event before the one in which it changed customers with its unit
	first_owner = next((row.from_customer for row in rows if row.event == TRANSFERRED), None)
	now = Standing(
		customer=first_owner,
		undone=undone,
		follows_installations=any(row.event == INSTALLED for row in rows),
	)
	for row in rows:
		if row.reference is None or row.reference not in undone:
			now = _after(now, row)
	# a unit all of whose deliveries were cancelled is at no customer; one entered by hand is where it was entered
	# and so is one of ours that is not on loan any more
	came_by_document = any(row.event in (DELIVERED, LENT) for row in rows)
	entered_by_hand = any(row.event == CREATED for row in rows)
	if came_by_document and not (now.was_delivered or now.lent) and not entered_by_hand:
		now = replace(now, at_customer=False)
	return now


def _after(now: Standing, row: Event) -> Standing:
	now = replace(now, last=row.reference)
	if row.event == DELIVERED:
		return _delivered(now, row)
	if row.event == RETURNED:
		return replace(now, at_customer=False, customer=now.customer or row.customer, lent=False, home=None)
	if row.event in (LENT, TAKEN_BACK):
		return _lent(now, row)
	if row.event == INSTALLED:
		now = replace(now, installed_on=row.on)
	if row.event in (CREATED, TRANSFERRED) or now.customer is None:
		return replace(now, customer=row.customer or now.customer)
	return now


def _delivered(now: Standing, row: Event) -> Standing:
	customer = row.customer or now.customer
	again = now.was_delivered and now.at_customer and customer == now.customer
	now = replace(now, customer=customer, at_customer=True, was_delivered=True, lent=False, home=None)
	return now if again else replace(now, delivered_on=row.on, delivered_by=row.reference)


def _lent(now: Standing, row: Event) -> Standing:
	"""On loan it stands at somebody's; when it is back, it is where it was before."""
	if row.event == LENT:
		home = now.home if now.lent else (now.customer, now.at_customer)
		return replace(now, customer=row.customer or now.customer, at_customer=True, lent=True, home=home)
	if not now.lent or now.home is None:
		return now  # sold to whoever had it on loan, say
	customer, at_customer = now.home
	return replace(now, customer=customer, at_customer=at_customer, lent=False, home=None)
