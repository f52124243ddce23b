"""Reads what may pay for work on a unit, its warranties and the contracts of its customer, in one statement.

Every new case asks this, and every decision who pays.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from support_service.foundation import packed
from support_service.service_coverage.contract import contracts
from support_service.service_coverage.warranty import sources


class Read(NamedTuple):
	"""What the transaction that read it sees: rows for `warranties.sources`, and rows for `contracts.sources`.

	more: the rows of other statements that were read along.
	"""

	own: list[Any]
	covered_by: list[Any]
	more: tuple[list[Any], ...] = ()


def read(unit: str, customer: str, on: date, *more: packed.Packed) -> Read:
	"""What may pay for work on `unit` of `customer` on the day `on`. more: statements without parameters, to be read along."""
	values = {**sources.values_of(unit), **contracts.values_of(customer, on)}
	own, in_force, *others = packed.read(sources.OWN, contracts.IN_FORCE, *more, values=values)
	return Read(own, contracts.covering(unit, customer, on, in_force), tuple(others))
