"""What submitting and cancelling a visit do about removed parts: steps of the visit (`support_service_visit_steps` in hooks.py).

`check` refuses what cannot be, `expect` makes a Removed Part for each piece, `withdraw` cancels them with the visit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, getdate, today

from support_service.foundation.posting import Posting
from support_service.service_parts.part_checks import TOLERANCE, Problem, refuse
from support_service.service_parts.removed import defaults, disposition_rules, ownership, record, vendor
from support_service.service_parts.removed.errors import PartsBackAlreadyError, RemovedRowError
from support_service.service_parts.removed.lifecycle import FIRST_STATUS, Goes, Owner

TOOL = "Tool"
PAID_FOR = ("Covered", "Partly Covered")


def check(visit: Document, posting: Posting) -> None:
	"""A step before submitting: refuse rows that say something about removed parts which cannot be."""
	refuse([*_problems(visit), *_repeated(visit)])


def expect(visit: Document, posting: Posting) -> None:
	"""A step of submitting: make a Removed Part for each removed serial number, else for each row; once each.

	Runs when it is known who pays, as what was paid for comes back to us. What it decides goes into `posting`.
	"""
	rows = [row for row in visit.parts if row.removed_pieces() or _is_left_there(row)]
	if not rows:
		return
	facts = defaults.gather(rows)
	removed_on = getdate(visit.left_at) if visit.left_at else getdate(today())
	present = set(
		frappe.get_all(record.DOCTYPE, {"engineer_visit": visit.name}, pluck="source_key", order_by=None)
	)
	decided = {}
	their_unit = ownership.unit_serial(visit.installed_unit)
	for row in rows:
		goes = _goes(row, facts)
		due = _due(row, goes, facts, removed_on)
		owners = set()
		for number, piece in enumerate(_one_by_one(row, facts), 1):
			key = f"{visit.name}|{row.name}|{number}"
			owner = _owner(row, piece, goes, their_unit)
			owners.add(owner)
			if key not in present:
				record.begin(_part(visit, row, piece, goes, due, key, facts, owner))
		# of several the row says what most mean by it: ours, unless all are the customer's
		owner = Owner.CUSTOMER if owners == {Owner.CUSTOMER} else Owner.US
		# a tool replaces nothing, also on the amended visit, which is checked anew
		says = (None, None) if row.kind == TOOL else (goes, owner)
		decided[row.name] = {"removed_goes_to": says[0], "removed_belongs_to": says[1], "return_due_on": due}
	posting.removed = decided


def withdraw(visit: Document, posting: Posting) -> None:
	"""A step of cancelling: cancel the removed parts of the visit.

	:raises PartsBackAlreadyError: some have come back already; the message names all of them.
	"""
	parts = [record.locked(name) for name in record.names_of_visit(visit.name)]
	back = [part for part in parts if not record.may_be_cancelled(part)]
	if back:
		frappe.throw(
			_(
				"Removed parts of this visit have come back already: {0}. Undo their steps first (Undo on the form of each), "
				"newest first, then cancel the visit."
			).format(
				", ".join(
					f"{part.name} ({part.item_code}, {_(part.status, context=record.DOCTYPE)})"
					for part in back
				)
			),
			PartsBackAlreadyError,
		)
	for part in parts:
		record.end(part, _("Visit {0} was cancelled").format(visit.name))


def _problems(visit: Document) -> Iterator[Problem]:
	for row in visit.parts:
		named = row.removed_item_code or row.removed_serials() or flt(row.removed_qty)
		if row.kind == TOOL and (named or row.removed_goes_to):
			text = _(
				"Row {0}: a tool of ours replaces nothing. Empty what was removed, or choose another kind."
			)
			yield Problem(row.idx, RemovedRowError, text.format(row.idx))
		elif flt(row.removed_qty) < 0:
			text = _("Row {0}: the quantity removed cannot be below zero.")
			yield Problem(row.idx, RemovedRowError, text.format(row.idx))
		elif (
			row.removed_serials()
			and flt(row.removed_qty)
			and (flt(row.removed_qty) + TOLERANCE < len(row.removed_serials()))
		):
			text = _("Row {0}: {1} serial numbers removed, but quantity {2}. Correct one of them.")
			yield Problem(
				row.idx,
				RemovedRowError,
				text.format(row.idx, len(row.removed_serials()), f"{flt(row.removed_qty):g}"),
			)


def _repeated(visit: Document) -> Iterator[Problem]:
	seen: set[tuple[str, str]] = set()
	for row in visit.parts:
		for serial in row.removed_serials():
			key = (row.removed_item_code or row.item_code, serial.casefold())
			if key in seen:
				text = _("Row {0}: serial number {1} was removed in another row already. Remove one.")
				yield Problem(row.idx, RemovedRowError, text.format(row.idx, escape_html(serial)))
			seen.add(key)


def _is_left_there(row: Any) -> bool:
	"""Whether the row is a tool of ours that the engineer did not bring back."""
	return row.kind == TOOL and not row.tool_back


def _goes(row: Any, facts: defaults.Facts) -> str:
	if row.kind == TOOL:
		return Goes.BACK_TO_US
	if row.removed_goes_to:
		return row.removed_goes_to
	pieces = row.removed_pieces()
	item = facts.items.get(pieces[0].item_code)
	return disposition_rules.goes_to(
		facts.settings,
		item.groups if item else (),
		paid_for=row.coverage in PAID_FOR,
		has_serial=any(piece.serial_no for piece in pieces) or bool(item and item.has_serial_no),
	)


def _due(row: Any, goes: str, facts: defaults.Facts, removed_on: date) -> date | None:
	if FIRST_STATUS[goes] != "Due":
		return None
	if row.return_due_on:
		return getdate(row.return_due_on)
	item = facts.items.get((row.removed_pieces() or [row.as_piece()])[0].item_code)
	return disposition_rules.due_on(facts.settings, item.groups if item else (), removed_on)


def _one_by_one(row: Any, facts: defaults.Facts) -> Iterator[Any]:
	"""The row's pieces; several of an item with serial numbers one by one, as the store receives each with its number."""
	for piece in row.removed_pieces() or [row.as_piece()]:
		item = facts.items.get(piece.item_code)
		if item and item.has_serial_no and not piece.serial_no and piece.qty == int(piece.qty):
			yield from [piece._replace(qty=1)] * int(piece.qty)
		else:
			yield piece


