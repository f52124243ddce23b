"""Where a unit stands, from the ledger of what happened to it. Frappe-free.

Deliveries, returns and installations count as long as their document is not cancelled; a cancelled one counts as never
having happened, whatever came after it. Nothing else about a unit's whereabouts is remembered: read the ledger again and
it says the same.
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
CANCELLATIONS = frozenset({"Delivery Cancelled", "Return Cancelled", "Installation Cancelled"})

# what happened in one breath: the delivery to another customer, then that it changed hands
RANK = {DELIVERED: 0, TRANSFERRED: 1}


@dataclass(frozen=True, slots=True)
class Event:
	"""One row of the ledger. `sequence` orders what happened on the same day; see `unit_timeline`."""

	event: str
	on: date
	sequence: object
	customer: str | None = None
	reference: Reference | None = None
	from_customer: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
	"""What the ledger says of a unit now.

	delivered_on, delivered_by: the delivery it stands there by; a redelivery to the same customer after a repair does not
	change it, one after a return or to another customer does.
	follows_installations: whether installed_on follows the ledger, even where it says that none counts.
	last: the document of the latest step that counts; None if that was a person's.
	undone: the documents that were cancelled.
	"""

	customer: str | None = None
	at_customer: bool = True
	was_delivered: bool = False
	delivered_on: date | None = None
	delivered_by: Reference | None = None
	installed_on: date | None = None
	follows_installations: bool = False
	last: Reference | None = None
	undone: frozenset[Reference] = frozenset()


def standing(steps: Iterable[Event]) -> Standing:
	"""The standing after `steps` (any order)."""
	rows = list(steps)
	undone = frozenset(row.reference for row in rows if row.event in CANCELLATIONS and row.reference)
	rows.sort(key=lambda row: (row.on, row.sequence, RANK.get(row.event, 2)))
	# a part of a unit may be known only from having changed hands with it
	first_owner = next((row.from_customer for row in rows if row.event == TRANSFERRED), None)
	now = Standing(
		customer=first_owner,
		undone=undone,
		follows_installations=any(row.event == INSTALLED for row in rows),
	)
	for row in rows:
		if row.reference is None or row.reference not in undone:
			now = _after(now, row)
	# a unit that came by deliveries which were all cancelled stands nowhere; one entered by hand stands where it stood
	came_by_delivery = any(row.event == DELIVERED for row in rows)
	entered_by_hand = any(row.event == CREATED for row in rows)
	if came_by_delivery and not now.was_delivered and not entered_by_hand:
		now = replace(now, at_customer=False)
	return now


def _after(now: Standing, row: Event) -> Standing:
	now = replace(now, last=row.reference)
	if row.event == DELIVERED:
		return _delivered(now, row)
	if row.event == RETURNED:
		return replace(now, at_customer=False, customer=now.customer or row.customer)
	if row.event == INSTALLED:
		now = replace(now, installed_on=row.on)
	if row.event in (CREATED, TRANSFERRED) or now.customer is None:
		return replace(now, customer=row.customer or now.customer)
	return now


def _delivered(now: Standing, row: Event) -> Standing:
	customer = row.customer or now.customer
	again = now.was_delivered and now.at_customer and customer == now.customer
	now = replace(now, customer=customer, at_customer=True, was_delivered=True)
	return now if again else replace(now, delivered_on=row.on, delivered_by=row.reference)
