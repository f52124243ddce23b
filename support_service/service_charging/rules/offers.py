"""What each source offers for each line of work, or why it offers nothing. Frappe-free; see decide.py."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from support_service.service_charging.rules.outcome import Refusal, Why
from support_service.service_coverage.vocabulary import (
	LABOUR_HOURS,
	PARTS_VALUE,
	VISITS,
	Kind,
	Line,
	Source,
	SourceKind,
)

# which entitlements of a contract pay which kind of line
PAID_BY: dict[Kind, tuple[str, ...]] = {
	Kind.LABOUR: (VISITS, LABOUR_HOURS),
	Kind.TRAVEL: (VISITS,),
	Kind.PART: (PARTS_VALUE,),
}
TOLERANCE = 1e-6
NO_END = date.max


@dataclass(slots=True)
class Pool:
	"""What is left of an entitlement while a decision is made. left None: unlimited."""

	source: Source
	kind: str
	left: float | None


@dataclass(frozen=True, slots=True)
class Offer:
	"""A source would pay up to `share` percent of the line at place `line`; pool None: that uses up nothing."""

	line: int
	source: Source
	share: float
	until: date | None
	pool: Pool | None = None

	@property
	def rank(self) -> tuple[float, date, str, str]:
		"""The best first: the highest share, the earliest end, the name."""
		return (-self.share, self.until or NO_END, self.source.kind.value, self.source.name)


def gather(
	lines: Sequence[Line], sources: Sequence[Source], on: date, cause: str | None
) -> tuple[list[Offer], list[list[Refusal]]]:
	"""All offers, the best first, and per line the refusals of the sources that offer nothing for it."""
	offers: list[Offer] = []
	refusals: list[list[Refusal]] = [[] for _line in lines]
	for source in sources:
		pools = [
			(Pool(source, entitlement.kind, entitlement.remaining), entitlement.share)
			for entitlement in source.entitlements
			if entitlement.share > 0
		]
		for place, line in enumerate(lines):
			against = _against(source, line, on, cause)
			found = [] if against else list(_offers(place, line, source, pools))
			if not found:
				why, detail = against or _nothing_left(line, pools)
				refusals[place].append(Refusal(source.kind, source.name, why, detail))
			offers += found
	return sorted(offers, key=lambda offer: offer.rank), refusals


def visits_needed(lines: Sequence[Line]) -> int:
	"""How many visits the lines of labour and travel make together; work without travel is one visit, too."""
	trips = sum(line.qty for line in lines if line.kind == Kind.TRAVEL)
	return max(1, math.ceil(trips - TOLERANCE))


def size_of(line: Line) -> float:
	"""What an entitlement is measured in: hours of labour, money of parts."""
	return line.amount if line.kind == Kind.PART else line.qty


def _offers(place: int, line: Line, source: Source, pools: Sequence[tuple[Pool, float]]) -> Iterator[Offer]:
	until = source.until.get(line.kind)
	share = min(100.0, source.shares.get(line.kind) or 0.0)
	if share > 0:
		yield Offer(place, source, share, until)
	for pool, pool_share in pools:
		if pool.kind in PAID_BY[line.kind] and _is_left(pool):
			yield Offer(place, source, min(100.0, pool_share), until, pool)


def _is_left(pool: Pool) -> bool:
	# a visit cannot be divided
	return pool.left is None or (pool.left >= (1 if pool.kind == VISITS else 0) - TOLERANCE and pool.left > 0)


def _against(source: Source, line: Line, on: date, cause: str | None) -> tuple[Why, str | date | None] | None:
	"""Why `source` cannot pay for `line`, None where it may."""
	if source.foreign:
		return Why.OTHER_CUSTOMER, None
	if source.part is not None and source.part.casefold() != (line.replaces or "").casefold():
		return Why.OTHER_PART, source.part
	last = source.until.get(line.kind)
	# a warranty has a last day for whatever it covers
	if last is None and source.kind == SourceKind.WARRANTY and source.in_force:
		return Why.NOT_INCLUDED, None
	if on < source.starts_on < NO_END:
		return Why.NOT_STARTED, source.starts_on
	if last is not None and on > last:
		return Why.EXPIRED, last
	if not source.in_force or on < source.starts_on:
		return Why.NOT_IN_FORCE, source.state
	return _exclusion(source, line, cause)


def _exclusion(source: Source, line: Line, cause: str | None) -> tuple[Why, str | date | None] | None:
	found = (cause or "").strip().casefold()
	for exclusion in source.exclusions:
		if exclusion.applies_to not in (None, line.kind):
			continue
		if exclusion.item_group:
			if line.kind == Kind.PART and exclusion.item_group in line.item_groups:
				return Why.EXCLUDED_GROUP, exclusion.item_group
		elif found and exclusion.cause.strip().casefold() == found:
			return Why.EXCLUDED_CAUSE, exclusion.cause
	return None


def _nothing_left(line: Line, pools: Sequence[tuple[Pool, float]]) -> tuple[Why, str | None]:
	for pool, _share in pools:
		if pool.kind in PAID_BY[line.kind]:
			return Why.USED_UP, pool.kind
	return Why.NOT_INCLUDED, None
