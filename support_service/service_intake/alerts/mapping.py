"""What a request takes from the labels of an alert: unit, customer, team, impact and urgency. Frappe-free."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

REGEX: Final = "Regular Expression"
SETS: Final = ("installed_unit", "customer", "team", "impact", "urgency")
# a value longer than this is compared by its beginning: a pattern may take long on long texts
MOST_COMPARED: Final = 500


class BadPatternError(ValueError):
	"""A regular expression that cannot be read."""


@dataclass(frozen=True, slots=True)
class Rule:
	"""One row of a source: where label `label` has the value, the request gets what stands in `sets`."""

	label: str
	match: str
	value: str
	sets: Mapping[str, str]


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
	"""The pattern, which must match the whole value, as in Prometheus; raises BadPatternError."""
	try:
		return re.compile(pattern)
	except (re.error, RecursionError, OverflowError) as error:
		raise BadPatternError(str(error)) from None


def applies(rule: Rule, labels: Mapping[str, str]) -> bool:
	"""Whether the alert with these labels is meant. A label that is missing has an empty value, as in Prometheus."""
	value = labels.get(rule.label, "")[:MOST_COMPARED]
	if rule.match == REGEX:
		return compiled(rule.value).fullmatch(value) is not None
	return value == rule.value


def result(rules: Iterable[Rule], labels: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
	"""What the request gets: the defaults, replaced by each row that applies, in their order.

	A row that names a unit and no customer takes the default customer away: the customer is that of the unit.
	"""
	found = {name: value for name, value in defaults.items() if value}
	for rule in rules:
		if not applies(rule, labels):
			continue
		given = {name: value for name, value in rule.sets.items() if name in SETS and value}
		if "installed_unit" in given and "customer" not in given:
			found.pop("customer", None)
		found.update(given)
	return found
