"""Which warranty policy holds for a unit. Frappe-free.

The most specific fitting policy wins: dimensions are compared in the order of `DIMENSIONS`. Two policies can only be
equally specific for one and the same unit when their scopes are the same, which is what `collide` refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from support_service.service_coverage.vocabulary import Kind


class StartsAt(StrEnum):
	DELIVERY = "Delivery"
	INSTALLATION = "Installation"
	ACCEPTANCE = "Final Acceptance"


class PartRule(StrEnum):
	LONGER = "Longer of Both"
	REMAINING = "Remaining of the Unit"
	OWN = "Own Period"


class Resale(StrEnum):
	"""Which return ends a warranty for good, so that the next delivery to the same customer is a new sale."""

	CREDITED = "After a Credited Return"
	ANY = "After Any Return"


# In order of weight; in a tree the deeper node is the more specific one, and an item variant stands below its template.
DIMENSIONS = ("item", "item_group", "brand", "company")
TREES = frozenset({"item", "item_group"})
# a policy that names none of these is for everything, and then an item's own warranty period is more specific
ABOUT_THE_ITEM = frozenset({"item", "item_group", "brand"})

Facts = Mapping[str, str | Sequence[str] | None]


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
	resale: Resale = Resale.CREDITED
	valid_from: date | None = None
	valid_to: date | None = None
	enabled: bool = True


def holds_on(policy: Policy, day: date) -> bool:
	"""Whether `policy` is enabled and valid on `day`."""
	return (
		policy.enabled
		and (policy.valid_from is None or policy.valid_from <= day)
		and (policy.valid_to is None or day <= policy.valid_to)
	)


def fits(policy: Policy, facts: Facts, day: date) -> bool:
	"""Whether `policy` holds on `day` for a unit with `facts`; item and group come with their ancestors, the root first."""
	return holds_on(policy, day) and all(
		value in _values(facts, dimension) for dimension, value in policy.scope.items()
	)


def best(policies: Iterable[Policy], facts: Facts, day: date) -> Policy | None:
	"""The most specific policy that fits, None where none does: item (before its template), item group (the deeper), brand,
	company, any.

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
