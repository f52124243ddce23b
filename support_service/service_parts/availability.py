"""Whether enough of each part is in stock now: with the Bins locked before parts are drawn, without locks for showing.

ERPNext's setting that allows negative stock does not matter: a part that is not there cannot have been fitted. Nor can one
whose receipt is dated tomorrow: nothing that is posted for later (`posted_later`) is free today. Nor is what another request
has reserved (`needs/reservations.py`), nor what lies in a warehouse that is `set_aside`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import frappe
from erpnext.stock.doctype.batch.batch import get_batch_qty
from frappe import _
from frappe.utils import flt

from support_service.foundation.bins import LockedBin, Place
from support_service.service_parts import errors, posted_later, set_aside
from support_service.service_parts.needs import reservations
from support_service.service_parts.needs.vans import TRANSIT
from support_service.service_parts.part_checks import TOLERANCE, Problem


class OnHand(NamedTuple):
	"""What one place has, in stock units: `actual`, `free` of all reservations, and what is kept for whom.

	for_case and for_others: reserved for the request that was asked about, and for others. spoken_for: of what is free, what
	ERPNext's orders count on without having reserved it.
	"""

	actual: float
	free: float
	for_case: float
	for_others: float
	spoken_for: float
	in_transit: bool


def shortages(
	rows: Iterable[Any], bins: dict[Place, LockedBin], case: str | None, *, latest: bool
) -> list[Problem]:
	"""A Problem for each row whose warehouse holds less than the rows together take from it.

	rows: those with a stock effect, their warehouse filled in; bins: the locked Bins of all of them; case: the request they are
	for, what others have reserved stays there; latest: see `reservations.of_places`.
	"""
	left = defaultdict(float, _unreserved(bins))
	for_others = reservations.for_others(bins, case, latest=latest)
	for place, kept in for_others.items():
		left[place] -= kept
	found = []
	for row in rows:
		place = (row.item_code, row.warehouse)
		before = max(left[place], 0)
		left[place] -= flt(row.qty)
		if left[place] < -TOLERANCE:
			found.append(_shortage(row, before, for_others.get(place, 0)))
	return found


def free_in(bins: dict[Place, LockedBin], *, latest: bool) -> dict[Place, float]:
	"""Place → what nobody has reserved there, the Bins being locked. latest: see `reservations.of_places`."""
	free = _unreserved(bins)
	held_back = set_aside.among(warehouse for _item, warehouse in bins)
	free.update({place: 0.0 for place in free if place[1] in held_back})
	for place, kept in reservations.for_others(bins, None, latest=latest).items():
		free[place] -= kept
	return free


def _unreserved(bins: dict[Place, LockedBin]) -> dict[Place, float]:
	"""Place → what is there now and not reserved in ERPNext."""
	left = {place: bin.free for place, bin in bins.items()}
	for place, held in posted_later.held_now(bins).items():
		left[place] = min(left[place], held - flt(bins[place].reserved_stock))
	return left


def batch_shortages(rows: Iterable[Any]) -> list[Problem]:
	"""As `shortages`, for the batches of rows that name one; to be called while the Bins are locked."""
	rows = [row for row in rows if row.batch_no]
	if not rows:
		return []
	left: dict[posted_later.BatchPlace, float] = defaultdict(float)
	# one look-up per item: ERPNext subtracts what the point of sale reserves for one item at a time
	for item_code in sorted({row.item_code for row in rows}):
		batches = sorted({row.batch_no for row in rows if row.item_code == item_code})
		for stock in get_batch_qty(item_code=item_code, batch_no=batches):
			left[(stock.batch_no, stock.warehouse)] += flt(stock.qty)
		now = posted_later.batches_now(item_code, batches)
		for place in left:
			if place[0] in batches:
				left[place] = min(left[place], now.get(place, 0))
	found = []
	for row in rows:
		place = (row.batch_no, row.warehouse)
		before = max(left[place], 0)
		left[place] -= flt(row.qty)
		if left[place] < -TOLERANCE:
			found.append(_shortage(row, before))
	return found


def _shortage(row: Any, free: float, for_others: float = 0) -> Problem:
	what = _("{0} of batch {1}").format(row.item_code, row.batch_no) if row.batch_no else row.item_code
	text = _(
		"Row {0}: {1} needed of {2}, but {3} has {4} free today. Draw it elsewhere, or have it transferred first."
	).format(row.idx, f"{flt(row.qty):g}", what, row.warehouse, f"{flt(free):g}")
	if for_others:
		text += " " + _("{0} more are there, but reserved for other requests.").format(f"{for_others:g}")
	return Problem(row.idx, errors.NotEnoughStockError, text)


def on_hand(
	items: Collection[str], company: str | None = None, case: str | None = None
) -> dict[Place, OnHand]:
	"""Place → what is there of `items` in the warehouses (of `company`) that give parts out; read without locks, for showing and choosing.

	Four queries, however many items and warehouses; one more for each place where something is posted for later.
	"""
	wanted = sorted({item for item in items if item})
	if not wanted:
		return {}
	kept = reservations.by_place(wanted)
	bins = _bins(wanted, company)
	now = posted_later.held_now_of(wanted)
	found = {}
	for item, warehouse, actual, reserved, asked, in_transit in bins:
		place = (item, warehouse)
		mine = others = 0.0
		if of_case := kept.get(place):
			mine = of_case.get(case, 0.0) if case else 0.0
			others = sum(of_case.values()) - mine
		there = min(actual, now.get(place, actual)) - reserved
		spoken_for = asked - reserved if asked > reserved else 0.0
		found[place] = OnHand(actual, there - mine - others, mine, others, spoken_for, in_transit)
	return found


def _bins(items: Collection[str], company: str | None) -> list[tuple]:
	"""Item, warehouse, quantity, reserved in ERPNext, asked for by its orders, and whether it is on its way; most first."""
	bin, warehouse = frappe.qb.DocType("Bin"), frappe.qb.DocType("Warehouse")
	stores = frappe.qb.from_(warehouse).select(warehouse.name, warehouse.warehouse_type)
	stores = set_aside.leave_out(stores.where(warehouse.disabled == 0), warehouse)
	if company:
		stores = stores.where(warehouse.company == company)
	kinds = dict(stores.run())
	rows = (
		frappe.qb.from_(bin)
		.select(
			bin.item_code,
			bin.warehouse,
			bin.actual_qty,
			bin.reserved_stock,
			bin.reserved_qty + bin.reserved_qty_for_production + bin.reserved_qty_for_sub_contract,
		)
		.where(bin.item_code.isin(items) & (bin.actual_qty > 0))
		.orderby(bin.actual_qty, order=frappe.qb.desc)
	).run()
	return [
		(item, store, actual, reserved or 0.0, asked or 0.0, kinds[store] == TRANSIT)
		for item, store, actual, reserved, asked in rows
		if store in kinds
	]


def stock_by_warehouse(
	item_codes: Iterable[str], company: str, case: str | None = None
) -> dict[str, dict[str, float]]:
	"""Item → warehouse of `company` → what a visit of `case` may draw there, most first; without locks, for showing."""
	found: dict[str, dict[str, float]] = {}
	for (item, warehouse), there in on_hand(set(item_codes), company, case).items():
		found.setdefault(item, {})[warehouse] = there.free + there.for_case
	return {item: dict(sorted(free.items(), key=lambda place: -place[1])) for item, free in found.items()}
