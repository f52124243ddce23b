"""What a need's quantities mean: its status, what is missing, where to reserve, when a waiting case goes on. No Frappe.

All quantities are in the item's stock unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

TOLERANCE = 1e-6  # quantities are stored with nine decimals


class NeedStatus(StrEnum):
	WANTED = "Wanted"
	RESERVED = "Reserved"
	ORDERED = "Ordered"
	ON_ITS_WAY = "On Its Way"
	IN_VAN = "In Van"
	USED = "Used"
	CANCELLED = "Cancelled"


OVER = (NeedStatus.USED, NeedStatus.CANCELLED)
IN_THE_VAN, AT_OUR_WAREHOUSE = "In the Van", "At Our Warehouse"
# setting → statuses in which a need holds up nobody
THERE = {
	IN_THE_VAN: (NeedStatus.IN_VAN, *OVER),
	AT_OUR_WAREHOUSE: (NeedStatus.RESERVED, NeedStatus.ON_ITS_WAY, NeedStatus.IN_VAN, *OVER),
}


@dataclass(frozen=True, slots=True)
class Figures:
	"""Where the pieces of one need are.

	wanted: how many are needed. held: reserved in a warehouse, without the next two. in_van: reserved in a van of whoever goes.
	in_transit: reserved in a transit warehouse. ordered: asked for from a supplier and not yet received. used: drawn by visits.
	"""

	wanted: float
	held: float = 0.0
	in_van: float = 0.0
	in_transit: float = 0.0
	ordered: float = 0.0
	used: float = 0.0

	@property
	def to_reserve(self) -> float:
		"""How many are neither used nor reserved anywhere."""
		return _positive(self.wanted - self.used - self.held - self.in_van - self.in_transit)

	@property
	def to_order(self) -> float:
		"""How many are neither used, reserved nor ordered."""
		return _positive(self.to_reserve - self.ordered)


def status_of(figures: Figures, *, cancelled: bool = False) -> NeedStatus:
	"""The status that the whole quantity has reached: two in the van and three on their way are on their way."""
	if cancelled:
		return NeedStatus.CANCELLED
	reached = figures.used
	for more, status in (
		(0.0, NeedStatus.USED),
		(figures.in_van, NeedStatus.IN_VAN),
		(figures.in_transit, NeedStatus.ON_ITS_WAY),
		(figures.held, NeedStatus.RESERVED),
		(figures.ordered, NeedStatus.ORDERED),
	):
		reached += more
		if reached >= figures.wanted - TOLERANCE:
			return status
	return NeedStatus.WANTED


@dataclass(frozen=True, slots=True)
class Store:
	"""A warehouse that has some: `free` of everybody's reservations, of which customers have ordered `spoken_for`."""

	warehouse: str
	free: float
	spoken_for: float = 0.0
	is_van: bool = False  # of whoever goes
	is_parts_store: bool = False


def plan(wanted: float, stores: Iterable[Store]) -> list[tuple[str, float]]:
	"""(warehouse, quantity) to reserve, together at most `wanted`.

	First the van of whoever goes, then what one warehouse can give alone without touching what customers have ordered, the
	parts store before others, then the rest from the fullest down: few transfers.
	"""
	left = wanted
	chosen = []
	stores = list(stores)
	elsewhere = wanted - sum(_positive(store.free) for store in stores if store.is_van)
	for store in sorted(stores, key=lambda store: _order(store, elsewhere)):
		take = min(left, store.free)
		if take > TOLERANCE:
			chosen.append((store.warehouse, take))
			left -= take
	return chosen


def _order(store: Store, wanted: float) -> tuple[bool, bool, bool, float, str]:
	alone = store.free - store.spoken_for >= wanted - TOLERANCE
	return (
		not store.is_van,
		not alone,
		not store.is_parts_store,
		store.spoken_for - store.free,
		store.warehouse,
	)


def share_out(drawn: float, open_needs: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
	"""(need, quantity) of what a visit has drawn: the needs in their order, each up to what it still wants."""
	shares = []
	for need, wanted in open_needs:
		take = min(drawn, wanted)
		if take > TOLERANCE:
			shares.append((need, take))
			drawn -= take
	return shares


@dataclass(frozen=True, slots=True)
class Awaited:
	"""An open need of a waiting case. since: the instant from which all of it was there (None: it is not)."""

	status: NeedStatus
	since: int | None


def may_go_on(needs: Sequence[Awaited], waits_since: int, setting: str) -> bool:
	"""Whether a case that waits for parts goes on: all its needs are there, and one of them has come during the wait.

	Who lets a case wait although nothing is missing waits for something else: only a person ends that.
	"""
	there = THERE.get(setting, THERE[AT_OUR_WAREHOUSE])
	awaited = [need for need in needs if need.status not in OVER]
	return (
		bool(awaited)
		and all(need.status in there for need in awaited)
		and any(need.since is not None and need.since >= waits_since for need in awaited)
	)


def in_packs(qty: float, conversion_factor: float) -> tuple[float, bool]:
	"""A quantity of stock units in whole packs, and True; or unchanged, and False, where packs would have to be opened."""
	if conversion_factor <= 0:
		return qty, False
	packs = qty / conversion_factor
	return (float(round(packs)), True) if abs(packs - round(packs)) < TOLERANCE else (qty, False)


def _positive(qty: float) -> float:
	return qty if qty > TOLERANCE else 0.0
