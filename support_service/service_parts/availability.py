"""Whether enough of each part is in stock now: with the Bins locked before parts are drawn, without locks for the form.

ERPNext's setting that allows negative stock does not matter: a part that is not there cannot have been fitted. Nor can one
whose receipt is dated tomorrow: nothing that is posted for later (`posted_later`) is free today.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import frappe
from erpnext.stock.doctype.batch.batch import get_batch_qty
from frappe import _
from frappe.utils import flt

from support_service.foundation.bins import LockedBin, Place
from support_service.service_parts import errors, posted_later
from support_service.service_parts.part_checks import TOLERANCE, Problem


def shortages(rows: Iterable[Any], bins: dict[Place, LockedBin]) -> list[Problem]:
	"""A Problem for each row whose warehouse holds less than the rows together take from it.

	rows: those with a stock effect, their warehouse filled in; bins: the locked Bins of all of them.
	"""
	left: dict[Place, float] = defaultdict(float, {place: bin.free for place, bin in bins.items()})
	for place, held in posted_later.held_now(bins).items():
		left[place] = min(left[place], held - flt(bins[place].reserved_stock))
	found = []
	for row in rows:
		place = (row.item_code, row.warehouse)
		before = max(left[place], 0)
		left[place] -= flt(row.qty)
		if left[place] < -TOLERANCE:
			found.append(_shortage(row, before))
	return found


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


def _shortage(row: Any, free: float) -> Problem:
	what = _("{0} of batch {1}").format(row.item_code, row.batch_no) if row.batch_no else row.item_code
	text = _(
		"Row {0}: {1} needed of {2}, but {3} has {4} free today. Draw it elsewhere, or have it transferred first."
	).format(row.idx, f"{flt(row.qty):g}", what, row.warehouse, f"{flt(free):g}")
	return Problem(row.idx, errors.NotEnoughStockError, text)


def stock_by_warehouse(item_codes: Iterable[str], company: str) -> dict[str, dict[str, float]]:
	"""Item → warehouse of `company` → free stock, most first; read without locks, for showing."""
	bin, warehouse = frappe.qb.DocType("Bin"), frappe.qb.DocType("Warehouse")
	items = sorted(set(item_codes))
	if not items:
		return {}
	rows = (
		frappe.qb.from_(bin)
		.inner_join(warehouse)
		.on(warehouse.name == bin.warehouse)
		.select(bin.item_code, bin.warehouse, bin.actual_qty, bin.reserved_stock)
		.where(bin.item_code.isin(items))
		.where(bin.actual_qty > 0)
		.where(warehouse.company == company)
		.where(warehouse.disabled == 0)
		.orderby(bin.actual_qty, order=frappe.qb.desc)
	).run(as_dict=True)
	found: dict[str, dict[str, float]] = {}
	reserved: dict[Place, float] = {}
	for row in rows:
		found.setdefault(row.item_code, {})[row.warehouse] = flt(row.actual_qty) - flt(row.reserved_stock)
		reserved[(row.item_code, row.warehouse)] = flt(row.reserved_stock)
	for (item, warehouse), held in posted_later.held_now(reserved).items():
		free = found[item]
		free[warehouse] = min(free[warehouse], held - reserved[(item, warehouse)])
	return {item: dict(sorted(free.items(), key=lambda place: -place[1])) for item, free in found.items()}
