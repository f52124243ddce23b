"""The states of a van's hand-over and who confirms what. No Frappe."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
	"""Where a hand-over stands."""

	COUNTING = "Being Counted"
	COUNTED = "Counted"
	HANDED_OVER = "Handed Over"
	UNDONE = "Undone"
	CANCELLED = "Cancelled"


# state → where it may go from there
NEXT: Mapping[State, frozenset[State]] = {
	State.COUNTING: frozenset({State.COUNTED, State.CANCELLED}),
	# back to counting when a count is discarded after all
	State.COUNTED: frozenset({State.HANDED_OVER, State.COUNTING, State.CANCELLED}),
	State.HANDED_OVER: frozenset({State.UNDONE}),
	State.UNDONE: frozenset(),
	State.CANCELLED: frozenset(),
}
OPEN = (State.COUNTING, State.COUNTED)
# states of a count that is over and stands
COUNT_DONE = frozenset({"Counted", "In the Books", "No Difference"})
SIDES = ("from", "to")


def may_go(now: str, then: State) -> bool:
	"""Whether a hand-over may change its state from `now` to `then`."""
	return then in NEXT[State(now)]


def is_agreed(confirmed: Mapping[str, bool]) -> bool:
	"""Whether both sides have confirmed."""
	return all(confirmed[side] for side in SIDES)
