"""Which units a return takes back, as far as that is certain, and what is left to ask.

| the return says | its units are |
|---|---|
| serial numbers of units | those units |
| the row of a delivery it takes back | the last pieces of that row that the customer still has |
| neither: a credit note without a delivery, or goods whose numbers nobody typed | the customer's units of that item, if all of them came back |
| neither, and the customer has more of them | unknown: somebody is asked (`return_questions`), nothing is guessed |

Where no number is typed, ERPNext makes new serial numbers for what came back; such a number does not say which unit it
was. A typed number does: where no unit has it, the piece was none of our units.

Two returns at the same moment must not take the same unit: a caller that stores the result asks with `lock`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import frappe
from frappe.model.document import Document

from support_service.installed_base import placements, unit_events, unit_rows
from support_service.installed_base.deliveries import facts, moved_goods
from support_service.installed_base.deliveries.facts import Goods, piece_key
from support_service.installed_base.unit_rows import key_of

GONE = (placements.RETURNED, "Retired")


@dataclass(frozen=True, slots=True)
class Question:
	"""`pieces` of an item came back, and the return does not say which of the `candidates` (more units than pieces)."""

	item_code: str
	pieces: int
	candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Returned:
	"""What a return took back.

	units: those it took back for certain, with those already stored as returned by it.
	open: the questions somebody must answer.
	unknown: how many pieces have no unit yet, whether there are candidates or not.
	"""

	units: tuple[str, ...]
	open: tuple[Question, ...] = ()
	unknown: int = 0


@dataclass(frozen=True, slots=True)
class _Unnamed:
	"""Pieces whose units the return does not name. row: the delivered row they come from, where it names that."""

	item_code: str
	row: str | None
	pieces: int


def units_of(doc: Document, *, deduce: bool = True, lock: bool = False) -> Returned:
	"""Which units a submitted return took back.

	deduce: False concludes nothing about unnamed pieces; so it must be once somebody was asked.
	lock: choose among the units as they are now, and lock them until the transaction ends.
	"""
	lines = facts.goods_of(doc)
	stored_before = _taken_back_before(doc)
	numbers = [serial for line in lines for serial in line.serials]
	known = facts.by_key([key_of("Serial No", serial) for serial in numbers])
	made = _made_by_return(doc, [serial for serial in numbers if key_of("Serial No", serial) not in known])
	units = [
		*known.values(),
		*_last_of_rows([line for line in lines if line.pieces and line.takes_back], stored_before, lock),
	]
	left = {name: item for name, item in stored_before.items() if name not in units}
	open_questions, unknown = [], 0
	for unnamed in _unnamed(lines, made):
		already = [name for name, item in left.items() if item == unnamed.item_code][: unnamed.pieces]
		for name in already:
			del left[name]
		units += already
		pieces = unnamed.pieces - len(already)
		candidates = _candidates(doc, unnamed, units) if pieces else []
		if lock and (not deduce or len(candidates) <= pieces):
			candidates = _there_still(doc, candidates)
		unknown += pieces
		if deduce and len(candidates) <= pieces:
			units += candidates
			unknown -= len(candidates)
		elif candidates:
			open_questions.append(Question(unnamed.item_code, pieces, tuple(candidates)))
	return Returned(tuple(dict.fromkeys([*units, *left])), tuple(open_questions), unknown)


def _taken_back_before(doc: Document) -> dict[str, str]:
	"""Unit → item, of the units already stored as returned by this return."""
	names = placements.touched_by(facts.reference_of(doc), unit_events.RETURNED)
	rows = frappe.get_all(
		placements.DOCTYPE,
		filters={"name": ("in", names or [""])},
		fields=["name", "item_code"],
		order_by="name",
	)
	return {row.name: row.item_code for row in rows}


def _last_of_rows(lines: Sequence[Goods], stored_before: Collection[str], lock: bool) -> list[str]:
	"""Of each delivered row as many units as came back: those stored as returned, then the last the customer still has."""
	lines = _added_up(lines)
	delivered = _delivered(lines)
	keys = {
		line: [piece_key(line, number + 1, line.takes_back) for number in range(delivered.get(line, 0))]
		for line in lines
	}
	there = facts.by_key([key for group in keys.values() for key in group])
	stored = unit_rows.by_names(there.values(), lock=lock)
	units = []
	for line, group in keys.items():
		brought = [there[key] for key in group if key in there]
		done = [name for name in brought if name in stored_before]
		standing = [
			name
			for name in brought
			if name not in stored_before and stored[name].state != placements.RETURNED
		]
		more = line.pieces - len(done)
		units += done + (standing[-more:] if more > 0 else [])
	return units


def _added_up(lines: Sequence[Goods]) -> list[Goods]:
	"""Add up the lines that take back pieces of the same delivered row: a return may name it in several rows."""
	found: dict[tuple[str | None, str, bool], Goods] = {}
	for line in lines:
		key = (line.takes_back, line.item_code, line.packed)
		found[key] = replace(line, pieces=line.pieces + found[key].pieces) if key in found else line
	return list(found.values())


def _unnamed(lines: Sequence[Goods], made: Collection[str]) -> list[_Unnamed]:
	"""The pieces whose units the return does not name: those of no delivered row, and those whose numbers it made itself."""
	counts: dict[tuple[str, str | None], int] = {}
	for line in lines:
		pieces = sum(serial in made for serial in line.serials)
		if line.pieces and not line.takes_back:
			pieces += line.pieces
		if pieces:
			key = (line.item_code, line.takes_back)
			counts[key] = counts.get(key, 0) + pieces
	return [_Unnamed(item, row, pieces) for (item, row), pieces in counts.items()]


def _candidates(doc: Document, unnamed: _Unnamed, taken: Collection[str]) -> list[str]:
	"""The customer's units that may have come back: of that item, delivered by then, and not taken back.

	Where the return names a delivery or its row, only the units of that.
	"""
	filters = [
		["customer", "=", doc.customer],
		["item_code", "=", unnamed.item_code],
		["state", "not in", GONE],
		["name", "not in", list(taken) or [""]],
	]
	if unnamed.row:
		filters.append(["serial_no", "in", _serials_of_row(doc, unnamed) or [""]])
	elif doc.return_against:
		brought = placements.touched_by((doc.doctype, doc.return_against), unit_events.DELIVERED)
		filters.append(["name", "in", brought or [""]])
	rows = frappe.get_all(
		placements.DOCTYPE,
		filters=filters,
		fields=["name", "delivered_on", "company", "source_doctype", "source_name"],
		order_by="name",
	)
	day = frappe.utils.getdate(doc.posting_date)
	rows = [row for row in rows if not row.delivered_on or row.delivered_on <= day]
	sold_by = _companies(rows)
	return [row.name for row in rows if sold_by.get(row.name) in (doc.company, None)]


def _companies(units: Sequence[Any]) -> dict[str, str]:
	"""Unit → the company of its last delivery, where known; else the company it was first made with."""
	found = {row.name: row.company for row in units if row.company}
	for doctype in facts.TAKES_BACK:
		sources = {row.name: row.source_name for row in units if row.source_doctype == doctype}
		if not sources:
			continue
		rows = frappe.get_all(
			doctype,
			filters={"name": ("in", sorted(set(sources.values())))},
			fields=["name", "company"],
			order_by=None,
		)
		companies = {row.name: row.company for row in rows}
		found |= {unit: companies[source] for unit, source in sources.items() if source in companies}
	return found


def _there_still(doc: Document, candidates: Sequence[str]) -> list[str]:
	"""Those of `candidates` that the customer has at this moment, locked."""
	stored = unit_rows.lock_names(candidates)
	return [
		name
		for name in candidates
		if name in stored and stored[name].customer == doc.customer and stored[name].state not in GONE
	]


def _serials_of_row(doc: Document, unnamed: _Unnamed) -> Sequence[str]:
	delivered = moved_goods.by_line(doc.doctype, doc.return_against or "", outward=True)
	return delivered.get((unnamed.row or "", unnamed.item_code), ())


def _made_by_return(doc: Document, serials: Collection[str]) -> set[str]:
	"""Those of `serials` that ERPNext made itself for what came back, as nobody typed one."""
	if not serials:
		return set()
	# for a row with a batch but no number ERPNext makes the numbers before it posts
	by_batch = {
		(row.get("parent_detail_docname") or row.name, row.item_code)
		for row in [*doc.get("items"), *(doc.get("packed_items") or [])]
		if row.get("use_serial_batch_fields") and row.get("batch_no") and not row.get("serial_no")
	}
	moved = moved_goods.serials(doc.doctype, [doc.name], outward=False)[doc.name]
	return {
		entry.serial_no
		for entry in moved
		if entry.serial_no in serials and (entry.chosen or (entry.row, entry.item_code) in by_batch)
	}


def _delivered(lines: Sequence[Goods]) -> dict[Goods, int]:
	"""Line → how many pieces the delivered row that it takes back had brought."""
	rows = sorted({line.takes_back for line in lines if line.takes_back})
	if not rows:
		return {}
	plain = facts.quantities(lines[0].row[0], rows)
	packed: dict[tuple[str, str], float] = {}
	for row in frappe.get_all(
		"Packed Item",
		filters={"parent_detail_docname": ("in", rows), "docstatus": 1},
		fields=["parent_detail_docname", "item_code", "qty"],
		order_by=None,
	):
		key = (row.parent_detail_docname, row.item_code)
		packed[key] = packed.get(key, 0) + row.qty
	return {
		line: int(
			packed.get((line.takes_back, line.item_code), 0) if line.packed else plain.get(line.takes_back, 0)
		)
		for line in lines
	}
