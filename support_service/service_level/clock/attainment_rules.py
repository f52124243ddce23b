"""Counting kept and broken promises. Frappe-free.

Every promise stands for itself: a late answer and a repair in time are one missed and one met promise. An overdue clock
is a missed promise already, whether or not the work is done; what was not needed is no promise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MET_STATES = frozenset({"Met"})
MISSED_STATES = frozenset({"Missed", "Overdue"})
RUNNING_STATES = frozenset({"Running", "Warning", "Paused"})
NOT_NEEDED_STATES = frozenset({"Not Needed"})


@dataclass(slots=True)
class Tally:
	"""Promises of one row by what became of them."""

	met: int = 0
	missed: int = 0
	running: int = 0
	not_needed: int = 0

	def add(self, state: str, count: int = 1) -> None:
		"""Raises ValueError for an unknown state: no promise may drop out of the count."""
		if state in MET_STATES:
			self.met += count
		elif state in MISSED_STATES:
			self.missed += count
		elif state in RUNNING_STATES:
			self.running += count
		elif state in NOT_NEEDED_STATES:
			self.not_needed += count
		else:
			raise ValueError(f"unknown state {state!r}")

	@property
	def promises(self) -> int:
		return self.met + self.missed + self.running

	@property
	def percent_met(self) -> float | None:
		"""Of the promises that are decided; None while none is."""
		decided = self.met + self.missed
		return None if not decided else 100 * self.met / decided


def tally(rows: Iterable[Mapping[str, Any]], keys: tuple[str, ...]) -> dict[tuple[Any, ...], Tally]:
	"""Rows with `state`, `count` and the columns `keys`, added up by those columns."""
	found: dict[tuple[Any, ...], Tally] = {}
	for row in rows:
		found.setdefault(tuple(row[key] for key in keys), Tally()).add(row["state"], row["count"])
	return found


def total(tallies: Iterable[Tally]) -> Tally:
	"""All of them together."""
	whole = Tally()
	for one in tallies:
		whole.met += one.met
		whole.missed += one.missed
		whole.running += one.running
		whole.not_needed += one.not_needed
	return whole
