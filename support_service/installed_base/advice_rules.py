"""Whether to go on repairing a unit: simple rules over its history, each with its reason. Imports no Frappe.

Only what the app knows for certain is counted: fault cases, parts replaced, age. What a unit is worth is not stored, so
nothing is said about money.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

REPLACE = "Replace"
REFIT = "Refit"
UPGRADE = "Upgrade"

# the weightier advice first
ORDER = (REPLACE, REFIT, UPGRADE)


@dataclass(frozen=True, slots=True)
class Limits:
	"""From which number on a rule advises something. Days and years are counted back from the day asked for."""

	period_days: int = 365
	faults_for_refit: int = 3
	faults_for_replace: int = 5
	same_part: int = 2
	old_years: int = 8


@dataclass(frozen=True, slots=True)
class Facts:
	"""What is known of a unit. faults: the days fault cases were raised; parts: (item, day) fitted by visits."""

	faults: Sequence[date] = ()
	parts: Sequence[tuple[str, date]] = ()
	delivered_on: date | None = None
	retired: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
	"""One piece of advice. reason: "faults", "same part" or "age"; number: how many, or how many years; item: the part."""

	action: str
	reason: str
	number: int
	item: str | None = None


DEFAULT = Limits()


def advise(facts: Facts, on: date, limits: Limits = DEFAULT) -> list[Advice]:
	"""The advice on day `on`, the weightiest first; none for a retired unit."""
	if facts.retired:
		return []
	found = [*_by_faults(facts, on, limits), *_by_parts(facts, on, limits), *_by_age(facts, on, limits)]
	return sorted(found, key=lambda advice: (ORDER.index(advice.action), advice.reason, advice.item or ""))


def _by_faults(facts: Facts, on: date, limits: Limits) -> Iterable[Advice]:
	faults = sum(1 for day in facts.faults if _within(day, on, limits))
	if faults >= limits.faults_for_replace:
		yield Advice(REPLACE, "faults", faults)
	elif faults >= limits.faults_for_refit:
		yield Advice(REFIT, "faults", faults)


def _by_parts(facts: Facts, on: date, limits: Limits) -> Iterable[Advice]:
	times = Counter(item for item, day in facts.parts if _within(day, on, limits))
	for item, number in times.items():
		if number >= limits.same_part:
			yield Advice(REFIT, "same part", number, item)


def _by_age(facts: Facts, on: date, limits: Limits) -> Iterable[Advice]:
	years = _full_years(facts.delivered_on, on) if facts.delivered_on else 0
	if years >= limits.old_years:
		yield Advice(UPGRADE, "age", years)


def _within(day: date, on: date, limits: Limits) -> bool:
	return on - timedelta(days=limits.period_days) < day <= on


def _full_years(since: date, on: date) -> int:
	return on.year - since.year - ((on.month, on.day) < (since.month, since.day))
