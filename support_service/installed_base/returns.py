"""Which units a return takes back, as far as that is certain, and what is left to ask.

| the return says | its units are |
|---|---|
| serial numbers on record | those |
| the row of a delivery it takes back | the last pieces of that row that stand there still |
| neither: a credit note of its own, or goods whose numbers nobody typed | those of that item the customer has, if all of them came back |
| neither, and the customer has more of them | for somebody to say (`return_questions`); nothing is guessed |

Where no number is typed, ERPNext makes new serial numbers for what came back: a number that was made by the return
itself says nothing of which unit it was.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime

from support_service.installed_base import delivery_facts, moved_goods, placements, unit_events
from support_service.installed_base.delivery_facts import Goods, piece_key
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
	"""units: those it takes back for certain, the ones told already among them; open: what somebody must say."""

	units: tuple[str, ...]
	open: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unnamed:
	"""Pieces of which the return does not say what they are. row: the delivered row they come from, where it does."""

	item_code: str
	row: str | None
	pieces: int


def units_of(doc: Document, *, deduce: bool = True) -> Returned:
	"""What a submitted return says of units. deduce: False leaves what is not said to people, as once they were asked."""
	lines = delivery_facts.goods_of(doc)
	told = _told(doc)
	numbers = [serial for line in lines for serial in line.serials]
	known = delivery_facts.by_key([key_of("Serial No", serial) for serial in numbers])
	made = _made_by_return(doc, [serial for serial in numbers if key_of("Serial No", serial) not in known])
	units = [
		*known.values(),
		*_last_of_rows([line for line in lines if line.pieces and line.takes_back], told),
	]
	left = {name: item for name, item in told.items() if name not in units}
	open_questions = []
	for unnamed in _unnamed(lines, made):
		already = [name for name, item in left.items() if item == unnamed.item_code][: unnamed.pieces]
		for name in already:
			del left[name]
		units += already
		pieces = unnamed.pieces - len(already)
		candidates = _candidates(doc, unnamed, units) if pieces else []
		if deduce and len(candidates) <= pieces:
			units += candidates
		elif candidates:
			open_questions.append(Question(unnamed.item_code, pieces, tuple(candidates)))
	return Returned(tuple(dict.fromkeys([*units, *left])), tuple(open_questions))


def _told(doc: Document) -> dict[str, str]:
	"""Unit → item, of the units this return was told to take back before."""
	names = placements.touched_by(delivery_facts.reference_of(doc), unit_events.RETURNED)
	rows = frappe.get_all(
		placements.DOCTYPE,
		filters={"name": ("in", names or [""])},
		fields=["name", "item_code"],
		order_by="name",
	)
	return {row.name: row.item_code for row in rows}


def _last_of_rows(lines: Sequence[Goods], told: Collection[str]) -> list[str]:
	"""Of each delivered row as many units as came back now: those told, else the last that stand there still."""
	delivered = _delivered(lines)
	keys = {
		line: [piece_key(line, number + 1, line.takes_back) for number in range(delivered.get(line, 0))]
		for line in lines
	}
	every = [key for group in keys.values() for key in group]
	there = delivery_facts.by_key(every)
	standing = delivery_facts.standing(every, "state", "!=", placements.RETURNED)
	units = []
	for line, group in keys.items():
		done = [there[key] for key in group if there.get(key) in told]
		more = line.pieces - len(done)
		units += done + ([standing[key] for key in group if key in standing][-more:] if more > 0 else [])
	return units


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
		placements.DOCTYPE, filters=filters, fields=["name", "delivered_on"], order_by="name"
	)
	day = frappe.utils.getdate(doc.posting_date)
	return [row.name for row in rows if not row.delivered_on or row.delivered_on <= day]


def _serials_of_row(doc: Document, unnamed: _Unnamed) -> Sequence[str]:
	delivered = moved_goods.by_line(doc.doctype, doc.return_against or "", outward=True)
	return delivered.get((unnamed.row or "", unnamed.item_code), ())


def _made_by_return(doc: Document, serials: Collection[str]) -> set[str]:
	"""Those of `serials` that were not there before the return: ERPNext has made them for it."""
	if not serials:
		return set()
	since = get_datetime(doc.creation)
	return set(
		frappe.get_all(
			"Serial No",
			filters={"name": ("in", list(serials)), "creation": (">=", since)},
			pluck="name",
			order_by=None,
		)
	)


def _delivered(lines: Sequence[Goods]) -> dict[Goods, int]:
	"""How many pieces the rows that `lines` take back had brought."""
	rows = sorted({line.takes_back for line in lines if line.takes_back})
	if not rows:
		return {}
	plain = delivery_facts.quantities(lines[0].row[0], rows)
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
