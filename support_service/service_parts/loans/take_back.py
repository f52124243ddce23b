"""Taking pieces of a loan back, all at once or one after the other, and undoing it.

What came back is a row of *Taken Back* with its condition and its Stock Entry, and the only truth about it: whether a loan is
complete follows from its own rows. A row may be planned for a visit first (`visit_returns.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, now_datetime

from support_service.foundation import bins
from support_service.foundation.settings import company_default
from support_service.service_parts.loans import bookings, history, moves, postings, units
from support_service.service_parts.loans.errors import LoanReturnError
from support_service.service_parts.loans.lifecycle import TAKE_BACK, UNDO_TAKE_BACK, status_by_pieces
from support_service.service_parts.loans.moves import LOAN, Locked
from support_service.service_parts.part_checks import TOLERANCE

ROW = "Equipment Loan Return"
PLANNED, BACK, UNDONE = "Planned", "Taken Back", "Undone"
DAMAGED = "Damaged"
MOST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Back:
	"""`qty` of one piece (name of its row) that comes back. to_warehouse: empty for where such pieces go by the settings."""

	piece: str
	qty: float
	condition: str = ""
	damage: str = ""
	to_warehouse: str = ""


def read(sent: Iterable[dict[str, Any]]) -> list[Back]:
	"""What a client sent as rows."""
	return [
		Back(
			piece=str(row.get("piece") or ""),
			qty=flt(row.get("qty")),
			condition=str(row.get("condition") or ""),
			damage=str(row.get("damage") or "")[:MOST_TEXT],
			to_warehouse=str(row.get("to_warehouse") or ""),
		)
		for row in sent
		if flt(row.get("qty")) > 0
	]


def take_back(name: str, back: Sequence[Back], *, command: str | None = None) -> Document:
	"""Pieces have come back; returns the loan, which is Returned when nothing is out any more.

	command: made by the caller once for each command; the same command again changes nothing.
	"""

	def work(loan: Document, locked: Locked) -> None:
		rows = [_add(loan, one, command=command) for one in back]
		post(loan, rows)

	return moves.make(
		name,
		TAKE_BACK,
		work,
		places=places_of(name, back),
		serials=bookings.serials_of(name),
		done=lambda loan: bool(command) and any(row.command == command for row in loan.returns),
	)


def undo(name: str, stock_entry: str, reason: str) -> Document:
	"""What came back with one Stock Entry is out again."""

	def work(loan: Document, locked: Locked) -> None:
		rows = [row for row in loan.returns if row.stock_entry == stock_entry and row.state == BACK]
		if not rows:
			frappe.throw(_("Nothing of this loan came back with {0}.").format(stock_entry), LoanReturnError)
		reverse(loan, rows, UNDONE)

	return moves.make(
		name,
		UNDO_TAKE_BACK,
		work,
		reason=reason,
		places=places_of_rows(name, lambda row: row.stock_entry == stock_entry),
		serials=bookings.serials_of(name),
		done=lambda loan: _is_undone(loan, stock_entry),
	)


def post(loan: Document, rows: Sequence[Any], *, visit: str | None = None) -> None:
	"""Let `rows` (of *Taken Back*) come back now: one Stock Entry, their units, what the pieces and the loan say of it."""
	if not rows:
		frappe.throw(_("Say what has come back: enter a quantity for at least one piece."), LoanReturnError)
	pieces = {row.name: row for row in loan.pieces}
	_check_out(loan, rows, pieces)
	number = history.count(loan.name, TAKE_BACK) + 1
	key = f"in|{visit}|{number}" if visit else f"in|{number}"
	entry = postings.post(loan, [_transfer(loan, row, pieces[row.piece]) for row in rows], key)
	for row in rows:
		row.update(
			{
				"state": BACK,
				"stock_entry": entry.name,
				"taken_back_on": now_datetime(),
				"taken_back_by": frappe.session.user,
			}
		)
		pieces[row.piece].returned_qty = flt(pieces[row.piece].returned_qty) + flt(row.qty)
	units.take_back([pieces[row.piece] for row in rows], entry.name)
	_drop_planned_in_vain(loan, pieces)
	settle(loan)


def reverse(loan: Document, rows: Sequence[Any], state: str) -> None:
	"""Undo that `rows` came back, and leave them in `state`: their Stock Entries are cancelled, the pieces are out again.

	:raises LoanReturnError: damage of one of them is on an invoice.
	"""
	pieces = {row.name: row for row in loan.pieces}
	if billed := sorted({row.sales_invoice for row in rows if row.sales_invoice}):
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
		row.state = state
		if state == PLANNED:
			row.update({"stock_entry": None, "taken_back_on": None, "taken_back_by": None, "charge": 0})
	settle(loan)


def settle(loan: Document) -> None:
	"""Write to the loan whether all, some or none of its pieces have come back."""
	lent = sum(flt(row.qty) for row in loan.pieces)
	out = sum(max(0.0, row.still_out()) for row in loan.pieces)
	returned = lent if out <= TOLERANCE else lent - out
	loan.status = status_by_pieces(lent, returned if returned > TOLERANCE else 0).value
	loan.returned_on = now_datetime() if out <= TOLERANCE else None


def places_of(name: str, back: Sequence[Back]) -> set[bins.Place]:
	"""The places that taking `back` pieces of a loan touches."""
	loan = frappe.get_doc(LOAN, name)
	pieces = {row.name: row for row in loan.pieces}
	return {
		(pieces[one.piece].item_code, warehouse)
		for one in back
		if one.piece in pieces
		for warehouse in (loan.loan_warehouse, target_of(loan, pieces[one.piece], one))
		if warehouse
	}


def places_of_rows(name: str, concerned: Callable[[Any], bool]) -> set[bins.Place]:
	"""The places that undoing rows of *Taken Back* touches."""
	loan = frappe.get_doc(LOAN, name)
	return {
		(row.item_code, warehouse)
		for row in loan.returns
		if concerned(row)
		for warehouse in (loan.loan_warehouse, row.to_warehouse)
		if warehouse
	}


def target_of(loan: Document, piece: Any, back: Back) -> str | None:
	"""Where a piece goes: as said, else what is damaged to where the settings say, the rest to where it came from."""
	if back.to_warehouse:
		return back.to_warehouse
	inspected = company_default(loan.company).get("loan_inspection_warehouse")
	return inspected if inspected and back.condition == DAMAGED else piece.warehouse


def plan(loan: Document, back: Back, visit: str) -> Any:
	"""Add a row that comes back when `visit` is submitted."""
	return _add(loan, back, visit=visit)


def _add(loan: Document, back: Back, *, command: str | None = None, visit: str | None = None) -> Any:
	piece = next((row for row in loan.pieces if row.name == back.piece), None)
	if piece is None:
		frappe.throw(_("This piece is not part of loan {0}.").format(loan.name), LoanReturnError)
	conditions = (loan.meta.get_field("pieces").options, "condition")
	allowed = frappe.get_meta(conditions[0]).get_field(conditions[1]).options.split("\n")
	if back.condition not in allowed:
		frappe.throw(
			_("{0} is no condition. Choose one of the list.").format(back.condition), LoanReturnError
		)
	target = target_of(loan, piece, back)
	_check_target(loan, target)
	return loan.append(
		"returns",
		{
			"state": PLANNED,
			"piece": piece.name,
			"item_code": piece.item_code,
			"serial_no": piece.serial_no,
			"batch_no": piece.batch_no,
			"qty": back.qty,
			"condition": back.condition,
			"damage": back.damage,
			"to_warehouse": target,
			"command": command,
			"engineer_visit": visit,
		},
	)


def _check_target(loan: Document, target: str | None) -> None:
	place = (
		frappe.db.get_value("Warehouse", target, ["company", "is_group", "disabled"], as_dict=True)
		if target
		else None
	)
	if not place or place.company != loan.company or cint(place.is_group) or cint(place.disabled):
		frappe.throw(
			_("Choose an open warehouse of {0} into which the pieces come back.").format(loan.company),
			LoanReturnError,
		)
	if target == loan.loan_warehouse:
		frappe.throw(
			_("{0} is the loan warehouse. Choose another one for what has come back.").format(target),
			LoanReturnError,
		)


def _check_out(loan: Document, rows: Sequence[Any], pieces: dict[str, Any]) -> None:
	asked: dict[str, float] = defaultdict(float)
	for row in rows:
		asked[row.piece] += flt(row.qty)
	for name, qty in asked.items():
		out = pieces[name].still_out()
		if qty > out + TOLERANCE:
			what = " ".join(filter(None, (pieces[name].item_code, pieces[name].serial_no)))
			frappe.throw(
				_("{0}: {1} cannot come back, {2} are out. Reload to see what has come back already.").format(
					what, f"{qty:g}", f"{out:g}"
				),
				LoanReturnError,
			)


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


def _drop_planned_in_vain(loan: Document, pieces: dict[str, Any]) -> None:
	"""What was planned for a visit and has come back another way is not to come back again."""
	for row in list(loan.returns):
		if row.state == PLANNED and flt(row.qty) > pieces[row.piece].still_out() + TOLERANCE:
			loan.remove(row)


def _is_undone(loan: Document, stock_entry: str) -> bool:
	rows = [row for row in loan.returns if row.stock_entry == stock_entry]
	return bool(rows) and all(row.state == UNDONE for row in rows)
