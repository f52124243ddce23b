"""The ledger of what happened to units (Installed Unit Event): its only writer, and the notification of its listeners.

Whoever must react to an event (warranties do) names a function under the hook key `support_service_unit_listeners`. It is
called once with all events of one document, so that a delivery of a thousand units costs a few statements.

What the events of deliveries mean:
- Delivered: the unit is with `customer` from `happened_on`. `new_value` is its state now; `old_value` its state before, where
  the unit existed already (delivered again after a repair or a return).
- Transferred: the unit went from `from_customer` to `customer`. It stands beside the Delivered of the same document, or
  alone where a person changed the customer on the form.
- Returned: a return took the unit back.
- Lent: a device of ours stands at `customer` and stays ours; Taken Back: it came back.
- Delivery, Return, Installation or Loan Cancelled: the document named by `reference` counts as never having happened; its rows stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe
from frappe.utils import now_datetime

from support_service.foundation import rows
from support_service.renamed import names_of_last_release

DOCTYPE = "Installed Unit Event"
LISTENERS = "support_service_unit_listeners"

CREATED = "Created"
DELIVERED = "Delivered"
INSTALLED = "Installed"
ACCEPTED = "Accepted"
RETURNED = "Returned"
DELIVERY_CANCELLED = "Delivery Cancelled"
RETURN_CANCELLED = "Return Cancelled"
INSTALLATION_CANCELLED = "Installation Cancelled"
LENT = "Lent"
TAKEN_BACK = "Taken Back"
LOAN_CANCELLED = "Loan Cancelled"
TRANSFERRED = "Transferred"
MOVED = "Moved"
STATE_CHANGED = "State Changed"
RETIRED = "Retired"
CORRECTED = "Corrected"

# functions that had another name in the last release
__getattr__ = names_of_last_release(__name__)


@dataclass(frozen=True, slots=True)
class UnitEvent:
	"""One thing that happened to a unit.

	happened_on: the day it counts from (a delivery's posting date), not the day it was stored.
	reference: (DocType, name) of the document that caused it.
	key: unique; an event appended again, by a repeat or a second run, is stored once.
	"""

	unit: str
	event: str
	happened_on: date
	key: str
	customer: str | None = None
	from_customer: str | None = None
	old_value: str | None = None
	new_value: str | None = None
	reference: tuple[str, str] | None = None
	reason: str | None = None


def append(events: Sequence[UnitEvent], *, known_new: bool = False) -> list[UnitEvent]:
	"""Store the events that are not in the ledger yet and notify the listeners of them; returns those stored.

	known_new: the caller has just made the units, so none of the events can be there already.
	"""
	new = store(events, known_new=known_new)
	notify_listeners(new)
	return new


def store(events: Sequence[UnitEvent], *, known_new: bool = False) -> list[UnitEvent]:
	"""Store events as `append` does, without notifying: for a caller that must update the units before listeners look."""
	new = list(events) if known_new else _not_stored(events)
	if not new:
		return []
	moment, user = now_datetime(), frappe.session.user
	lines = [_row(event, moment, user) for event in new]
	inserted = rows.insert(DOCTYPE, lines, leave_present=not known_new)
	if known_new:
		return new
	# another transaction may have stored one of them where this one's snapshot does not show it
	here = rows.newly_stored(DOCTYPE, [str(line["name"]) for line in lines], inserted)
	return [event for event, line in zip(new, lines, strict=True) if line["name"] in here]


def notify_listeners(events: Sequence[UnitEvent]) -> None:
	"""Call each listener once with all `events`."""
	if events:
		for path in frappe.get_hooks(LISTENERS):
			frappe.get_attr(path)(list(events))


def of(units: Iterable[str]) -> list[Any]:
	"""The ledger rows of `units`, in no order; `unit_timeline.of` gives them in order."""
	return frappe.get_all(
		DOCTYPE,
		filters={"installed_unit": ("in", sorted(units))},
		fields=[
			"installed_unit",
			"event",
			"happened_on",
			"customer",
			"from_customer",
			"reference_doctype",
			"reference_name",
			"recorded_at",
			"reason",
			"entry_key",
		],
		order_by=None,
	)


def _not_stored(events: Sequence[UnitEvent]) -> list[UnitEvent]:
	if not events:
		return []
	keys = [event.key for event in events]
	present = set(
		frappe.get_all(DOCTYPE, filters={"entry_key": ("in", keys)}, pluck="entry_key", order_by=None)
	)
	return [event for event in {event.key: event for event in events}.values() if event.key not in present]


def _row(event: UnitEvent, moment: object, user: str) -> dict[str, object]:
	doctype, name = event.reference or (None, None)
	return {
		"name": frappe.generate_hash(length=16),
		"installed_unit": event.unit,
		"event": event.event,
		"happened_on": event.happened_on,
		"customer": event.customer,
		"from_customer": event.from_customer,
		"old_value": event.old_value,
		"new_value": event.new_value,
		"reference_doctype": doctype,
		"reference_name": name,
		"reason": event.reason,
		"recorded_by": user,
		"recorded_at": moment,
		"entry_key": event.key,
	}
