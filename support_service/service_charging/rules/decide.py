"""Who pays for lines of work. Frappe-free.

The customer pays as little as the sources allow: what several sources cover of a line adds up, to 100 % at most. Of the
ways to pay that little, the one is taken that uses up least: first what uses up nothing (warranties), then entitlements
without a limit, then limited ones, and never a visit that saves the customer nothing. Among equals the highest share goes
first, then the earliest end, then the name, so that the order in which sources are read never matters.

An entitlement is used up by what it pays: 50 % of a part of 200.00 takes 100.00, half of four hours takes two. A visit
cannot be divided: it pays labour and travel together and is taken as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from support_service.service_charging.rules.entitlement_flow import Cap, share_out
from support_service.service_charging.rules.offers import (
	TOLERANCE,
	Offer,
	Pool,
	gather,
	size_of,
	visits_needed,
)
from support_service.service_charging.rules.outcome import LineDecision, Portion, Refusal, Why
from support_service.service_coverage.vocabulary import LABOUR_HOURS, PARTS_VALUE, VISITS, Kind, Line, Source

WORK = (Kind.LABOUR, Kind.TRAVEL)


@dataclass(slots=True)
class Sheet:
	"""A decision being made: what is still uncovered of each line, in percent, and who pays what."""

	lines: Sequence[Line]
	rest: list[float]
	portions: list[list[Portion]]
	spent: dict[int, float] = field(default_factory=dict)  # id of a pool → used

	@classmethod
	def empty(cls, lines: Sequence[Line]) -> Sheet:
		return cls(lines, [100.0] * len(lines), [[] for _line in lines])

	def copy(self) -> Sheet:
		return Sheet(self.lines, list(self.rest), [list(row) for row in self.portions], dict(self.spent))

	def pay(self, offer: Offer, share: float, used: float = 0.0) -> None:
		self.rest[offer.line] -= share
		if self.rest[offer.line] < TOLERANCE:
			share, self.rest[offer.line] = share + self.rest[offer.line], 0.0
		if offer.pool:
			self.spent[id(offer.pool)] = self.spent.get(id(offer.pool), 0.0) + used
		source = offer.source
		entitlement = offer.pool.kind if offer.pool else None
		self.portions[offer.line].append(
			Portion(
				source.kind,
				source.name,
				round(share, 6),
				entitlement,
				round(used, 6),
				offer.until,
				source.part,
				source.cost_center,
			)
		)


def decide(
	lines: Sequence[Line], sources: Sequence[Source], on: date, cause: str | None = None
) -> list[LineDecision]:
	"""Who pays for `lines` on the day `on`; in the order of the lines.

	cause: what was found to be the cause, where a source may exclude it.
	"""
	ordered = sorted(sources, key=lambda source: (source.kind.value, source.name, source.part or ""))
	offers, refusals = gather(lines, ordered, on, cause)
	sheet = Sheet.empty(lines)
	_pay_from(sheet, (offer for offer in offers if offer.pool is None))
	unlimited = [offer for offer in offers if offer.pool and offer.pool.left is None]
	_pay_unlimited(sheet, unlimited)
	limited = [offer for offer in offers if offer.pool and offer.pool.left is not None]
	if limited:
		sheet = _pay_work(sheet, limited)
		_pay_measured(sheet, [offer for offer in limited if _kind(offer) == PARTS_VALUE])
	return [_decision(sheet, place, offers, refusals[place]) for place in range(len(lines))]


def _pay_from(sheet: Sheet, offers: Iterable[Offer]) -> None:
	for offer in offers:
		if sheet.rest[offer.line] > 0:
			sheet.pay(offer, min(offer.share, sheet.rest[offer.line]))


def _pay_unlimited(sheet: Sheet, offers: Sequence[Offer]) -> None:
	"""Entitlements without a limit: what they pay is counted all the same."""
	visited: set[int] = set()
	for offer in offers:
		rest = sheet.rest[offer.line]
		if rest <= 0:
			continue
		if _kind(offer) == VISITS:
			used = 0.0 if id(offer.pool) in visited else float(visits_needed(sheet.lines))
			visited.add(id(offer.pool))
			sheet.pay(offer, min(offer.share, rest), used)
		else:
			share = min(offer.share, rest)
			sheet.pay(offer, share, size_of(sheet.lines[offer.line]) * share / 100)


def _pay_work(sheet: Sheet, limited: Sequence[Offer]) -> Sheet:
	"""Pay labour and travel: only with visits that save the customer something, and with hours for what visits do not cover."""
	hours = [offer for offer in limited if _kind(offer) == LABOUR_HOURS]
	of_pool: dict[int, list[Offer]] = {}
	for offer in limited:
		if _kind(offer) == VISITS:
			of_pool.setdefault(id(offer.pool), []).append(offer)
	visits = list(of_pool.values())
	# every visit of every contract taken is the best there can be for the customer
	best = _with_visits(sheet, visits, hours)
	for offers in reversed(visits):
		fewer = [other for other in visits if other is not offers]
		without = _with_visits(sheet, fewer, hours)
		if _worth(without) >= _worth(best):
			visits, best = fewer, without
	return best


def _with_visits(sheet: Sheet, visits: Sequence[Sequence[Offer]], hours: Sequence[Offer]) -> Sheet:
	trial = sheet.copy()
	needed = visits_needed(sheet.lines)
	for offers in visits:
		pool = offers[0].pool
		taken = min(needed, int((pool.left or 0) + TOLERANCE)) if pool else 0
		for offer in offers:
			rest = trial.rest[offer.line]
			share = min(offer.share * taken / needed, rest)
			if share > 0:
				# the first line that the visit pays carries it
				trial.pay(offer, share, 0.0 if trial.spent.get(id(pool)) else float(taken))
	_pay_measured(trial, hours)
	return trial


def _worth(sheet: Sheet) -> tuple[float, float]:
	"""How much of labour and travel is covered: in money, then (for lines without a price) in hours and trips."""
	work = [
		(line, 100 - rest) for line, rest in zip(sheet.lines, sheet.rest, strict=True) if line.kind in WORK
	]
	return (
		round(sum(line.amount * share for line, share in work), 4),
		round(sum((line.qty or 1) * share for line, share in work), 4),
	)


def _pay_measured(sheet: Sheet, offers: Sequence[Offer]) -> None:
	"""Share out hours and parts value among the lines so that as much as possible is paid."""
	pools: dict[int, Pool] = {}
	caps: list[Cap] = []
	for place, offer in enumerate(offers):
		line, rest = sheet.lines[offer.line], sheet.rest[offer.line]
		size = size_of(line)
		if rest <= 0 or offer.pool is None:
			continue
		if size <= 0:  # not known yet how much it will be
			sheet.pay(offer, min(offer.share, rest))
			continue
		pools[id(offer.pool)] = offer.pool
		caps.append(Cap(offer.line, id(offer.pool), min(offer.share, rest) * size / 100, place))
	needs = {cap.line: sheet.rest[cap.line] * size_of(sheet.lines[cap.line]) / 100 for cap in caps}
	# what costs most per hour first; of parts all money is worth the same
	order = sorted(needs, key=lambda place: (-_price(sheet.lines[place]), sheet.lines[place].no, place))
	left = {key: pool.left or 0.0 for key, pool in pools.items()}
	for cap, paid in share_out(order, needs, left, caps):
		offer = offers[cap.offer]
		sheet.pay(offer, 100 * paid / size_of(sheet.lines[offer.line]), paid)


def _price(line: Line) -> float:
	return line.amount / line.qty if line.kind == Kind.LABOUR and line.qty else 0.0


def _kind(offer: Offer) -> str:
	return offer.pool.kind if offer.pool else ""


def _decision(sheet: Sheet, place: int, offers: Sequence[Offer], refusals: Sequence[Refusal]) -> LineDecision:
	"""The line at `place`, with a refusal for every source that could have paid and does not."""
	paying = {(portion.kind, portion.source, portion.part) for portion in sheet.portions[place]}
	covered = sheet.rest[place] <= 0
	idle: dict[tuple[str, str, str | None], Refusal] = {}
	for offer in offers:
		source = offer.source
		key = (source.kind, source.name, source.part)
		if offer.line != place or key in paying or key in idle:
			continue
		why, detail = (Why.NOT_NEEDED, None) if covered else (Why.USED_UP, _kind(offer))
		idle[key] = Refusal(source.kind, source.name, why, detail)
	return LineDecision(sheet.lines[place], tuple(sheet.portions[place]), (*refusals, *idle.values()))
