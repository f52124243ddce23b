"""What ERPNext's documents do to needs: requests and orders, goods that come in, goods that move.

A row of a Material Request names its need; orders, receipts and transfers name that row. None of them is ever refused because of a
need: what fails here is undone to a savepoint, logged, and tried again by `catch_up`. What a document takes out of stock for
somebody else is looked at in `outgoing.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt

from support_service.constants.words import N_
from support_service.foundation import batches, bins
from support_service.foundation.bins import Place
from support_service.foundation.postponed import Backlog
from support_service.service_parts import availability
from support_service.service_parts.needs import figures, outgoing, reservations, supply
from support_service.service_parts.needs.need_rules import OVER, TOLERANCE
from support_service.service_parts.needs.reservations import MOVED, Because

NEED = "Part Need"
BRING_IN = {"Purchase Receipt": "Purchase Receipt Item", "Purchase Invoice": "Purchase Invoice Item"}
FOLLOW = N_("Let needed parts follow a document")
UNDO = N_("Let needed parts follow a cancelled document")


class Line(NamedTuple):
	"""`qty` stock units for `need`, from a warehouse (None: from outside) into another (None: out of our hands)."""

	need: str
	item_code: str
	source: str | None
	target: str | None
	qty: float


def on_change(doc: Document, method: str | None = None) -> None:
	"""Handler of Material Request and Purchase Order: what is asked and promised is read again at every step of theirs."""
	if doc.doctype == "Material Request":
		names = {row.get("part_need") for row in doc.items}
	else:
		names = set(
			supply.needs_of_rows(
				{row.material_request_item for row in doc.items if row.material_request_item}
			).values()
		)
	figures.refresh({name for name in names if name})


def on_submit(doc: Document, method: str | None = None) -> None:
	"""Handler of Purchase Receipt, Purchase Invoice, Stock Entry, and what takes goods out of stock."""
	if doc.get("engineer_visit") and doc.doctype == "Stock Entry":
		return  # the visit itself sees to its needs
	batches.beside(lambda _name: _follow(doc), doc.name, Backlog(FOLLOW, doc.doctype))


def on_cancel(doc: Document, method: str | None = None) -> None:
	batches.beside(lambda _name: _undo(doc), doc.name, Backlog(UNDO, doc.doctype))


def on_trash(doc: Document, method: str | None = None) -> None:
	"""Handler of Material Request: a draft that is deleted asks for nothing any more."""
	figures.refresh({row.get("part_need") for row in doc.items if row.get("part_need")})


def catch_up() -> int:
	"""Hourly: follow what failed, and documents about open needs that nobody followed; returns how many."""
	done = 0
	for doctype in ("Stock Entry", *BRING_IN, "Delivery Note", "Sales Invoice", "Stock Reconciliation"):
		for work, what, missed in ((FOLLOW, _follow, _missed), (UNDO, _undo, None)):
			backlog = Backlog(work, doctype)
			names = [*backlog.next_tries(), *(missed(doctype) if missed else ())]
			done += batches.one_by_one(
				list(dict.fromkeys(names)),
				lock=partial(batches.lock_name, doctype),
				work=partial(_again, doctype, what),
				backlog=backlog,
			)
	return done


def read_back() -> None:
	"""Hourly: compute open needs again, as ERPNext changes statuses, dates and names behind the documents."""
	for names in _chunks(frappe.get_all(NEED, {"is_open": 1}, pluck="name", order_by="name")):
		figures.refresh(names)
		frappe.db.commit()  # a batch job: each chunk is its own transaction, and holds no need for long


def _chunks(names: list[str], size: int = 100) -> Iterator[list[str]]:
	for start in range(0, len(names), size):
		yield names[start : start + size]


def _again(doctype: str, what, name: str) -> None:
	what(frappe.get_doc(doctype, name))


def _follow(doc: Document) -> None:
	"""Reserve what came in for a need and move what moved; repeating it changes nothing."""
	if doc.docstatus != 1:
		return
	lines = list(_lines(doc))
	if lines and not _is_followed(doc):
		_arrive(doc, [line for line in lines if not line.source])
		_move(doc, [line for line in lines if line.source and line.target])
	outgoing.let_go_of_taken(doc)


def _undo(doc: Document) -> None:
	figures.refresh(reservations.undo(doc))


def _is_followed(doc: Document) -> bool:
	return any(
		frappe.db.exists(reservations.DOCTYPE, {f"{what}_name": doc.name, f"{what}_doctype": doc.doctype})
		for what in ("begun", "ended")
	)


def _lines(doc: Document) -> Iterator[Line]:
	"""The rows of `doc` that are for a need."""
	if doc.doctype in BRING_IN:
		if cint(doc.get("is_return")) or (doc.doctype == "Purchase Invoice" and not cint(doc.update_stock)):
			return
		asked = _asked_by_order(doc)
		needs = supply.needs_of_rows({row for row in asked.values() if row})
		for row in doc.items:
			if need := needs.get(asked[row.name] or ""):
				qty = flt(row.qty) * (flt(row.conversion_factor) or 1)
				yield Line(need, row.item_code, None, row.warehouse, qty)
	elif doc.doctype == "Stock Entry":
		asked = {row.name: _request_row(row) for row in doc.items}
		needs = supply.needs_of_rows({row for row in asked.values() if row})
		for row in doc.items:
			if need := needs.get(asked[row.name] or ""):
				yield Line(need, row.item_code, row.s_warehouse, row.t_warehouse, flt(row.transfer_qty))


def _asked_by_order(doc: Document) -> dict[str, str | None]:
	"""Row of what comes in → the row of the Material Request; an invoice that brings in goods names only the order's row."""
	asked = {row.name: row.material_request_item for row in doc.items}
	ordered = {row.name: row.get("purchase_order_item") or row.get("po_detail") for row in doc.items}
	wanted = sorted({ordered[name] for name in asked if ordered[name] and not asked[name]})
	if wanted:
		rows = frappe.get_all(
			"Purchase Order Item",
			filters={"name": ("in", wanted)},
			fields=["name", "material_request_item"],
			order_by=None,
		)
		of_order = {row.name: row.material_request_item for row in rows}
		asked.update({name: row or of_order.get(ordered[name]) for name, row in asked.items()})
	return asked


