"""Delivered Serial Nos → Installed Units, with the warranty that follows from their delivery.

Every delivery and return of a serial number is written to its unit in order, so that a unit that came back and was
delivered again has the warranty it would have if the app had been installed all the time. Where ERPNext's own expiry date
differs from what the warranty policy gives, the date is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe

from support_service.constants.words import N_
from support_service.erpnext_takeover.kinds import ALREADY, OUTSIDE, SKIPPED, WOULD, Plan, Scope, Target
from support_service.erpnext_takeover.kinds import next_names as _next
from support_service.erpnext_takeover.records import UNIT, existing, say, units_of_serials
from support_service.erpnext_takeover.units import movements, promised_dates
from support_service.erpnext_takeover.units.journey_rules import Journey, Movement, Place, Voucher, journey
from support_service.erpnext_takeover.units.promised_dates import Promise
from support_service.foundation.names.keys import key_of
from support_service.installed_base import placements, unit_events
from support_service.installed_base.deliveries import followed_items
from support_service.installed_base.placements import NewUnit

DOCTYPE = "Serial No"
FIELDS = ("name", "item_code", "asset", "company", "warranty_expiry_date")

IN_STOCK = N_("It has been in stock since {0} {1}.")
NOT_MOVED = N_(
	"No stock document names it, so nobody can say where it is. Enter the unit by hand if it is in use."
)
NO_CUSTOMER = N_("It left stock by {0} {1}, which names no customer.")
NOT_FOLLOWED = N_("Units of item {0} are not followed at the customer's; the Item says so.")
CUSTOMER_GONE = N_("Its customer {0} does not exist any more.")


@dataclass(frozen=True, slots=True)
class UnitStep:
	"""A return or an installation of a unit that was delivered."""

	event: str
	voucher: Voucher
	on: date


@dataclass(frozen=True, slots=True)
class Material:
	"""What one Serial No becomes. steps: its deliveries (as units to place), returns and installation, oldest first.

	until: the day on which its warranty ends by ERPNext's Serial No.
	"""

	steps: tuple[NewUnit | UnitStep, ...]
	until: date | None

	@property
	def delivered(self) -> NewUnit:
		"""The last delivery: by it the unit is where it is."""
		return next(step for step in reversed(self.steps) if isinstance(step, NewUnit))


def count(scope: Scope) -> int:
	return frappe.db.count(DOCTYPE, _filters(scope))


def names(scope: Scope, after: str, limit: int) -> list[str]:
	return _next(DOCTYPE, [*_filters(scope), ["name", ">", after]], limit)


def plan(names: Sequence[str], scope: Scope) -> list[Plan]:
	serials = frappe.get_all(DOCTYPE, {"name": ("in", names)}, list(FIELDS), order_by="name asc")
	there = units_of_serials(names)
	open_ones = {serial.name: serial.item_code for serial in serials if serial.name not in there}
	moved, facts = movements.of_serials(open_ones) if open_ones else ({}, {})
	customers = existing("Customer", (fact.customer for fact in facts.values()))
	installed = movements.installations(facts, open_ones) if facts else {}
	followed = followed_items.not_refused(open_ones.values())
	plans = []
	for serial in serials:
		if unit := there.get(serial.name):
			outside = scope.customer and unit.customer != scope.customer
			plans.append(Plan(serial.name, OUTSIDE if outside else ALREADY, target=(UNIT, unit.name)))
			continue
		way = journey(moved.get(serial.name, ()))
		outside = _is_outside(way, scope) and Plan(serial.name, OUTSIDE)
		refused = outside or _refused(serial, way, customers, followed)
		plans.append(refused or _plan(serial, way, facts, installed))
	return plans


def make(plans: Sequence[Plan]) -> Mapping[str, Target]:
	"""Write the first step of all serial numbers, then the second, and so on: few queries, and each number's order kept."""
	made: dict[str, str] = {}
	for level in range(max(len(plan.material.steps) for plan in plans)):
		steps = {
			plan.source: plan.material.steps[level] for plan in plans if len(plan.material.steps) > level
		}
		made |= _deliver({serial: step for serial, step in steps.items() if isinstance(step, NewUnit)})
		_happened({made[serial]: step for serial, step in steps.items() if isinstance(step, UnitStep)})
	promised_dates.keep(
		[
			Promise(made[plan.source], plan.source, plan.material.until)
			for plan in plans
			if plan.material.until
		]
	)
	return {serial: (UNIT, name) for serial, name in made.items()}


def _filters(scope: Scope) -> list[list[Any]]:
	"""By company only: customer and date are not known before the deliveries are read; see `_is_outside`."""
	return [["company", "=", scope.company]] if scope.company else []


def _is_outside(way: Journey, scope: Scope) -> bool:
	owner = way.steps[-1].customer if way.steps else None
	if scope.customer and owner != scope.customer:
		return True
	return bool(scope.since) and not (way.last and way.last.on >= scope.since)


def _refused(serial: Any, way: Journey, customers: set[str], followed: set[str]) -> Plan | None:
	reason = _why_not(way, customers)
	if reason is None and serial.item_code not in followed:
		reason = say(NOT_FOLLOWED, serial.item_code)
	return Plan(serial.name, SKIPPED, reason) if reason else None


def _why_not(way: Journey, customers: set[str]) -> str | None:
	last = way.last
	if way.place is Place.NOWHERE or last is None:
		return say(NOT_MOVED)
	if way.place is not Place.CUSTOMER:
		return say(IN_STOCK if way.place is Place.STOCK else NO_CUSTOMER, *_shown(last))
	return None if last.customer in customers else say(CUSTOMER_GONE, last.customer)


def _plan(serial: Any, way: Journey, facts: movements.Facts, installed: dict[str, Any]) -> Plan:
	steps: list[NewUnit | UnitStep] = [
		_unit(serial, step, facts[step.voucher])
		if step.outward
		else UnitStep(unit_events.RETURNED, step.voucher, step.on)
		for step in way.steps
	]
	# an installation belongs to the delivery it names; one before the last delivery does not count any more
	note = installed.get(serial.name)
	if note and way.last and note[1] >= way.last.on:
		steps.append(UnitStep(unit_events.INSTALLED, *note))
	return Plan(serial.name, WOULD, material=Material(tuple(steps), serial.warranty_expiry_date))


def _unit(serial: Any, step: Movement, fact: Any) -> NewUnit:
	return NewUnit(
		source_key=key_of(DOCTYPE, serial.name),
		customer=step.customer or "",
		happened_on=step.on,
		reference=step.voucher,
		item_code=serial.item_code,
		serial_no=serial.name,
		asset=serial.asset,
		**movements.site_of(fact),
	)


def _deliver(units: Mapping[str, NewUnit]) -> dict[str, str]:
	if not units:
		return {}
	names = placements.place(list(units.values()))
	return {serial: names[unit.source_key] for serial, unit in units.items()}


def _happened(steps: Mapping[str, UnitStep]) -> None:
	by_step: dict[UnitStep, list[str]] = defaultdict(list)
	for unit, step in steps.items():
		by_step[step].append(unit)
	for step, units in by_step.items():
		placements.happened(units, step.event, on=step.on, reference=step.voucher)


def _shown(movement: Movement) -> tuple[str, str]:
	doctype, name = movement.voucher
	return say(doctype), name
