"""The outcome for a line of work: which source pays which share of it, and why another does not. Frappe-free.

`decide.py` makes these of the lines and sources that `service_coverage/vocabulary.py` describes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from support_service.service_coverage.vocabulary import Line, SourceKind


class Result(StrEnum):
	"""What a line, or a whole decision, comes to."""

	COVERED = "Covered"
	PARTLY = "Partly Covered"
	CHARGED = "Charged"


class Why(StrEnum):
	"""Why a source does not pay for a line."""

	OTHER_CUSTOMER = "other customer"  # the unit is not of the customer who would be charged
	NOT_IN_FORCE = "not in force"  # detail: its state
	NOT_STARTED = "not started"  # detail: its first day
	EXPIRED = "expired"  # detail: its last day
	OTHER_PART = "other part"  # detail: the part it is for
	EXCLUDED_CAUSE = "excluded cause"  # detail: the cause
	EXCLUDED_GROUP = "excluded group"  # detail: the item group
	NOT_INCLUDED = "not included"  # it never covers this kind of line
	USED_UP = "used up"  # detail: the entitlement
	NOT_NEEDED = "not needed"  # others cover the line already


@dataclass(frozen=True, slots=True)
class Portion:
	"""What one source pays of one line.

	share: percent of the line. entitlement, used: what that takes from the contract, in visits, hours or money; a visit
	pays labour and travel together and is taken once, so other portions that the same visit pays have used 0.
	"""

	kind: SourceKind
	source: str
	share: float
	entitlement: str | None = None
	used: float = 0.0
	until: date | None = None
	part: str | None = None
	cost_center: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
	"""Why one source does not pay for one line."""

	kind: SourceKind
	source: str
	why: Why
	detail: str | date | None = None


@dataclass(frozen=True, slots=True)
class LineDecision:
	"""Who pays for a line: the rest after all portions is charged."""

	line: Line
	portions: tuple[Portion, ...] = ()
	refusals: tuple[Refusal, ...] = ()

	@property
	def share(self) -> float:
		"""Percent covered, 0 to 100."""
		return min(100.0, round(sum(portion.share for portion in self.portions), 6))

	@property
	def result(self) -> Result:
		return result_of(self.share)

	@property
	def charge(self) -> float:
		"""What the customer pays, unrounded."""
		return self.line.amount * (100.0 - self.share) / 100.0


def result_of(share: float) -> Result:
	"""The word for a covered share in percent."""
	if share >= 100:
		return Result.COVERED
	return Result.PARTLY if share > 0 else Result.CHARGED


def result_of_all(results: Iterable[Result]) -> Result:
	"""The word for several lines: covered where all are, charged where none is at all."""
	found = set(results)
	if not found or found == {Result.COVERED}:
		return Result.COVERED
	return Result.CHARGED if found == {Result.CHARGED} else Result.PARTLY


def uses_of(portions: Iterable[Portion]) -> dict[tuple[str, str], float]:
	"""(contract, entitlement) → how much of it the portions use up together."""
	uses: dict[tuple[str, str], float] = {}
	for portion in portions:
		if portion.entitlement and portion.used:
			key = (portion.source, portion.entitlement)
			uses[key] = round(uses.get(key, 0.0) + portion.used, 6)
	return uses