def _request_row(row: Document) -> str | None:
	"""The row of the Material Request; the second leg of a transfer through transit names only its first leg."""
	if row.material_request_item or not row.ste_detail:
		return row.material_request_item
	return frappe.db.get_value("Stock Entry Detail", row.ste_detail, "material_request_item")


def _arrive(doc: Document, lines: list[Line]) -> None:
	"""Reserve what came in: as much as is still wanted and free. ERPNext has just written the Bins, so they are locked."""
	free = _free(lines)
	for line in lines:
		place = (line.item_code, line.target or "")
		_hold(doc, line, min(line.qty, free.get(place, 0)), free)


def _move(doc: Document, lines: list[Line]) -> None:
	"""The reservation goes with the goods; what was not reserved before is from now on."""
	free = _free(lines)
	for line in lines:
		rows = [
			row
			for row in reservations.of_needs([line.need], latest=True)
			if row.held and row.warehouse == line.source
		]
		moved = reservations.end(rows, line.qty, MOVED, Because.of(doc))
		place = (line.item_code, line.target or "")
		reservations.hold(_need(line.need), line.target or "", moved, Because.of(doc))
		free[place] = free.get(place, 0) - moved
		_hold(doc, line, min(line.qty - moved, free[place]), free)


def _hold(doc: Document, line: Line, qty: float, free: dict[Place, float]) -> None:
	need = _need(line.need)
	if need.status in OVER:
		return
	rows = reservations.of_needs([need.name], latest=True)
	qty = min(qty, flt(need.stock_qty) - sum(flt(row.qty) for row in rows))
	if qty > TOLERANCE:
		reservations.hold(need, line.target or "", qty, Because.of(doc))
		free[(line.item_code, line.target or "")] -= qty
	figures.refresh([need.name])


def _free(lines: list[Line]) -> dict[Place, float]:
	places = {(line.item_code, line.target) for line in lines if line.target}
	locked = bins.lock(bins.names_of(places))
	return availability.free_in(locked, latest=True) if locked else defaultdict(float)


def _need(name: str) -> Document:
	return frappe.db.get_value(
		NEED, name, ["name", "service_request", "item_code", "stock_qty", "status"], as_dict=True
	)


def _missed(doctype: str) -> list[str]:
	"""Submitted documents of `doctype` about open needs that have changed no reservation."""
	child = BRING_IN.get(doctype) or ("Stock Entry Detail" if doctype == "Stock Entry" else None)
	if not child:
		return []
	need, asked, row = (frappe.qb.DocType(name) for name in (NEED, "Material Request Item", child))
	reservation = frappe.qb.DocType(reservations.DOCTYPE)
	return (
		frappe.qb.from_(need)
		.inner_join(asked)
		.on(asked.part_need == need.name)
		.inner_join(row)
		.on(row.material_request_item == asked.name)
		.left_join(reservation)
		.on(
			(reservation.part_need == need.name)
			& ((reservation.begun_name == row.parent) | (reservation.ended_name == row.parent))
		)
		.select(row.parent)
		.distinct()
		.where((need.is_open == 1) & (row.docstatus == 1) & reservation.name.isnull())
		.orderby(row.parent)
		.run(pluck=True)
	)
