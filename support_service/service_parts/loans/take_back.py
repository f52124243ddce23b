"""Taking pieces of a loan back, all at once or one after the other, and undoing it.

What came back is a row of *Taken Back* with its condition and its Stock Entry, and the only truth about it: whether a loan is
complete follows from its own rows. A row may be planned for a visit first (`visit_returns.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, now_datetime

from support_service.service_parts.loans import bookings, came_back, charges, history, moves, postings, units
from support_service.service_parts.loans.came_back import BACK, KEPT, MOST_TEXT, PLANNED, UNDONE, Back
from support_service.service_parts.loans.errors import LoanReturnError
from support_service.service_parts.loans.lifecycle import KEEP, TAKE_BACK, UNDO_TAKE_BACK, status_by_pieces
from support_service.service_parts.loans.moves import Locked
from support_service.service_parts.part_checks import TOLERANCE


def take_back(name: str, back: Sequence[Back], *, command: str | None = None) -> Document:
	"""Pieces have come back; returns the loan, which is Returned when nothing is out any more.

	command: made by the caller once for each command; the same command again changes nothing.
	"""

	def work(loan: Document, locked: Locked) -> None:
		rows = [came_back.add(loan, one, command=command) for one in back]
		post(loan, rows)

	return moves.make(
		name,
		TAKE_BACK,
		work,
		places=came_back.places_of(name, back),
		serials=bookings.serials_of(name),
		done=lambda loan: bool(command) and any(row.command == command for row in loan.returns),
	)


def keep(name: str, back: Sequence[Back], reason: str) -> Document:
	"""Pieces do not come back: the customer has bought or lost them; returns the loan.

	Stock is not moved: the Delivery Note that sells them, or the write-off, takes them out of the loan warehouse.
	"""

	def work(loan: Document, locked: Locked) -> None:
		pieces = {row.name: row for row in loan.pieces}
		rows = [came_back.add(loan, one, keeps=True) for one in back]
		came_back.require_rows(rows)
		came_back.check_out(loan, rows, pieces)
		for row in rows:
			row.update({"state": KEPT, "damage": reason[:MOST_TEXT], **came_back.by_whom()})
			pieces[row.piece].returned_qty = flt(pieces[row.piece].returned_qty) + flt(row.qty)
		came_back.drop_planned_in_vain(loan, pieces)
		settle(loan)

	return moves.make(name, KEEP, work, reason=reason)


def undo(name: str, by: str, reason: str) -> Document:
	"""What came back with one Stock Entry, or a row of what the customer was to keep, is out again."""

	def meant(row: Any) -> bool:
		# a row alone only where it moved no stock: those of one Stock Entry are undone together
		return row.stock_entry == by or (row.name == by and not row.stock_entry)

	def work(loan: Document, locked: Locked) -> None:
		rows = [row for row in loan.returns if meant(row) and row.state in (BACK, KEPT)]
		if not rows:
			frappe.throw(_("Nothing of this loan came back with {0}.").format(by), LoanReturnError)
		reverse(loan, rows, UNDONE)

	return moves.make(
		name,
		UNDO_TAKE_BACK,
		work,
		reason=reason,
		places=came_back.places_of_rows(name, meant),
		serials=bookings.serials_of(name),
		done=lambda loan: _is_undone([row for row in loan.returns if meant(row)]),
	)


def post(loan: Document, rows: Sequence[Any], *, visit: str | None = None) -> None:
	"""Let `rows` (of *Taken Back*) come back now: one Stock Entry, their units, what the pieces and the loan say of it."""
	came_back.require_rows(rows)
	pieces = {row.name: row for row in loan.pieces}
	came_back.check_out(loan, rows, pieces)
	number = history.count(loan.name, TAKE_BACK) + 1
	key = f"in|{visit}|{number}" if visit else f"in|{number}"
	entry = postings.post(loan, [_transfer(loan, row, pieces[row.piece]) for row in rows], key)
	for row in rows:
		row.update({"state": BACK, "stock_entry": entry.name, **came_back.by_whom()})
		pieces[row.piece].returned_qty = flt(pieces[row.piece].returned_qty) + flt(row.qty)
	units.take_back([pieces[row.piece] for row in rows], entry.name)
	came_back.drop_planned_in_vain(loan, pieces)
	settle(loan)


def reverse(loan: Document, rows: Sequence[Any], state: str) -> None:
	"""Undo that `rows` came back, and leave them in `state`: their Stock Entries are cancelled, the pieces are out again.

	:raises LoanReturnError: damage of one of them is on an invoice.
	"""
	pieces = {row.name: row for row in loan.pieces}
	if billed := sorted({row.sales_invoice for row in rows if charges.stands(row.sales_invoice)}):
		frappe.throw(
			_("Damage is charged with {0}. Cancel or delete that first, then undo the taking back.").format(
				", ".join(billed)
			),
			LoanReturnError,
		)
	for entry in sorted({row.stock_entry for row in rows if row.stock_entry}):
		postings.undo(entry)
		units.undo(entry)
	for row in rows:
		pieces[row.piece].returned_qty = flt(flt(pieces[row.piece].returned_qty) - flt(row.qty), 9)
		row.update({"state": state, "sales_invoice": None, "charge": 0})  # of an invoice that is cancelled
		if state == PLANNED:
			row.update({"stock_entry": None, "taken_back_on": None, "taken_back_by": None})
	settle(loan)


def settle(loan: Document) -> None:
	"""Write to the loan whether all, some or none of its pieces have come back."""
	lent = sum(flt(row.qty) for row in loan.pieces)
	out = sum(max(0.0, row.still_out()) for row in loan.pieces)
	returned = lent if out <= TOLERANCE else lent - out
	loan.status = status_by_pieces(lent, returned if returned > TOLERANCE else 0).value
	loan.returned_on = now_datetime() if out <= TOLERANCE else None


def _transfer(loan: Document, row: Any, piece: Any) -> postings.Transfer:
	return postings.Transfer(
		item_code=row.item_code,
		qty=row.qty,
		uom=piece.uom,
		source=loan.loan_warehouse,
		target=row.to_warehouse,
		serial_no=row.serial_no,
		batch_no=row.batch_no,
	)


def _is_undone(rows: Sequence[Any]) -> bool:
	return bool(rows) and all(row.state == UNDONE for row in rows)
