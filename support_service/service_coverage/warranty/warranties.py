"""Starts and changes warranties; every change is a row of the ledger. The module other rooms import.

Events of units (`follow.py`) and fitted parts (`parts.py`) change warranties as well; people call these through `api.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate

from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import rules, store
from support_service.service_coverage.warranty.follow import begin_by_policy, follow_units
from support_service.service_coverage.warranty.policy_rules import Policy
from support_service.service_coverage.warranty.register import WarrantyRegister, Why
from support_service.service_coverage.warranty.rules import Event, Status, Suspension, Terms
from support_service.service_coverage.warranty.sources import sources
from support_service.service_coverage.warranty.store import Row

__all__ = [
	"WarrantyRefusedError",
	"WarrantyStart",
	"correct",
	"extend",
	"follow_units",
	"resume",
	"sources",
	"start",
	"start_many",
	"suspend",
	"transfer",
	"void",
]

Reference = tuple[str, str]


class WarrantyRefusedError(frappe.ValidationError):
	"""The change contradicts what the warranty says."""


@dataclass(frozen=True, slots=True)
class WarrantyStart:
	"""A unit whose warranty is to start by its policy. key: unique; reference: the document that caused it."""

	unit: str
	delivered_on: date
	key: str
	installed_on: date | None = None
	accepted_on: date | None = None
	customer: str | None = None
	reference: Reference | None = None
	reason: str | None = None


def start_many(starts: Sequence[WarrantyStart]) -> dict[str, str]:
	"""Start the warranties of many units in a few statements; unit → new warranty.

	A unit that has one that is not void, or for which no policy holds, is left alone, so a repeat does nothing.
	"""
	register = WarrantyRegister(start.unit for start in starts)
	new: dict[str, Row] = {}
	for start in starts:
		if start.unit not in register.facts or register.own(start.unit):
			continue
		row = begin_by_policy(
			register,
			start.unit,
			Why(start.key, start.delivered_on, start.reason, start.reference),
			delivered=start.delivered_on,
			installed=start.installed_on,
			accepted=start.accepted_on,
			customer=start.customer,
		)
		if row:
			new[start.unit] = row
	register.flush()
	return {unit: row["name"] for unit, row in new.items()}


def start(
	unit: str,
	*,
	starts_on: date | None = None,
	policy: str | None = None,
	reason: str | None = None,
	reference: Reference | None = None,
) -> str:
	"""Start the warranty of one unit by hand; returns its name.

	starts_on: as agreed, whatever the policy starts at; None: the unit's own days count. policy: None chooses.
	Raises WarrantyRefusedError where the unit has one already, no policy holds, or no day is known.
	"""
	register = WarrantyRegister([unit])
	fact = register.facts[unit]
	if present := register.own(unit):
		frappe.throw(
			_("Unit {0} has warranty {1}. Extend or correct that one.").format(unit, present["name"]),
			WarrantyRefusedError,
		)
	day = starts_on or fact["delivered_on"]
	if not day:
		frappe.throw(
			_("Say when the warranty starts, or when unit {0} was delivered.").format(unit),
			WarrantyRefusedError,
		)
	chosen = _policy_for(register, unit, policy, day)
	if starts_on:
		first, settled = starts_on, True
	else:
		first, settled = rules.start_of(chosen, day, fact["installed_on"], fact["accepted_on"])
	terms = rules.terms_of(chosen, first, cint(fact["own_days"]))
	row = register.begin(unit, chosen, terms, _by_hand(day, reason, reference), awaits_start=not settled)
	_flush_first(register, unit)
	return row["name"]


def extend(
	warranty: str,
	until: Mapping[Kind, date],
	*,
	reason: str,
	on: date | None = None,
	reference: Reference | None = None,
) -> None:
	"""Cover the kinds in `until` up to a later day; the others stay. Raises WarrantyRefusedError for an earlier one."""
	register, row = _register_with(warranty)
	_refuse_void(row)
	terms = store.as_terms(row)
	for kind, day in until.items():
		known = terms.until.get(kind)
		if terms.starts_on is None or day <= (known or terms.starts_on):
			frappe.throw(
				_(
					"An extension must end later than the present last day. To shorten a warranty, correct it."
				),
				WarrantyRefusedError,
			)
	if not until:
		frappe.throw(_("Say up to which day what is covered."), WarrantyRefusedError)
	shares = {
		kind: terms.shares.get(kind) or 100.0 if kind in until else share
		for kind, share in terms.shares.items()
	}
	longer = replace(terms, until={**terms.until, **until}, shares=shares)
	register.change(row, Event.EXTENDED, _by_hand(on, reason, reference), terms=longer)
	register.flush()


def transfer(
	warranty: str, customer: str, *, reason: str, on: date | None = None, reference: Reference | None = None
) -> None:
	"""Transfer the warranty to `customer`, who has taken over the unit; its days stay."""
	register, row = _register_with(warranty)
	_refuse_void(row)
	if row["customer"] == customer:
		frappe.throw(_("The warranty is {0}'s already.").format(customer), WarrantyRefusedError)
	register.change(row, Event.TRANSFERRED, _by_hand(on, reason, reference), customer=customer)
	register.flush()


def suspend(
	warranty: str, *, reason: str, on: date | None = None, reference: Reference | None = None
) -> None:
	"""Suspend the warranty; its last day stays."""
	register, row = _register_with(warranty)
	_refuse_void(row)
	if row["suspension"] == Suspension.BY_HAND:
		frappe.throw(_("The warranty is suspended already."), WarrantyRefusedError)
	register.change(row, Event.SUSPENDED, _by_hand(on, reason, reference), suspension=Suspension.BY_HAND)
	register.flush()


def resume(warranty: str, *, reason: str, on: date | None = None, reference: Reference | None = None) -> None:
	"""Resume a suspended warranty; its last day stays."""
	register, row = _register_with(warranty)
	_refuse_void(row)
	if not row["suspension"]:
		frappe.throw(_("The warranty is not suspended."), WarrantyRefusedError)
	register.change(row, Event.RESUMED, _by_hand(on, reason, reference))
	register.flush()


def void(warranty: str, *, reason: str, on: date | None = None, reference: Reference | None = None) -> None:
	"""Void the warranty: it covers nothing any more, its ledger stays."""
	register, row = _register_with(warranty)
	_refuse_void(row)
	register.change(row, Event.VOIDED, _by_hand(on, reason, reference))
	register.flush()


def correct(
	warranty: str, terms: Terms, *, reason: str, on: date | None = None, reference: Reference | None = None
) -> None:
	"""Replace the terms from their first day on (or from `on`); a void or suspended warranty becomes valid again."""
	register, row = _register_with(warranty)
	ends = [day for day in terms.until.values() if day]
	if not terms.starts_on or not ends or min(ends) < terms.starts_on:
		frappe.throw(
			_("A warranty covers something, and ends after it starts. Correct the days."),
			WarrantyRefusedError,
		)
	if row["status"] == Status.VOID and not row["fitted_part"] and register.own(row["installed_unit"]):
		frappe.throw(
			_("This unit has another warranty that is not void. Correct that one."),
			WarrantyRefusedError,
		)
	effective = on or min(day for day in (terms.starts_on, row["starts_on"]) if day)
	register.change(row, Event.CORRECTED, _by_hand(effective, reason, reference), terms=terms)
	register.flush()


def _policy_for(register: WarrantyRegister, unit: str, name: str | None, day: date) -> Policy:
	"""The policy `name`, else the one that holds for the unit on `day`; refused where it covers nothing."""
	policy = register.policies.by_name.get(name) if name else register.policy_for(unit, day)
	if not policy or not any(policy.months.values()):
		frappe.throw(
			_("No warranty policy holds for unit {0}. Choose one, or make one for its item.").format(unit),
			WarrantyRefusedError,
		)
	return policy


def _flush_first(register: WarrantyRegister, unit: str) -> None:
	try:
		register.flush()
	except Exception as error:
		if not frappe.db.is_unique_key_violation(error):
			raise
		# another transaction has started one that our snapshot does not show; `source_key` is unique
		frappe.throw(
			_("Somebody has just started the warranty of unit {0}. Please reload the page.").format(unit),
			WarrantyRefusedError,
		)


def _register_with(warranty: str) -> tuple[WarrantyRegister, Row]:
	unit = frappe.db.get_value(store.WARRANTY, warranty, "installed_unit")
	if not unit:
		frappe.throw(_("Service Warranty {0} does not exist.").format(warranty), frappe.DoesNotExistError)
	register = WarrantyRegister([unit])
	return register, next(row for row in register.by_unit[unit] if row["name"] == warranty)


def _refuse_void(row: Row) -> None:
	if row["status"] == Status.VOID:
		frappe.throw(
			_("Warranty {0} is void. To make it valid again, correct it.").format(row["name"]),
			WarrantyRefusedError,
		)


def _by_hand(on: date | None, reason: str | None, reference: Any = None) -> Why:
	return Why(frappe.generate_hash(length=12), on or getdate(), reason, reference)
