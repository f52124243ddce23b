"""A delivery told late, of a unit that has come back since: what it did to the warranty is done, and the later return again.

Without it a unit that is with us would have a warranty that runs. Both stand in the ledger under their documents, so that
either can be cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from frappe import _

from support_service.constants.words import N_
from support_service.foundation import language
from support_service.installed_base import unit_steps
from support_service.service_coverage.warranty.register import WarrantyRegister, Why
from support_service.service_coverage.warranty.rules import Event, Suspension

RETURNED = "Returned"
CAME_BACK = N_("The unit came back to us")


def returns_since(register: WarrantyRegister, delivered: Iterable[str]) -> dict[str, Any]:
	"""Unit → the return by which it is with us now, for those of `delivered` that are."""
	return unit_steps.last_returns(
		unit for unit in delivered if unit in register.facts and register.facts[unit]["state"] == RETURNED
	)


def resting_by(register: WarrantyRegister, unit: str, back: Any | None) -> set[str]:
	"""Warranties of the unit that rest because of the return `back`: no earlier delivery resumes them."""
	if not back:
		return set()
	found, ledgers = set(), register.ledgers()
	for row in register.standing(unit):
		rests = [entry for entry in ledgers.get(row["name"], ()) if entry.event == Event.SUSPENDED]
		if (
			row["suspension"]
			and rests
			and unit_steps.reference_of(rests[-1]) == unit_steps.reference_of(back)
		):
			found.add(row["name"])
	return found


def rest_again(register: WarrantyRegister, unit: str, back: Any | None) -> None:
	"""The return comes after the delivery that was just told."""
	if not back:
		return
	said = _(CAME_BACK, language.of_site())
	why = Why(back.entry_key, back.happened_on, back.reason or said, unit_steps.reference_of(back))
	for row in register.standing(unit):
		if not row["suspension"]:
			register.change(row, Event.SUSPENDED, why, suspension=Suspension.RETURNED)
