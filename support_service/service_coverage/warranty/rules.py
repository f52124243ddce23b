"""State of a warranty on a day, and how long it runs. Frappe-free.

The state follows from the ledger: rows in the order in which they were written, each effective from a day. Registered,
Started, Extended and Corrected bring terms; Transferred brings a customer; Suspended, Resumed and Voided say whether it is
in force. Corrected replaces everything, so it also ends a suspension and a voiding.

A period of months ends on the day of the month it began with, or on the last day of a month that is too short, and that
day still belongs to it: delivered on 31 January, one month lasts through 28 (29) February, a year through 31 January.
So the Civil Code of China counts (Art. 201, 202: the first day is not counted, the corresponding day is the last one),
and § 187 (1), § 188 of the German one.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty.policy_rules import (
	ABOUT_THE_ITEM,
	PartRule,
	Policy,
	Resale,
	StartsAt,
)


class Event(StrEnum):
	"""Rows of the ledger. Registered: known from a delivery, its first day still to come from an installation."""

	REGISTERED = "Registered"
	STARTED = "Started"
	EXTENDED = "Extended"
	TRANSFERRED = "Transferred"
	SUSPENDED = "Suspended"
	RESUMED = "Resumed"
	VOIDED = "Voided"
	CORRECTED = "Corrected"


class Status(StrEnum):
	PENDING = "Pending"
	ACTIVE = "Active"
	SUSPENDED = "Suspended"
	EXPIRED = "Expired"
	VOID = "Void"


class Suspension(StrEnum):
	"""Why a warranty is suspended. While a returned unit is with us for repair, the repair is still covered."""

	RETURNED = "Returned"
	BY_HAND = "By Hand"


BRINGS_TERMS = frozenset({Event.REGISTERED, Event.STARTED, Event.EXTENDED, Event.CORRECTED})


@dataclass(frozen=True, slots=True)
class Terms:
	"""until: kind of line → last day, inclusive; None or missing: not covered. shares: kind → percent."""

	starts_on: date | None
	until: Mapping[Kind, date | None] = field(default_factory=dict)
	shares: Mapping[Kind, float] = field(default_factory=dict)

	@property
	def ends_on(self) -> date | None:
		"""The last day on which anything is covered."""
		return max((day for day in self.until.values() if day), default=None)


@dataclass(frozen=True, slots=True)
class Entry:
	"""One row of the ledger. terms: of those that bring some; customer: None leaves it; suspension: of Suspended."""

	no: int
	event: Event
	effective_on: date
	terms: Terms | None = None
	customer: str | None = None
	suspension: Suspension | None = None


@dataclass(frozen=True, slots=True)
class State:
	"""What holds after some rows of a ledger."""

	terms: Terms
	customer: str | None = None
	suspension: Suspension | None = None
	void: bool = False


# the ledger


def fold(entries: Iterable[Entry], day: date) -> State:
	"""The state on `day`: the first row of the ledger always counts, the others from the day they are effective.

	Raises ValueError for an empty ledger.
	"""
	ordered = sorted(entries, key=lambda entry: entry.no)
	if not ordered:
		raise ValueError("a warranty without a ledger says nothing")
	first, *rest = ordered
	state = step(State(first.terms or Terms(None)), first)
	for entry in rest:
		if entry.effective_on <= day:
			state = step(state, entry)
	return state


def step(state: State, entry: Entry) -> State:
	"""`state` after one more row."""
	if entry.event in BRINGS_TERMS and entry.terms is not None:
		state = replace(state, terms=entry.terms)
	if entry.customer is not None:
		state = replace(state, customer=entry.customer)
	if entry.event == Event.SUSPENDED:
		state = replace(state, suspension=entry.suspension or Suspension.BY_HAND)
	elif entry.event == Event.RESUMED:
		state = replace(state, suspension=None)
	elif entry.event == Event.VOIDED:
		state = replace(state, void=True)
	elif entry.event == Event.CORRECTED:
		state = replace(state, suspension=None, void=False)
	return state


def status_on(state: State, day: date) -> Status:
	"""The status in one word; a suspended warranty whose last day is over has expired."""
	ends_on = state.terms.ends_on
	if state.void:
		return Status.VOID
	if ends_on is not None and day > ends_on:
		return Status.EXPIRED
	if state.suspension is not None:
		return Status.SUSPENDED
	if state.terms.starts_on is None or day < state.terms.starts_on:
		return Status.PENDING
	return Status.ACTIVE


def in_force(state: State, day: date) -> bool:
	"""Whether anything is covered on `day`: also while the unit is with us, for then the work is on it."""
	if state.suspension == Suspension.RETURNED:
		state = replace(state, suspension=None)
	return status_on(state, day) == Status.ACTIVE


# how long


def months_after(start: date, months: int) -> date:
	"""Last day of a period of `months` that begins with what happened on `start`; see the module's docstring."""
	number = start.year * 12 + start.month - 1 + months
	year, month = number // 12, number % 12 + 1
	return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def start_of(
	policy: Policy, delivered: date | None, installed: date | None = None, accepted: date | None = None
) -> tuple[date | None, bool]:
	"""First day of a warranty, and whether it is settled.

	Not settled: the installation or acceptance it waits for has not come; the day is then the latest one the policy
	allows, None where it sets no limit. Final acceptance implies installation.
	"""
	if policy.starts_at == StartsAt.DELIVERY:
		return delivered, delivered is not None
	happened = [accepted] if policy.starts_at == StartsAt.ACCEPTANCE else [installed, accepted]
	latest = (
		delivered + timedelta(days=policy.start_after_days) if delivered and policy.start_after_days else None
	)
	known = [day for day in happened if day]
	first = min([*known, *([latest] if latest else [])], default=None)
	return first, bool(known)


