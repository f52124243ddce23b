"""Making units and changing where they stand, many at once: the one writer of Installed Unit besides its form.

A unit is found by its `source_key`, which is unique: placing the same delivery again (a repeat, a takeover, two processes
at once) changes nothing. Where a unit stands is derived from its whole ledger (`placement_rules`) each time an event is
stored, so that deliveries, returns and cancellations may be stored in any order. Units are written as rows, not as
documents: no assignment rule or notification of the site runs for them, the listeners of `unit_events` do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe

from support_service.foundation import rows
from support_service.foundation.names.keys import key_of
from support_service.installed_base import unit_events, unit_rows, unit_timeline
from support_service.installed_base.placement_rules import Event, Reference, Standing, standing
from support_service.installed_base.unit_events import DELIVERED, LENT, TRANSFERRED, UnitEvent

DOCTYPE = "Installed Unit"
IN_SERVICE = "In Service"
RETURNED = "Returned"
STANDBY = "Standby"


@dataclass(frozen=True, slots=True)
class NewUnit:
	"""One unit as a source document (a delivery, an Asset, a takeover) describes it.

	source_key: `keys.key_of(DocType, name)`: "Serial No|<name>", "Asset|<name>", or for a piece without a serial number
	"<row's DocType>|<row's name>|<number of the piece, from 1>".
	happened_on: the day of the event: the posting date of a delivery.
	reference: (DocType, name) of the document; its event is stored once for each unit.
	customer_name: as the document shows it; looked up where empty.
	site_address_display: the address as the document shows it; made from site_address where empty.
	"""

	source_key: str
	customer: str
	happened_on: date
	reference: Reference | None = None
	item_code: str | None = None
	serial_no: str | None = None
	asset: str | None = None
	serial_label: str | None = None
	unit_name: str | None = None
	unit_kind: str = "Device"
	state: str = IN_SERVICE
	customer_name: str | None = None
	company: str | None = None
	site_address: str | None = None
	site_address_display: str | None = None
	contact: str | None = None
	installed_on: date | None = None
	accepted_on: date | None = None


def place(units: Sequence[NewUnit], *, event: str = DELIVERED) -> dict[str, str]:
	"""Make the units that are missing, update those that exist, and store `event` once for each.

	Returns source_key → name of the Installed Unit. Costs a fixed number of statements for a batch.
	"""
	wanted = {unit.source_key: unit for unit in units}
	known = unit_rows.find(wanted.values())
	made = _make([unit for key, unit in wanted.items() if key not in known], event)
	present = [unit for key, unit in wanted.items() if key not in made]
	# before anything is decided: all rows are locked, and those another transaction has made meanwhile are seen
	stored = unit_rows.lock(present) if present else {}
	if lost := [unit for unit in present if unit.source_key not in stored]:
		# a unit whose Serial No or Asset was deleted still has the key
		unit_rows.free_keys(lost)
		made |= _make(lost, event)
		present = [unit for unit in present if unit.source_key not in made]
	names = {**made, **{key: row.name for key, row in stored.items()}}
	events = unit_events.store([_event(wanted[key], made[key], event) for key in made], known_new=True)
	if present:
		happened = {stored[unit.source_key].name: unit for unit in present}
		events += _move({row.name: row for row in stored.values()}, happened, event)
	unit_events.notify_listeners(events)
	return names


def happened(
	names: Iterable[str], event: str, *, on: date, reference: Reference, reason: str | None = None
) -> list[str]:
	"""Store `event` (a return, an installation, a cancellation) once for each unit, and update the units by it.

	Returns the units for which it was new.
	"""
	stored = unit_rows.lock_names(names)
	events = unit_events.store(
		[
			UnitEvent(
				unit=row.name,
				event=event,
				happened_on=on,
				key=_key(event, row.name, reference),
				customer=row.customer,
				old_value=row.state,
				reference=reference,
				reason=reason,
			)
			for row in stored.values()
		]
	)
	touched = {item.unit: stored[item.unit] for item in events}
	_follow_ledger(touched, {})
	unit_events.notify_listeners(events)
	return list(touched)


def touched_by(reference: Reference, event: str | None = None) -> list[str]:
	"""The units that have an event of the document `reference`; with `event` given, those that have this one."""
	return frappe.get_all(
		unit_events.DOCTYPE,
		filters={
			"reference_name": reference[1],
			"reference_doctype": reference[0],
			**({"event": event} if event else {}),
		},
		pluck="installed_unit",
		distinct=True,
		order_by="installed_unit",
	)


def _make(units: Sequence[NewUnit], event: str) -> dict[str, str]:
	"""Insert units; returns source_key → name, without those that another transaction inserted first."""
	if not units:
		return {}
	lines = unit_rows.new_rows(units, delivered=event == DELIVERED)
	inserted = rows.insert(DOCTYPE, lines, leave_present=True)
	here = rows.newly_stored(DOCTYPE, [line["name"] for line in lines], inserted)
	return {line["source_key"]: line["name"] for line in lines if line["name"] in here}


def _move(stored: Mapping[str, Any], facts: Mapping[str, NewUnit], event: str) -> list[UnitEvent]:
	"""Store `event` for units that exist and update them; returns the events that were new."""
	new = unit_events.store(
		[_event(unit, name, event, before=stored[name].state) for name, unit in facts.items()]
	)
	changed = {item.unit: stored[item.unit] for item in new}
	before = {name: row.customer for name, row in changed.items()}
	_follow_ledger(changed, facts)
	if event == LENT:
		return new  # it stays ours: no change of customers, which warranties would follow
	moved = {name: before[name] for name, row in changed.items() if row.customer != before[name]}
	return [*_transfers(moved, changed, facts), *new]


def _transfers(
	moved: Mapping[str, str], stored: Mapping[str, Any], facts: Mapping[str, NewUnit]
) -> list[UnitEvent]:
	"""Store that units changed customers (`moved`: unit → customer before), and that their parts changed with them."""
	if not moved:
		return []
	below = {part: root for part, root in unit_rows.parts_below(moved).items() if part not in facts}
	unit_rows.set_customer({part: stored[root].customer for part, root in below.items()})
	return unit_events.store(
		[
			UnitEvent(
				unit=name,
				event=TRANSFERRED,
				happened_on=facts[root].happened_on,
				key=_key(TRANSFERRED, name, facts[root].reference),
				customer=stored[root].customer,
				from_customer=moved[root],
				reference=facts[root].reference,
			)
			for name, root in {**{name: name for name in moved}, **below}.items()
		]
	)


def _follow_ledger(stored: Mapping[str, Any], facts: Mapping[str, NewUnit]) -> None:
	"""Write to the units what their ledgers say now; the rows in `stored` are changed, too."""
	if not stored:
		return
	events = _events(stored)
	parents = {name: row.parent_unit for name, row in stored.items()}
	for name, row in stored.items():
		row.update(_changes(row, standing(events.get(name, ())), facts.get(name)))
	for name, row in stored.items():
		parent = stored.get(parents[name])
		if parent and parent.customer == row.customer:
			row.parent_unit = parent.name  # both changed customers
	unit_rows.write(list(stored.values()))


def _changes(row: Any, now: Standing, fact: NewUnit | None) -> dict[str, Any]:
	"""The columns of a unit that must change. now: what its ledger says; fact: what the document just placed says of it."""
	changes: dict[str, Any] = {}
	latest = fact is not None and now.last is not None and now.last == fact.reference
	customer = now.customer or row.customer
	if customer != row.customer:
		# another customer's site, contact and rack are not this one's
		changes.update(customer=customer, parent_unit=None, contact=None, site_address=None)
		changes.update(site_address_display=None, latitude=0, longitude=0)
	source = unit_rows.source_of(row)
	if now.delivered_by != source and (now.delivered_by or source in now.undone):
		changes.update(delivered_on=now.delivered_on, **unit_rows.source_columns(now.delivered_by))
	if now.follows_installations:
		changes["installed_on"] = now.installed_on
	if not now.at_customer:
		changes["state"] = RETURNED
	elif now.lent:
		changes["state"] = STANDBY
	elif latest or row.state == RETURNED:
		changes["state"] = IN_SERVICE
	if latest and fact:
		changes.update(unit_rows.site_of(fact, row if customer == row.customer else None))
	return changes


def _events(names: Iterable[str]) -> dict[str, list[Event]]:
	return {name: [_ledger_event(row) for row in rows] for name, rows in unit_timeline.of(names).items()}


def _ledger_event(row: Any) -> Event:
	reference = unit_timeline.reference_of(row) if row.reference_name else None
	return Event(row.event, row.happened_on, row.sequence, row.customer, reference, row.from_customer)


def _event(unit: NewUnit, name: str, event: str, before: str | None = None) -> UnitEvent:
	return UnitEvent(
		unit=name,
		event=event,
		happened_on=unit.happened_on,
		key=_key(event, name, unit.reference),
		customer=unit.customer,
		old_value=before,
		new_value=unit.state,
		reference=unit.reference,
	)


def _key(event: str, name: str, reference: Reference | None) -> str:
	return key_of(event, name, *(reference or ("by hand",)))
