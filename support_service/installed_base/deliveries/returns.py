"""Which units a return takes back, as far as that is certain, and what is left to ask.

| the return says | its units are |
|---|---|
| serial numbers on record | those |
| the row of a delivery it takes back | the last pieces of that row that stand there still |
| neither: a credit note of its own, or goods whose numbers nobody typed | those of that item the customer has, if all of them came back |
| neither, and the customer has more of them | for somebody to say (`return_questions`); nothing is guessed |

Where no number is typed, ERPNext makes new serial numbers for what came back: a number that was made by the return
itself says nothing of which unit it was. A typed one does, also where no unit has it: then it was none of ours.

Two returns at the same moment must not take the same unit: whoever records what this module says asks with `lock`.
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
	"""`pieces` of an item came back, and it is not said which of the units `candidates`, of which there are more."""

	item_code: str
	pieces: int
	candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Returned:
	"""units: those it takes back for certain, the ones told already among them; open: what somebody must say.

	unknown: pieces of which no unit is known, whether there is one to choose or not.
	"""

	units: tuple[str, ...]
	open: tuple[Question, ...] = ()
	unknown: int = 0


@dataclass(frozen=True, slots=True)
class _Unnamed:
	"""Pieces of which the return does not say what they are. row: the delivered row they come from, where it does."""

	item_code: str
	row: str | None
	pieces: int


def units_of(doc: Document, *, deduce: bool = True, lock: bool = False) -> Returned:
	"""What a submitted return says of units.

	deduce: False leaves what is not said to people, as once they were asked.
	lock: choose among the units as they are now, and keep them from others until the transaction ends.
	"""
	lines = facts.goods_of(doc)
	told = _taken_back_before(doc)
	numbers = [serial for line in lines for serial in line.serials]
	known = facts.by_key([key_of("Serial No", serial) for serial in numbers])
	made = _made_by_return(doc, [serial for serial in numbers if key_of("Serial No", serial) not in known])
	units = [
		*known.values(),
		*_last_of_rows([line for line in lines if line.pieces and line.takes_back], told, lock),
	]
	left = {name: item for name, item in told.items() if name not in units}
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
	"""Unit → item, of the units this return was told to take back before."""
	names = placements.touched_by(facts.reference_of(doc), unit_events.RETURNED)
	rows = frappe.get_all(
		placements.DOCTYPE,
		filters={"name": ("in", names or [""])},
		fields=["name", "item_code"],
		order_by="name",
	)
	return {row.name: row.item_code for row in rows}


def _last_of_rows(lines: Sequence[Goods], told: Collection[str], lock: bool) -> list[str]:
	"""Of each delivered row as many units as came back now: those told, else the last that stand there still."""
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
		done = [name for name in brought if name in told]
		standing = [
			name for name in brought if name not in told and stored[name].state != placements.RETURNED
		]
		more = line.pieces - len(done)
		units += done + (standing[-more:] if more > 0 else [])
	return units


def _added_up(lines: Sequence[Goods]) -> list[Goods]:
	"""One line for all that takes back pieces of the same delivered row: a return may have it in several rows."""
	found: dict[tuple[str | None, str, bool], Goods] = {}
	for line in lines:
		key = (line.takes_back, line.item_code, line.packed)
		found[key] = replace(line, pieces=line.pieces + found[key].pieces) if key in found else line
	return list(found.values())


def _unnamed(lines: Sequence[Goods], made: Collection[str]) -> list[_Unnamed]:
	"""What came back without saying which: pieces of no delivered row, and numbers the return has made."""
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
	"""The units of that item the customer had by then and has still; of the delivery or its row where the return names it."""
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
	"""Unit → the company that delivered it, where that is known: a unit keeps the company it was first made with."""
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
	"""Those of `candidates` that the customer has now, whatever was recorded since they were read; locked."""
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
	"""Those of `serials` that ERPNext has made for what came back, as nobody typed any."""
	if not serials:
		return set()
	# for a row with its batch alone ERPNext makes the numbers before it posts
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
	"""How many pieces the rows that `lines` take back had brought."""
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