def terms_of(policy: Policy, start: date | None, own_days: int = 0) -> Terms:
	"""The terms `policy` gives from `start` on; start None: shares only, the days follow when it starts.

	own_days: the period an item states itself (ERPNext's Item.warranty_period); it counts where the policy says nothing
	about this kind of item.
	"""
	return Terms(
		start, {kind: _last_day(policy, kind, start, own_days) for kind in Kind}, dict(policy.shares)
	)


def is_sale(rule: Resale, *, credited: bool, charged: bool, ends_on: date | None, day: date) -> bool:
	"""Whether a delivery on `day`, after a return, to the customer who had the unit before is a new sale.

	credited: the return was credited; charged: this delivery has a price. ends_on: the last day of the present warranty.
	What is no sale comes back from repair and keeps its warranty. A unit charged for after its warranty was over is sold anew.
	"""
	over = ends_on is not None and ends_on < day
	return credited or rule == Resale.ANY or (charged and over)


def part_terms(policy: Policy, fitted_on: date, unit: Terms | None) -> Terms | None:
	"""The warranty of a part fitted as a replacement, None where nothing is covered.

	unit: terms of the unit's own warranty, None without one. Where the remaining period of the unit counts, so do its shares.
	"""
	until: dict[Kind, date | None] = {}
	shares: dict[Kind, float] = {}
	for kind in Kind:
		own = (
			months_after(fitted_on, policy.part_months)
			if policy.part_months and policy.months.get(kind)
			else None
		)
		left = unit.until.get(kind) if unit else None
		if left is not None and left < fitted_on:
			left = None
		until[kind] = _by_rule(policy.part_rule, own, left)
		from_unit = unit is not None and left is not None and until[kind] == left
		shares[kind] = unit.shares.get(kind, 0.0) if unit and from_unit else policy.shares.get(kind, 0.0)
	return Terms(fitted_on, until, shares) if any(until.values()) else None


def _by_rule(rule: PartRule, own: date | None, left: date | None) -> date | None:
	if rule == PartRule.OWN:
		return own
	if rule == PartRule.REMAINING:
		return left
	return max((day for day in (own, left) if day), default=None)


def _last_day(policy: Policy, kind: Kind, start: date | None, own_days: int) -> date | None:
	months = policy.months.get(kind, 0)
	if start is None or months <= 0:
		return None
	if own_days > 0 and not ABOUT_THE_ITEM & policy.scope.keys():
		return start + timedelta(days=own_days)
	return months_after(start, months)
