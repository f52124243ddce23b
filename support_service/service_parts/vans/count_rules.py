"""The states of a van's count, and what its differences mean for stock. No Frappe."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

TOLERANCE = 1e-6  # quantities are stored with nine decimals


class State(StrEnum):
	"""Where a count stands; `Counted` waits for the store, the last three are final unless its document is cancelled."""

	OPEN = "Open"
	COUNTED = "Counted"
	POSTED = "In the Books"
	NO_DIFFERENCE = "No Difference"
	DISCARDED = "Discarded"


# state → where it may go from there. In the Books returns to Counted when its Stock Reconciliation is cancelled.
NEXT: Mapping[State, frozenset[State]] = {
	State.OPEN: frozenset({State.COUNTED, State.NO_DIFFERENCE, State.DISCARDED}),
	State.COUNTED: frozenset({State.POSTED, State.DISCARDED}),
	State.POSTED: frozenset({State.COUNTED}),
	State.NO_DIFFERENCE: frozenset(),
	State.DISCARDED: frozenset(),
}


def may_go(now: str, then: State) -> bool:
	"""Whether a count may change its state from `now` to `then`."""
	return then in NEXT[State(now)]


def differs(one: float, other: float) -> bool:
	"""Whether two quantities differ by more than rounding."""
	return abs(one - other) > TOLERANCE


def quantity_to_post(posted: float, expected: float, now: float) -> float:
	"""What the van holds now: what the draft sets, and what moved in the books since the count (`expected` to `now`)."""
	return round(posted + now - expected, 9)


@dataclass(frozen=True, slots=True)
class Serials:
	"""The serial numbers found in a van, compared with those the books say are there."""

	there: frozenset[str]
	missing: frozenset[str]
	strangers: frozenset[str]


def compare(expected: Collection[str], found: Collection[str]) -> Serials:
	"""Split the numbers; the books alone decide which of those found belong to the van."""
	books, seen = frozenset(expected), frozenset(found)
	return Serials(books & seen, books - seen, seen - books)


def serials_to_post(
	posted: Collection[str], expected: Collection[str], now: Collection[str]
) -> frozenset[str]:
	"""The numbers in the van now: those the draft sets that have not left since the count, and those that have come since."""
	books_now = frozenset(now)
	return (frozenset(posted) & books_now) | (books_now - frozenset(expected))
