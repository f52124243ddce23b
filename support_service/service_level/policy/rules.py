"""Which service level policy holds for a case, and which of its promises. Frappe-free.

A policy's scope names what a case must have. The most specific fitting policy wins: dimensions are compared in the order
of `DIMENSIONS`, and within a tree (groups, territories) the deeper node is the more specific one; an item variant stands
below its template. Two policies can only be equally specific for one and the same case when their scopes are the same,
which is what `collide` refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

# In order of weight. A contract is agreed for a customer, a unit or item is narrower than its group, and so on.
DIMENSIONS = (
	"contract",
	"installed_unit",
	"item",
	"item_group",
	"brand",
	"customer",
	"customer_group",
	"territory",
	"request_type",
	"company",
)
TREES = frozenset({"item", "item_group", "customer_group", "territory"})
# A case may have several values of these: a tree gives the node with its ancestors, contracts are all that are in force.
MANY = TREES | {"contract"}

WAITS = {
	"pauses_for_customer": "Waiting for Customer",
	"pauses_for_parts": "Waiting for Parts",
	"pauses_for_vendor": "Waiting for Vendor",
}

# dimension → value, or for MANY a sequence: a tree from its root down to the node, contracts the newest first
Facts = Mapping[str, str | Sequence[str] | None]


class WarningPointsError(ValueError):
	"""The text is not a list of percentages between 1 and 99."""


@dataclass(frozen=True, slots=True)
class Target:
	"""One promise of a policy, as an admin wrote it. `priority` None: every priority without a row of its own."""

	clock: str
	priority: str | None
	value: float
	unit: str
	calendar: str
	warn_at: tuple[int, ...] = ()
	pauses_for: tuple[str, ...] = ()
	own_calendar: bool = (
		False  # named by the row itself; else it is the policy's, which a contract may replace
	)


@dataclass(frozen=True, slots=True)
class Policy:
	"""`scope`: dimension → the one value a case must have (only those that are set). Both dates inclusive.

	only_by_contract: holds for nobody by its scope, only where a service contract names it.
	"""

	name: str
	scope: Mapping[str, str] = field(default_factory=dict)
	valid_from: date | None = None
	valid_to: date | None = None
	enabled: bool = True
	targets: tuple[Target, ...] = ()
	only_by_contract: bool = False


def holds_on(policy: Policy, day: date) -> bool:
	"""Whether `policy` is enabled and valid on `day`."""
	return (
		policy.enabled
		and (policy.valid_from is None or policy.valid_from <= day)
		and (policy.valid_to is None or day <= policy.valid_to)
	)


def fits(policy: Policy, facts: Facts, day: date) -> bool:
	"""Whether `policy` holds on `day` for a case with `facts`, without anybody having agreed on it."""
	return (
		not policy.only_by_contract
		and holds_on(policy, day)
		and all(value in _values(facts, dimension) for dimension, value in policy.scope.items())
	)


def specificity(policy: Policy, facts: Facts) -> tuple[int, ...]:
	"""How specific a *fitting* policy is for this case; the greater tuple wins.

	One number per dimension (0 unset, 1 set, in a tree the depth of the node), then how new the contract is: a customer
	with two contracts in force has two policies of the same kind, and the newer agreement counts.
	"""
	weights = []
	for dimension in DIMENSIONS:
		value = policy.scope.get(dimension)
		if value is None:
			weights.append(0)
		elif dimension in TREES:
			weights.append(1 + _values(facts, dimension).index(value))
		else:
			weights.append(1)
	contract = policy.scope.get("contract")
	weights.append(-_values(facts, "contract").index(contract) if contract else 0)
	return tuple(weights)


def best(policies: Iterable[Policy], facts: Facts, day: date) -> Policy | None:
	"""The most specific policy that fits, None where none does.

	Ties are refused at save. Should one appear all the same (two customers merged into one), the name decides, so that
	every worker says the same.
	"""
	fitting = [policy for policy in policies if fits(policy, facts, day)]
	return max(fitting, key=lambda policy: (specificity(policy, facts), policy.name), default=None)


class PolicyIndex:
	"""Policies filed under the weightiest dimension of their scope, so that a case looks at few of thousands."""

	def __init__(self, policies: Iterable[Policy]) -> None:
		self.dimensions: set[str] = set()
		self._filed: dict[tuple[str, str], list[Policy]] = {}
		self._unscoped: list[Policy] = []
		for policy in policies:
			self.dimensions |= policy.scope.keys()
			weightiest = next((name for name in DIMENSIONS if name in policy.scope), None)
			if weightiest is None:
				self._unscoped.append(policy)
			else:
				self._filed.setdefault((weightiest, policy.scope[weightiest]), []).append(policy)

	def candidates(self, facts: Facts) -> list[Policy]:
		"""A superset of the policies that fit `facts`."""
		found = list(self._unscoped)
		for dimension in DIMENSIONS:
			for value in _values(facts, dimension):
				found += self._filed.get((dimension, value), ())
		return found


def collide(a: Policy, b: Policy) -> bool:
	"""Whether some case on some day would find `a` and `b` equally specific."""
	if a.only_by_contract or b.only_by_contract:
		return False
	if not (a.enabled and b.enabled and dict(a.scope) == dict(b.scope)):
		return False
	latest_start = max(a.valid_from or date.min, b.valid_from or date.min)
	earliest_end = min(a.valid_to or date.max, b.valid_to or date.max)
	return latest_start <= earliest_end


def targets_for(targets: Iterable[Target], priority: str | None) -> list[Target]:
	"""One target per clock, in the order of the policy: the row of this priority, else the one without a priority."""
	chosen: dict[str, Target] = {}
	for target in targets:
		if target.priority == priority or (not target.priority and target.clock not in chosen):
			chosen[target.clock] = target
	return list(chosen.values())


def repeated(targets: Iterable[Target]) -> Target | None:
	"""The first target that promises the same clock for the same priority again."""
	seen: set[tuple[str, str | None]] = set()
	for target in targets:
		key = (target.clock, target.priority or None)
		if key in seen:
			return target
		seen.add(key)
	return None


def parse_warn_at(text: str | None) -> tuple[int, ...]:
	"""Percentages of "50, 80" as (50, 80), ascending and once each; nothing for an empty text.

	Raises WarningPointsError for what is not a whole number from 1 to 99.
	"""
	points = set()
	for part in (text or "").replace("，", ",").replace("%", "").split(","):
		if not (word := part.strip()):
			continue
		if not word.isascii() or not word.isdigit() or not 1 <= int(word) <= 99:
			raise WarningPointsError(word)
		points.add(int(word))
	return tuple(sorted(points))


def _values(facts: Facts, dimension: str) -> Sequence[str]:
	value = facts.get(dimension)
	if not value:
		return ()
	return (value,) if isinstance(value, str) else value