def _owner(row: Any, piece: Any, goes: str, their_unit: str | None) -> Owner:
	if row.kind == TOOL:
		return Owner.US
	return disposition_rules.belongs_to(
		goes,
		chosen=row.removed_belongs_to,
		is_their_unit=bool(their_unit) and (piece.serial_no or "").strip().casefold() == their_unit,
	)


def _part(
	visit: Document,
	row: Any,
	piece: Any,
	goes: str,
	due: date | None,
	key: str,
	facts: defaults.Facts,
	owner: Owner,
) -> Document:
	known = facts.serials.get((piece.serial_no or "").casefold())
	item_code = known.item_code if known else piece.item_code
	item = facts.items.get(item_code)
	part = frappe.new_doc(record.DOCTYPE)
	part.update(
		{
			"item_code": item_code,
			"serial_no": known.name if known else piece.serial_no,
			"batch_no": piece.batch_no or (known.batch_no if known else None),
			"qty": piece.qty,
			"uom": item.stock_uom if item else None,
			"is_tool": int(row.kind == TOOL),
			"status": FIRST_STATUS[goes],
			"disposition": goes,
			"due_on": due,
			"comes_back_with": row.comes_back_with or "Engineer",
			"belongs_to": owner,
			"coverage": row.coverage,
			"source_key": key,
			"engineer_visit": visit.name,
			**{field: visit.get(field) for field in TAKEN_OVER},
		}
	)
	if due and not part.is_tool:
		vendor.find_purchase(part)
	return part


TAKEN_OVER = (
	"service_request",
	"installed_unit",
	"customer",
	"engineer",
	"engineer_user",
	"team",
	"department_queue",
	"company",
)
