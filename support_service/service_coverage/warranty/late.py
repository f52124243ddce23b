"""Deliveries entered late, of units that have been returned since.

The delivery does to the warranty what a delivery does, and then the later return suspends it once more; else a unit that is
with us would have a running warranty. The ledger has a row for each document, so that either can be cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from frappe import _

from support_service.constants.words import N_
from support_service.foundation import language
from support_service.installed_base import unit_timeline
from support_service.service_coverage.warranty.register import WarrantyRegister, Why
from support_service.service_coverage.warranty.rules import Event, Suspension

RETURNED = "Returned"
CAME_BACK = N_("The unit came back to us")


def returns_since(register: WarrantyRegister, delivered: Iterable[str]) -> dict[str, Any]:
	"""Unit → the return by which it came back, for those of `delivered` that are with us now."""
	return unit_timeline.last_returns(
		unit for unit in delivered if unit in register.facts and register.facts[unit]["state"] == RETURNED
	)


def suspended_by(register: WarrantyRegister, unit: str, back: Any | None) -> set[str]:
	"""Names of the unit's warranties that the return `back` has suspended: an earlier delivery must not resume them."""
	if not back:
		return set()
	found, ledgers = set(), register.ledgers()
	for row in register.not_void(unit):
		suspensions = [entry for entry in ledgers.get(row["name"], ()) if entry.event == Event.SUSPENDED]
		if (
			row["suspension"]
			and suspensions
			and unit_timeline.reference_of(suspensions[-1]) == unit_timeline.reference_of(back)
		):
			found.add(row["name"])
	return found


def suspend_again(register: WarrantyRegister, unit: str, back: Any | None) -> None:
	"""Suspend the warranties of the unit by its return `back`, which is later than the delivery just entered."""
	if not back:
		return
	said = _(CAME_BACK, language.of_site())
	why = Why(back.entry_key, back.happened_on, back.reason or said, unit_timeline.reference_of(back))
	for row in register.not_void(unit):
		if not row["suspension"]:
			register.change(row, Event.SUSPENDED, why, suspension=Suspension.RETURNED)
