"""The one writer of Part Reservation: which pieces, in which warehouse, are kept for which need.

A row is one quantity in one place, from when it was reserved until it was used, moved, released or taken. It is never changed
but to end it, once; what of it goes on is another row. Held rows are few, however long the history is.
Whoever reserves or draws holds the Bin of the place (`foundation/bins.py`), so that the last piece is given away once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import flt, now_datetime

from support_service.foundation import ledger, locks
from support_service.foundation.bins import Place
from support_service.service_parts.needs.need_rules import TOLERANCE

DOCTYPE = "Part Reservation"
USED, MOVED, RELEASED, TAKEN, GIVEN_BACK = "Used", "Moved", "Released", "Taken", "Given Back"
FIELDS = (
	"name",
	"part_need",
	"service_request",
	"item_code",
	"warehouse",
	"qty",
	"held",
	"begun_on",
	"begun_doctype",
	"begun_name",
	"ended_as",
	"reason",
)


@dataclass(frozen=True, slots=True)
class Because:
	"""Why a row begins or ends: the document that did it, or a sentence in the site's language."""

	doctype: str | None = None
	name: str | None = None
	reason: str | None = None

	@classmethod
	def of(cls, doc: Document, reason: str | None = None) -> Because:
		return cls(doc.doctype, doc.name, reason)


def hold(need: Document | Any, warehouse: str, qty: float, because: Because) -> None:
	"""Reserve `qty` in `warehouse` for `need` (name, service_request, item_code). The caller holds the Bin and has counted."""
	if flt(qty) > TOLERANCE:
		_append(need, warehouse, qty, because, held=1)


def note_use(need: Document | Any, warehouse: str, qty: float, because: Because) -> None:
	"""Write down `qty` used for `need` that was not reserved before."""
	if flt(qty) > TOLERANCE:
		_append(need, warehouse, qty, because, held=0, ended_as=USED)


def end(rows: Iterable[Any], qty: float, ended_as: str, because: Because) -> float:
	"""End held `rows` up to `qty` in their order; returns how much that was. The rest of the last row goes on as a row of its own."""
	left = flt(qty)
	for row in rows:
		if left <= TOLERANCE:
			break
		take = min(left, flt(row.qty))
		rest = flt(row.qty) - take
		_end(row, take, ended_as, because)
		if rest > TOLERANCE:
			need = frappe._dict(
				name=row.part_need, service_request=row.service_request, item_code=row.item_code
			)
			because_before = Because(row.begun_doctype, row.begun_name, row.reason)
			_append(need, row.warehouse, rest, because_before, held=1, begun_on=row.begun_on)
		left -= take
	return flt(qty) - left


def release_beyond(need: Document | Any, because: Because) -> None:
	"""Let go what is reserved beyond what `need` (name, stock_qty) still wants, the youngest first."""
	rows = of_needs([need.name], latest=True)
	beyond = sum(flt(row.qty) for row in rows) - flt(need.stock_qty)
	held = [row for row in reversed(rows) if row.held]
	if beyond > TOLERANCE:
		end(held, beyond, RELEASED, because)


def undo(doc: Document) -> set[str]:
	"""Take back what `doc`, which is cancelled, did to reservations; returns the needs concerned.

	What it began and is still held ends; what it ended is reserved again where it was, as long as the need is open.
	"""
	begun = _rows(lambda row: (row.begun_name == doc.name) & (row.begun_doctype == doc.doctype))
	ended = _rows(lambda row: (row.ended_name == doc.name) & (row.ended_doctype == doc.doctype))
	because = Because.of(doc)
	for row in begun:
		if row.held:
			_end(row, flt(row.qty), RELEASED, because)
	open_needs = _open({row.part_need for row in ended})
	for row in ended:
		if row.ended_as not in (USED, MOVED):
			continue
		frappe.db.set_value(DOCTYPE, row.name, "ended_as", GIVEN_BACK, update_modified=False)
		# what was never reserved, only noted as used, is free again
		if row.part_need in open_needs and not (row.ended_as == USED and row.begun_name == doc.name):
			_append(
				row,
				row.warehouse,
				flt(row.qty),
				Because(row.begun_doctype, row.begun_name, row.reason),
				held=1,
			)
	return {row.part_need for row in (*begun, *ended)}


