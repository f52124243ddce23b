"""Delivered Serial Nos → Installed Units, with the warranty that follows from their delivery.

Every delivery and return of a number is told in its order, so that a unit that came back and went out again has the
warranty it would have had if the app had been there. What ERPNext's own expiry date says beyond the policy is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe

from support_service.constants.words import N_
from support_service.erpnext_takeover import movements, promised_dates
from support_service.erpnext_takeover.journey_rules import Journey, Movement, Place, journey
from support_service.erpnext_takeover.kinds import ALREADY, OUTSIDE, SKIPPED, WOULD, Plan, Scope, Target
from support_service.erpnext_takeover.kinds import next_names as _next
from support_service.erpnext_takeover.promised_dates import Promise
from support_service.erpnext_takeover.records import UNIT, existing, say, units_of_serials
from support_service.installed_base import placements, unit_events, unit_rows
from support_service.installed_base.placements import NewUnit

DOCTYPE = "Serial No"
FIELDS = ("name", "item_code", "asset", "company", "warranty_expiry_date")

IN_STOCK = N_("It is in stock since {0} {1}.")
NOT_MOVED = N_(
	"No stock document names it, so nobody can say where it is. Enter the unit by hand if it is in use."
)
NO_CUSTOMER = N_("It left stock by {0} {1}, which names no customer.")
CUSTOMER_GONE = N_("Its customer {0} does not exist any more.")


@dataclass(frozen=True, slots=True)
class Material:
	"""steps: what happened, oldest first: deliveries as units to place, returns as movements. until: ERPNext's expiry date."""

	steps: tuple[NewUnit | Movement, ...]
	until: date | None


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
	plans = []
	for serial in serials:
		if unit := there.get(serial.name):
			outside = scope.customer and unit.customer != scope.customer
			plans.append(Plan(serial.name, OUTSIDE if outside else ALREADY, target=(UNIT, unit.name)))
			continue
		way = journey(moved.get(serial.name, ()))
		plans.append(_refused(serial.name, way, customers, scope) or _plan(serial, way, facts))
	return plans


def make(plans: Sequence[Plan]) -> Mapping[str, Target]:
	"""Tell the first delivery of each number, then what came second, and so on: few statements, each one's order kept."""
	made: dict[str, str] = {}
	for level in range(max(len(plan.material.steps) for plan in plans)):
		steps = {
			plan.source: plan.material.steps[level] for plan in plans if len(plan.material.steps) > level
		}
		made |= _deliver({serial: step for serial, step in steps.items() if isinstance(step, NewUnit)})
		_take_back({made[serial]: step for serial, step in steps.items() if isinstance(step, Movement)})
	promised_dates.keep(
		[
			Promise(made[plan.source], plan.source, plan.material.until)
			for plan in plans
			if plan.material.until
		]
	)
	return {serial: (UNIT, name) for serial, name in made.items()}


def _filters(scope: Scope) -> list[list[Any]]:
	"""Customer and date are known only once the deliveries are read; see `_refused`."""
	return [["company", "=", scope.company]] if scope.company else []


def _refused(serial: str, way: Journey, customers: set[str], scope: Scope) -> Plan | None:
	last = way.last
	owner = way.steps[-1].customer if way.steps else None
	if (scope.customer and owner != scope.customer) or (
		scope.since and not (last and last.on >= scope.since)
	):
		return Plan(serial, OUTSIDE)
	if way.place is Place.NOWHERE:
		return Plan(serial, SKIPPED, say(NOT_MOVED))
	if last is None or way.place is not Place.CUSTOMER:
		text = IN_STOCK if way.place is Place.STOCK else NO_CUSTOMER
		return Plan(serial, SKIPPED, say(text, *_shown(last)))
	if last.customer not in customers:
		return Plan(serial, SKIPPED, say(CUSTOMER_GONE, last.customer))
	return None


def _plan(serial: Any, way: Journey, facts: movements.Facts) -> Plan:
	steps = tuple(_unit(serial, step, facts[step.voucher]) if step.outward else step for step in way.steps)
	return Plan(serial.name, WOULD, material=Material(steps, serial.warranty_expiry_date))


def _unit(serial: Any, step: Movement, fact: Any) -> NewUnit:
	return NewUnit(
		source_key=unit_rows.key_of(DOCTYPE, serial.name),
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


def _take_back(returned: Mapping[str, Movement]) -> None:
	by_voucher: dict[Any, list[str]] = defaultdict(list)
	for unit, step in returned.items():
		by_voucher[step.voucher, step.on].append(unit)
	for (voucher, on), units in by_voucher.items():
		placements.happened(units, unit_events.RETURNED, on=on, reference=voucher)


def _shown(movement: Movement | None) -> tuple[str, str]:
	doctype, name = movement.voucher if movement else ("", "")
	return say(doctype), name
