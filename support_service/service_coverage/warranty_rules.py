"""What a warranty says on a day, which policy gives it, and how long it runs. Frappe-free.

A warranty is its ledger: rows in the order in which they were recorded, each effective from a day. Registered, Started,
Extended and Corrected bring terms; Transferred brings a customer; Suspended, Resumed and Voided say whether it stands.
Corrected states everything anew, so it also lifts a suspension and a voiding.

A period of months ends on the day of the month it began with, or on the last day of a month that is too short, and that
day still belongs to it: delivered on 31 January, one month lasts through 28 (29) February, a year through 31 January.
So the Civil Code of China counts (Art. 201, 202: the first day is not counted, the corresponding day is the last one),
and § 187 (1), § 188 of the German one.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from support_service.service_coverage.coverage_rules import Kind


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
	"""Why a warranty rests. While the unit is with us for repair, what we do to it is still covered."""

	RETURNED = "Returned"
	BY_HAND = "By Hand"


class StartsAt(StrEnum):
	DELIVERY = "Delivery"
	INSTALLATION = "Installation"
	ACCEPTANCE = "Final Acceptance"


class PartRule(StrEnum):
	LONGER = "Longer of Both"
	REMAINING = "Remaining of the Unit"
	OWN = "Own Period"


BRINGS_TERMS = frozenset({Event.REGISTERED, Event.STARTED, Event.EXTENDED, Event.CORRECTED})

# In order of weight; in the tree of item groups the deeper node is the more specific one.
DIMENSIONS = ("item", "item_group", "brand", "company")
TREES = frozenset({"item_group"})
# a policy that names none of these is for everything, and then what an item says of itself is more specific
ABOUT_THE_ITEM = frozenset({"item", "item_group", "brand"})

Facts = Mapping[str, str | Sequence[str] | None]


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


@dataclass(frozen=True, slots=True)
class Policy:
	"""`scope`: dimension → the one value a unit must have (only those that are set). Dates inclusive, months ≥ 0."""

	name: str
	scope: Mapping[str, str] = field(default_factory=dict)
	starts_at: StartsAt = StartsAt.DELIVERY
	start_after_days: int = 0
	months: Mapping[Kind, int] = field(default_factory=dict)
	shares: Mapping[Kind, float] = field(default_factory=dict)
	part_rule: PartRule = PartRule.LONGER
	part_months: int = 0
	valid_from: date | None = None
	valid_to: date | None = None
	enabled: bool = True


# the ledger


def fold(entries: Iterable[Entry], day: date) -> State:
	"""What the ledger says on `day`: its first row always counts, the others from the day they are effective.

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
	"""What `policy` gives from `start` on; None: the shares only, days follow when it starts.

	own_days: the period an item states itself (ERPNext's Item.warranty_period); it counts where the policy says nothing
	about this kind of item.
	"""
	return Terms(
		start, {kind: _last_day(policy, kind, start, own_days) for kind in Kind}, dict(policy.shares)
	)


def part_terms(policy: Policy, fitted_on: date, unit: Terms | None) -> Terms | None:
	"""The warranty of a part fitted as a replacement, None where nothing is covered.

	unit: terms of the unit's own warranty if it stands. Where the remaining period of the unit counts, so do its shares.
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


# which policy


def holds_on(policy: Policy, day: date) -> bool:
	"""Whether `policy` is enabled and valid on `day`."""
	return (
		policy.enabled
		and (policy.valid_from is None or policy.valid_from <= day)
		and (policy.valid_to is None or day <= policy.valid_to)
	)


def fits(policy: Policy, facts: Facts, day: date) -> bool:
	"""Whether `policy` holds on `day` for a unit with `facts`; a group comes with its ancestors, the root first."""
	return holds_on(policy, day) and all(
		value in _values(facts, dimension) for dimension, value in policy.scope.items()
	)


def best(policies: Iterable[Policy], facts: Facts, day: date) -> Policy | None:
	"""The most specific policy that fits, None where none does: item, item group (the deeper), brand, company, any.

	Ties are refused at save; should one appear all the same, the name decides, the same on every worker.
	"""
	fitting = [policy for policy in policies if fits(policy, facts, day)]
	return max(fitting, key=lambda policy: (specificity(policy, facts), policy.name), default=None)


def specificity(policy: Policy, facts: Facts) -> tuple[int, ...]:
	"""How specific a *fitting* policy is for this unit; the greater tuple wins."""
	weights = []
	for dimension in DIMENSIONS:
		value = policy.scope.get(dimension)
		depth = _values(facts, dimension).index(value) if value and dimension in TREES else 0
		weights.append(1 + depth if value else 0)
	return tuple(weights)


def collide(a: Policy, b: Policy) -> bool:
	"""Whether some unit on some day would find `a` and `b` equally specific."""
	if not (a.enabled and b.enabled and dict(a.scope) == dict(b.scope)):
		return False
	latest_start = max(a.valid_from or date.min, b.valid_from or date.min)
	earliest_end = min(a.valid_to or date.max, b.valid_to or date.max)
	return latest_start <= earliest_end


def _values(facts: Facts, dimension: str) -> Sequence[str]:
	value = facts.get(dimension)
	if not value:
		return ()
	return (value,) if isinstance(value, str) else value
