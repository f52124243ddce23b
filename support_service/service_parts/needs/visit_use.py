"""What a visit does to the needs of its case: two of the visit's steps (`support_service_visit_steps` in hooks.py).

A part that the visit has drawn is no longer needed, wherever it was drawn and whether or not it was reserved. The Bins of all rows
are locked by then, and `visit_stock.check` has left what is reserved for other requests alone.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from support_service.foundation.bins import Place
from support_service.foundation.posting import Posting
from support_service.service_parts import visit_stock
from support_service.service_parts.needs import case_moves, figures, reservations
from support_service.service_parts.needs.need_rules import OVER, share_out
from support_service.service_parts.needs.reservations import USED, Because

NEED = "Part Need"


def use_up(visit: Document, posting: Posting) -> None:
	"""A step of submitting: what was drawn is noted for the needs of the case and uses up their reservations."""
	drawn = _drawn(visit, posting)
	needs = _open_needs(visit, {item for item, _warehouse in drawn}) if drawn else []
	if not needs:
		return
	rows = reservations.of_needs([need.name for need in needs], latest=True)
	left = {need.name: flt(need.stock_qty) for need in needs}
	for row in rows:
		if not row.held:
			left[row.part_need] -= flt(row.qty)
	because = Because.of(visit)
	touched = set()
	for (item, warehouse), qty in sorted(drawn.items()):
		of_item = [need for need in needs if need.item_code == item]
		# a need whose pieces lie just here comes first, then in their order
		here = {row.part_need for row in rows if row.held and row.warehouse == warehouse}
		of_item.sort(key=lambda need: need.name not in here)
		by_name = {need.name: need for need in of_item}
		for name, share in share_out(qty, [(need.name, left[need.name]) for need in of_item]):
			_use(by_name[name], rows, warehouse, share, because)
			left[name] -= share
			touched.add(name)
	for need in needs:
		# once all places are done: what was drawn without having been reserved leaves as much reserved for nothing
		if need.name in touched:
			reservations.release_beyond(need, because)
	figures.refresh(touched)


def give_back(visit: Document, posting: Posting) -> None:
	"""A step of cancelling: what was reserved before is reserved again, what was not is free again."""
	touched = reservations.undo(visit)
	figures.refresh(touched)
	case_moves.call_off_if_over(visit.service_request, touched)


def _drawn(visit: Document, posting: Posting) -> dict[Place, float]:
	drawn: dict[Place, float] = defaultdict(float)
	for row in visit_stock.stock_rows(visit, posting):
		drawn[(row.item_code, row.warehouse)] += flt(row.qty)
	return dict(drawn)


def _open_needs(visit: Document, items: set[str]) -> list[Any]:
	"""Needs of the visit's case for `items`, those of this visit first, then the oldest."""
	needs = frappe.get_all(
		NEED,
		filters={
			"service_request": visit.service_request,
			"item_code": ("in", sorted(items)),
			"status": ("not in", list(OVER)),
		},
		fields=["name", "service_request", "item_code", "stock_qty", "engineer_visit"],
		order_by="name",
	)
	return sorted(
		needs, key=lambda need: (need.engineer_visit != visit.name, bool(need.engineer_visit), need.name)
	)


def _use(need: Any, rows: list[Any], warehouse: str, qty: float, because: Because) -> None:
	"""Use `qty` for `need`, first what is reserved for it in `warehouse`."""
	here = [row for row in rows if row.part_need == need.name and row.held and row.warehouse == warehouse]
	unreserved = qty - reservations.end(here, qty, USED, because)
	reservations.note_use(need, warehouse, unreserved, because)