def of_places(places: Collection[Place], *, latest: bool = False) -> dict[Place, list[Any]]:
	"""Place → held rows there, the oldest first.

	latest: what is committed now, whatever the snapshot of the caller's transaction says; the rows stay locked.
	"""
	wanted = set(places)
	found: dict[Place, list[Any]] = defaultdict(list)
	if wanted:
		for row in _held({item for item, _warehouse in wanted}, latest=latest):
			if (row.item_code, row.warehouse) in wanted:
				found[(row.item_code, row.warehouse)].append(row)
	return dict(found)


def of_needs(needs: Collection[str], *, latest: bool = False) -> list[Any]:
	"""Held and used rows of these needs, the oldest first. latest: as for `of_places`."""
	if not needs:
		return []
	return _rows(
		lambda row: row.part_need.isin(sorted(needs)) & ((row.held == 1) | (row.ended_as == USED)),
		latest=latest,
	)


def for_others(places: Collection[Place], case: str | None, *, latest: bool = False) -> dict[Place, float]:
	"""Place → what is reserved there for other cases than `case`; places without are left out."""
	held = of_places(places, latest=latest)
	sums = {
		place: sum(flt(row.qty) for row in rows if not case or row.service_request != case)
		for place, rows in held.items()
	}
	return {place: qty for place, qty in sums.items() if qty > TOLERANCE}


def by_place(items: Collection[str]) -> dict[Place, dict[str, float]]:
	"""Place → case → what is reserved there for it, of all these items; for showing."""
	found: dict[Place, dict[str, float]] = defaultdict(dict)
	if items:
		for row in _held(set(items)):
			of_case = found[(row.item_code, row.warehouse)]
			of_case[row.service_request] = of_case.get(row.service_request, 0.0) + flt(row.qty)
	return dict(found)


def held_in(case: str, warehouse: str) -> dict[str, float]:
	"""Item → how much of it is reserved for the case in the warehouse, in stock units."""
	found: dict[str, float] = defaultdict(float)
	here = {"service_request": case, "warehouse": warehouse, "held": 1}
	for row in frappe.get_all(DOCTYPE, here, ["item_code", "qty"], order_by=None):
		found[row.item_code] += flt(row.qty)
	return dict(found)


def _held(items: Collection[str], *, latest: bool = False) -> list[Any]:
	return _rows(lambda row: (row.held == 1) & row.item_code.isin(sorted(items)), latest=latest)


def _rows(condition: Any, *, latest: bool = False) -> list[Any]:
	row = frappe.qb.DocType(DOCTYPE)
	query = (
		frappe.qb.from_(row)
		.select(*(row[field] for field in FIELDS))
		.where(condition(row))
		.orderby(row.creation)
		.orderby(row.name)
	)
	return locks.rows(query) if latest else query.run(as_dict=True)


def _open(needs: Collection[str]) -> set[str]:
	if not needs:
		return set()
	filters = {"name": ("in", sorted(needs)), "status": ("!=", "Cancelled")}
	found = frappe.get_all("Part Need", filters=filters, fields=["name", "service_request"], order_by=None)
	over = {
		"name": ("in", [row.service_request for row in found] or [""]),
		"status": ("in", ("Closed", "Cancelled")),
	}
	closed = set(frappe.get_all("Service Request", filters=over, pluck="name", order_by=None))
	return {row.name for row in found if row.service_request not in closed}


def _append(
	need: Any,
	warehouse: str,
	qty: float,
	because: Because,
	*,
	held: int,
	ended_as: str = "",
	begun_on: datetime | None = None,
) -> None:
	now = now_datetime()
	values = {
		"doctype": DOCTYPE,
		"part_need": need.get("part_need") or need.name,
		"service_request": need.service_request,
		"item_code": need.item_code,
		"warehouse": warehouse,
		"qty": flt(qty),
		"held": held,
		"begun_on": begun_on or now,
		"begun_doctype": because.doctype,
		"begun_name": because.name,
		"reason": because.reason,
	}
	if ended_as:
		values.update(ended_as=ended_as, ended_on=now, ended_doctype=because.doctype, ended_name=because.name)
	ledger.append(frappe.get_doc(values))


def _end(row: Any, qty: float, ended_as: str, because: Because) -> None:
	values = {
		"held": 0,
		"qty": qty,
		"ended_as": ended_as,
		"ended_on": now_datetime(),
		"ended_doctype": because.doctype,
		"ended_name": because.name,
	}
	if because.reason:
		values["reason"] = because.reason
	frappe.db.set_value(DOCTYPE, row.name, values, update_modified=False)
