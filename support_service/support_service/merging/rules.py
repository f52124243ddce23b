"""Which two cases may become one. Frappe-free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from support_service.constants.words import N_
from support_service.support_service.lifecycle import OPEN_STATES

UNDO_WITHIN = 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Facts:
	"""What is asked of a case: whose it is, where it stands, what it is about."""

	name: str
	status: str
	customer: str
	company: str
	unit: str
	merged_into: str
	imported: bool = False


def why_not(merged: Facts, into: Facts) -> Iterator[tuple[str, tuple[str, ...]]]:
	"""Reasons why `merged` cannot become part of `into`: sentences marked for translation, and what they name."""
	if merged.name == into.name:
		yield N_("{0} is the same request. Choose another one."), (merged.name,)
		return
	for case in (merged, into):
		if case.merged_into:
			yield N_("{0} was merged into {1} already. Choose {1} instead."), (case.name, case.merged_into)
		elif case.imported:
			yield N_("{0} is from before this app; it stays as it is."), (case.name,)
		elif case.status not in OPEN_STATES:
			yield N_("{0} is over. Reopen it first."), (case.name,)
	if merged.customer and merged.customer != into.customer:
		yield N_("{0} and {1} are of different customers."), (merged.name, into.name)
	if merged.company != into.company:
		yield N_("{0} and {1} are of different companies."), (merged.name, into.name)


def worth_a_look(merged: Facts, into: Facts) -> Iterator[tuple[str, tuple[str, ...]]]:
	"""What does not forbid the merge, but should be seen before."""
	if merged.unit and into.unit and merged.unit != into.unit:
		yield (
			N_("They are about different units: {0} and {1}. Visits and parts stay with the unit they name."),
			(merged.unit, into.unit),
		)
	if not merged.customer:
		yield (
			N_("{0} names no customer. What came with it is shown to the customer of {1}."),
			(merged.name, into.name),
		)
