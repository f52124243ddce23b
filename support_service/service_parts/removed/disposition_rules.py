"""What happens to a removed part where the engineer has not said it, and when it is due. Imports no Frappe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from support_service.service_parts.removed.lifecycle import Goes, Owner


@dataclass(frozen=True, slots=True)
class Rule:
	"""What the settings say of one item group; empty values say nothing."""

	goes: str = ""
	due_days: int = 0


@dataclass(frozen=True, slots=True)
class Defaults:
	"""What the settings say. rules: item group → its rule. otherwise: for parts that no rule and no reason sends back."""

	rules: Mapping[str, Rule]
	otherwise: str
	due_days: int


def goes_to(defaults: Defaults, groups: Sequence[str], *, paid_for: bool, has_serial: bool) -> str:
	"""Where the part goes: as the rule of its nearest item group says, back to us if we paid for the new one or it has a number.

	groups: the item's group first, then those above it.
	"""
	for group in groups:
		if (rule := defaults.rules.get(group)) and rule.goes:
			return rule.goes
	return Goes.BACK_TO_US if paid_for or has_serial else defaults.otherwise


def due_on(defaults: Defaults, groups: Sequence[str], removed_on: date) -> date:
	"""The day by which a part removed on that day is expected back."""
	days = next(
		(rule.due_days for group in groups if (rule := defaults.rules.get(group)) and rule.due_days),
		defaults.due_days,
	)
	return removed_on + timedelta(days=days)


def belongs_to(goes: str, *, chosen: str | None = None, is_their_unit: bool = False) -> Owner:
	"""Who owns the removed part: we do, as the fitted one is the customer's, unless it was left there or is theirs to have back.

	chosen: what the engineer said. is_their_unit: it is the customer's whole unit, taken in for repair.
	"""
	if goes == Goes.LEFT_WITH_CUSTOMER:
		return Owner.CUSTOMER
	return Owner(chosen) if chosen else Owner.CUSTOMER if is_their_unit else Owner.US
