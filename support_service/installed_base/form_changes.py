"""What a person enters or changes on a unit's form is stored as events in its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import frappe
from frappe.utils import cstr, getdate, today

from support_service.installed_base import unit_events, unit_rows
from support_service.installed_base.unit_events import UnitEvent

if TYPE_CHECKING:
	from support_service.installed_base.doctype.installed_unit.installed_unit import InstalledUnit

# field → the event its first entry stands for; a later change of the date is a correction
DATES = {
	"delivered_on": unit_events.DELIVERED,
	"installed_on": unit_events.INSTALLED,
	"accepted_on": unit_events.ACCEPTED,
}
PLACE = ("site_address", "parent_unit")
RETIRED = "Retired"


def append_new(unit: InstalledUnit) -> None:
	"""Store that a unit was entered or imported, and the dates entered with it."""
	events = [_event(unit, unit_events.CREATED, new_value=unit.state)]
	events += [
		_event(unit, event, happened_on=unit.get(field)) for field, event in DATES.items() if unit.get(field)
	]
	unit_events.append(events, known_new=True)


def append_changes(unit: InstalledUnit, before: InstalledUnit) -> None:
	"""Store what has changed on a unit since `before`, the unit as it was stored."""
	events = list(_changes(unit, before))
	if unit.customer != before.customer:
		events += _hand_over_parts(unit, before)
	unit_events.append(events, known_new=True)


def _changes(unit: InstalledUnit, before: InstalledUnit) -> Iterator[UnitEvent]:
	if unit.customer != before.customer:
		yield _event(unit, unit_events.TRANSFERRED, from_customer=before.customer)
	if unit.state != before.state:
		kind = unit_events.RETIRED if unit.state == RETIRED else unit_events.STATE_CHANGED
		yield _event(unit, kind, old_value=before.state, new_value=unit.state)
	for field in PLACE:
		if cstr(unit.get(field)) != cstr(before.get(field)):
			yield _event(
				unit,
				unit_events.MOVED,
				old_value=before.get(field),
				new_value=unit.get(field),
				reason=field,
			)
	for field, event in DATES.items():
		new, old = _day(unit.get(field)), _day(before.get(field))
		if new == old:
			continue
		if old is None:
			yield _event(unit, event, happened_on=new)
		else:
			yield _event(unit, unit_events.CORRECTED, old_value=old, new_value=new, reason=field)


def _hand_over_parts(unit: InstalledUnit, before: InstalledUnit) -> list[UnitEvent]:
	"""Give the parts of a unit to its new customer; returns the events of that."""
	parts = unit_rows.parts_below([unit.name])
	unit_rows.set_customer(dict.fromkeys(parts, unit.customer))
	return [
		UnitEvent(
			unit=part,
			event=unit_events.TRANSFERRED,
			happened_on=getdate(today()),
			key=_key(unit_events.TRANSFERRED, part),
			customer=unit.customer,
			from_customer=before.customer,
		)
		for part in sorted(parts)
	]


def _event(unit: InstalledUnit, event: str, **values: object) -> UnitEvent:
	facts = {key: cstr(value) or None for key, value in values.items() if key != "happened_on"}
	return UnitEvent(
		unit=unit.name,
		event=event,
		happened_on=getdate(values.get("happened_on") or today()),
		key=_key(event, unit.name),
		customer=unit.customer,
		**facts,
	)


def _key(event: str, unit: str) -> str:
	# random: a state may change to and fro, and each change is an event of its own
	return "|".join((event, unit, "by hand", frappe.generate_hash(length=12)))


def _day(value: object) -> object:
	return getdate(value) if value else None
