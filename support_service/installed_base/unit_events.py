"""The ledger of what happened to units, and the door through which other rooms hear of it.

`append` is the only writer of Installed Unit Event. Whoever must react to a delivery, a return or a transfer (warranties)
listens through the hook key `support_service_unit_listeners`: a list of dotted paths, each called once with all events
of one document, so that a delivery of a thousand units costs a few statements and not thousands.

What the events of deliveries say:
- Delivered: `customer` has it from `happened_on`. Of a unit that stood already (redelivered after a repair or a return),
  `old_value` is the state it was in; `new_value` is the one it is in now.
- Transferred: it changed from `from_customer` to `customer`; beside a Delivered of the same reference, or alone when a
  person moved it.
- Returned: a return was submitted. Delivery / Return / Installation Cancelled: the document named by `reference`
  counts as never having happened; the rows it appended stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe
from frappe.utils import now_datetime

from support_service.foundation import rows

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
TRANSFERRED = "Transferred"
MOVED = "Moved"
STATE_CHANGED = "State Changed"
RETIRED = "Retired"
CORRECTED = "Corrected"


@dataclass(frozen=True, slots=True)
class UnitEvent:
	"""One thing that happened to a unit.

	happened_on: the day it counts from (a delivery's posting date), not the day it was recorded.
	reference: (DocType, name) of the document that caused it.
	key: unique; the same event appended again, by a repeat or a second run, stands once.
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
	"""Append the events not recorded before and tell the listeners of them, all at once; returns those appended.

	known_new: the caller has just made the units, so no event of theirs can be there already.
	"""
	new = store(events, known_new=known_new)
	notify_listeners(new)
	return new


def store(events: Sequence[UnitEvent], *, known_new: bool = False) -> list[UnitEvent]:
	"""Append as `append` does, without telling: for a writer that must first bring the units in step with them."""
	new = list(events) if known_new else _not_recorded(events)
	if not new:
		return []
	moment, user = now_datetime(), frappe.session.user
	lines = [_row(event, moment, user) for event in new]
	inserted = rows.insert(DOCTYPE, lines, leave_present=not known_new)
	if known_new:
		return new
	# another transaction may have recorded one of them where this one's snapshot does not show it
	here = rows.newly_stored(DOCTYPE, [str(line["name"]) for line in lines], inserted)
	return [event for event, line in zip(new, lines, strict=True) if line["name"] in here]


def notify_listeners(events: Sequence[UnitEvent]) -> None:
	"""Tell the listeners of `events`, all at once."""
	if events:
		for path in frappe.get_hooks(LISTENERS):
			frappe.get_attr(path)(list(events))


def of(units: Iterable[str]) -> list[Any]:
	"""The rows of `units`, in no order."""
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


def _not_recorded(events: Sequence[UnitEvent]) -> list[UnitEvent]:
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
