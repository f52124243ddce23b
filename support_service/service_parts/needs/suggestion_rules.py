"""Which parts are suggested for a case, in which order. No Frappe.

Each source says how sure it is; a part that several sources name is suggested once, with all their reasons.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
	EARLIER = "Earlier Cases"
	INSIDE = "Inside"
	LIST = "Spare Parts List"
	BOM = "Bill of Materials"
	ALTERNATIVE = "Alternative"


# what weighs a source; how often it happened (EARLIER) counts beside it
WEIGHT = {
	Source.EARLIER: 40.0,
	Source.INSIDE: 20.0,
	Source.LIST: 15.0,
	Source.BOM: 10.0,
	Source.ALTERNATIVE: 0.0,
}
MOST = 20  # in a dialog


@dataclass(frozen=True, slots=True)
class Hint:
	"""One source naming one part.

	qty: how many it names. cases, of_cases: EARLIER: in how many of how many cases it was used. same_type: these were of the same
	request type. position: LIST: where in the product. instead_of: ALTERNATIVE: the part it stands in for.
	"""

	item_code: str
	source: Source
	qty: float = 1.0
	cases: int = 0
	of_cases: int = 0
	same_type: bool = False
	position: str | None = None
	instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
	"""A part with all hints that name it, the weightiest first."""

	item_code: str
	qty: float
	score: float
	hints: tuple[Hint, ...]
	instead_of: str | None


def weight(hint: Hint) -> float:
	"""How much a hint says: the share of earlier cases that used the part doubles its weight, and so does their type."""
	base = WEIGHT[hint.source]
	if hint.source is Source.EARLIER and hint.of_cases:
		return base * (1 + hint.cases / hint.of_cases) * (2 if hint.same_type else 1)
	return base


def rank(hints: Iterable[Hint], *, without: Iterable[str] = (), most: int = MOST) -> list[Suggestion]:
	"""Suggestions from all hints, the best first, equal ones by name. without: parts that are needed already.

	An alternative stands directly after the part it replaces.
	"""
	known = set(without)
	of_item: dict[str, list[Hint]] = {}
	for hint in hints:
		if hint.item_code not in known:
			of_item.setdefault(hint.item_code, []).append(hint)
	found = [_suggestion(item, told) for item, told in of_item.items()]
	first = sorted((one for one in found if not one.instead_of), key=lambda one: (-one.score, one.item_code))
	follow = sorted((one for one in found if one.instead_of), key=lambda one: one.item_code)
	named = {one.item_code for one in first}
	ordered = []
	for one in first:
		ordered += [one, *(other for other in follow if other.instead_of == one.item_code)]
	ordered += [other for other in follow if other.instead_of not in named]
	return ordered[:most]


def _suggestion(item: str, hints: list[Hint]) -> Suggestion:
	ordered = tuple(sorted(hints, key=lambda hint: (-weight(hint), hint.source)))
	own = [hint for hint in ordered if hint.source is not Source.ALTERNATIVE]
	return Suggestion(
		item_code=item,
		qty=(own or ordered)[0].qty,
		score=sum(weight(hint) for hint in ordered),
		hints=ordered,
		instead_of=None if own else ordered[0].instead_of,
	)
