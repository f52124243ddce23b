"""The rows of *Taken Back* of a loan: what comes back, in what condition, into which warehouse. Puts rows on a loan in memory."""

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
from support_service.service_parts.loans.errors import LoanReturnError
from support_service.service_parts.loans.moves import LOAN
from support_service.service_parts.part_checks import TOLERANCE

ROW = "Equipment Loan Return"
PLANNED, BACK, KEPT, UNDONE = "Planned", "Taken Back", "Kept", "Undone"
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


def add(
	loan: Document,
	back: Back,
	*,
	command: str | None = None,
	visit: str | None = None,
	keeps: bool = False,
) -> Any:
	"""Add a row for `back`, planned for now; the caller lets it come back. keeps: it stays with the customer."""
	piece = next((row for row in loan.pieces if row.name == back.piece), None)
	if piece is None:
		frappe.throw(_("This piece is not part of loan {0}.").format(loan.name), LoanReturnError)
	conditions = (loan.meta.get_field("pieces").options, "condition")
	allowed = frappe.get_meta(conditions[0]).get_field(conditions[1]).options.split("\n")
	if back.condition not in allowed:
		frappe.throw(
			_("{0} is no condition. Choose one of the list.").format(back.condition), LoanReturnError
		)
	target = None if keeps else target_of(loan, piece, back)
	if not keeps:
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


def check_out(loan: Document, rows: Sequence[Any], pieces: dict[str, Any]) -> None:
	"""Refuse more than is out of a piece."""
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


def require_rows(rows: Sequence[Any]) -> None:
	"""Refuse a command that names nothing."""
	if not rows:
		frappe.throw(_("Enter a quantity for at least one piece."), LoanReturnError)


def by_whom() -> dict[str, Any]:
	"""Columns that say who took it back, and when."""
	return {"taken_back_on": now_datetime(), "taken_back_by": frappe.session.user}


def drop_planned_in_vain(loan: Document, pieces: dict[str, Any]) -> None:
	"""What was planned for a visit and has come back another way is not to come back again."""
	for row in list(loan.returns):
		if row.state == PLANNED and flt(row.qty) > pieces[row.piece].still_out() + TOLERANCE:
			loan.remove(row)
