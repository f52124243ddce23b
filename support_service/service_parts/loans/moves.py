"""The one writer of a loan's status: every button, the visit and the clock come through here.

A step that moves stock or takes a piece for some days has a transaction of its own: the Bins are locked, then the loan, then the
serial numbers, each in the order of names, and only then anything is read. After a deadlock the whole is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.roles import MANAGER
from support_service.foundation import bins, locks, typed, with_bins
from support_service.service_parts.loans import history
from support_service.service_parts.loans.errors import LoanMoveError
from support_service.service_parts.loans.lifecycle import (
	BEFORE_HAND_OVER,
	BY_ACTION,
	CANCEL,
	EXTEND,
	HAND_OVER,
	RELEASE,
	Move,
	Status,
)

LOAN, PIECE, SERIAL = "Equipment Loan", "Equipment Loan Piece", "Serial No"
SYSTEM_MANAGER = "System Manager"
# only a step may write these; a save that brings other values for them is refused
BY_MOVES = ("status", "handed_over_on", "returned_on", "stock_entry", "proposed", "proposal_key", "signed_at")
# what is booked stays what it is until the loan is released
BOOKED = ("from_date", "until_date", "source_warehouse")
PIECE_BOOKED = ("item_code", "qty", "serial_no", "batch_no", "warehouse")
PIECE_HANDED_OVER = (*PIECE_BOOKED, "condition", "accessories", "damage_value", "note", "photo")
HANDED_OVER = (*BOOKED, "signature", "signed_by", "unsigned_reason", "engineer_visit", "stands_in_for")

Locked = dict[bins.Place, bins.LockedBin]
Work = Callable[[Document, Locked], None]


@dataclass(frozen=True, slots=True)
class PendingMove:
	"""A checked step waiting for the save that carries it. A client's JSON can never be an instance of this."""

	move: Move
	source: str
	due_before: object
	reason: str | None = None


def make(
	name: str,
	action: str,
	work: Work,
	*,
	reason: str | None = None,
	places: Iterable[bins.Place] = (),
	serials: Iterable[str] = (),
	by_app: bool = False,
	in_callers_transaction: bool = False,
	done: Callable[[Document], bool] | None = None,
) -> Document:
	"""Make one step of the loan `name`; returns the saved loan.

	work: puts the effects of the step on the loan, with the locked Bins. places, serials: what it may touch. by_app: the caller has
	checked the right to what causes the step (a visit was submitted). in_callers_transaction: the step is part of another document's
	save, which has locked the Bins and is repeated as a whole. done: says of the locked loan whether the same command was
	carried out before; then nothing happens.

	:raises LoanMoveError: not from this status. :raises frappe.PermissionError: not by this user.
	"""
	loan = frappe.get_doc(LOAN, name)
	if not by_app:
		loan.check_permission("write")
		_check_role(BY_ACTION[action])
	wanted_bins, wanted_serials = set(places), sorted(set(serials))

	def step(locked: Locked) -> Document:
		stored = locks.get_doc(LOAN, name)
		return stored if done and done(stored) else _step(stored, BY_ACTION[action], work, locked, reason)

	if in_callers_transaction:
		_lock(name, wanted_serials)
		return step(bins.lock(bins.names_of(wanted_bins)))
	return with_bins.run(
		loan,
		wanted_bins,
		lambda locked, _latest: step(locked),
		then_lock=lambda: _lock(name, wanted_serials),
	)


def guard(loan: Document) -> None:
	"""Called by every validate of a loan: only a step changes what steps write, and a booked loan keeps what is booked."""
	stored = loan.get_doc_before_save()
	if stored is None:
		_begin(loan)
	elif not isinstance(loan.get("_pending_move"), PendingMove):
		_keep(loan, stored, plans=isinstance(loan.__dict__.pop("_plans", None), _Plans))


def record(loan: Document) -> None:
	"""Called by every on_update of a loan: append the entry of the step that this save carried."""
	pending = loan.__dict__.pop("_pending_move", None)
	if isinstance(pending, PendingMove):
		history.append(
			loan,
			pending.move.action,
			before=pending.source,
			due_before=pending.due_before if pending.move.action == EXTEND else None,
			reason=pending.reason,
		)
	elif loan.flags.in_insert:
		history.append(loan, history.CREATE, reason=loan.reason)


def check_deletable(loan: Document) -> None:
	"""Refuse to delete a loan that was handed over: it is the record of where our device was."""
	if frappe.flags.in_uninstall:
		return
	never_out = (*BEFORE_HAND_OVER, Status.CANCELLED)
	if loan.status not in never_out or history.count(loan.name, HAND_OVER):
		frappe.throw(_("{0} was handed over and stays on record.").format(loan.name), LoanMoveError)


def remove_entries(loan: Document) -> None:
	"""Delete the ledger rows of a loan that is deleted before anything happened."""
	frappe.db.delete(history.ENTRY, {"loan": loan.name})


def release(name: str) -> Document:
	"""Give the days of a booked loan free again; it is a request that may be changed."""
	return make(name, RELEASE, _nothing, done=lambda loan: loan.status == Status.REQUESTED)


def cancel(name: str, reason: str) -> Document:
	"""Call a loan off before it is handed over."""
	return make(name, CANCEL, _nothing, reason=reason, done=lambda loan: loan.status == Status.CANCELLED)


def save_plan(loan: Document) -> None:
	"""Save what is planned to come back at a visit; no step of the loan. The caller has checked the right to write the visit."""
	loan.__dict__["_plans"] = _Plans()
	_save(loan)


class _Plans:
	"""Says that a save carries a plan only. A client's JSON can never be an instance of this."""


def _nothing(loan: Document, locked: Locked) -> None:
	"""A step that only changes the status."""


def _step(loan: Document, move: Move, work: Work, locked: Locked, reason: str | None) -> Document:
	if loan.status not in move.sources:
		frappe.throw(
			_("{0} is not possible while the loan is {1}. Reload to see its present state.").format(
				_(move.label), _(loan.status, context=LOAN)
			),
			LoanMoveError,
		)
	if move.needs_reason and not (reason or "").strip():
		frappe.throw(_("Please give a reason for this step: {0}.").format(_(move.label)), LoanMoveError)
	source, due = loan.status, loan.until_date
	if move.target:
		loan.status = move.target.value
	work(loan, locked)
	loan.__dict__["_pending_move"] = PendingMove(move, source, due, reason)
	_save(loan)
	return loan


def _save(loan: Document) -> None:
	# the right to the step, or to the visit, was checked before; a store keeper, say, sees neither the case nor its unit
	loan.save(ignore_permissions=True)


def _lock(name: str, serials: list[str]) -> None:
	"""Lock the loan, then the serial numbers, until the transaction ends: who books the same piece waits here."""
	locks.get_value(LOAN, name, "name")
	for serial in serials:
		locks.get_value(SERIAL, serial, "name")


def _check_role(move: Move) -> None:
	user = frappe.session.user
	roles = set(frappe.get_roles())
	if SYSTEM_MANAGER in roles:
		roles.add(MANAGER)
	if user != "Administrator" and roles.isdisjoint(move.roles):
		frappe.throw(
			_("You may not do this step: {0}. Ask the After-Sales Lead.").format(_(move.label)),
			frappe.PermissionError,
		)


def _begin(loan: Document) -> None:
	typed.refuse_given(loan, [name for name in BY_MOVES if name != "status"])
	if loan.status not in (None, "", Status.REQUESTED.value):
		frappe.throw(_("A new loan begins as Requested. Save it, then use its buttons."), LoanMoveError)
	if loan.get("returns"):
		frappe.throw(_("Nothing has come back of a new loan. Empty the table."), LoanMoveError)
	loan.status = Status.REQUESTED.value
	for row in loan.pieces:
		row.returned_qty, row.installed_unit = 0, None


def _keep(loan: Document, stored: Document, *, plans: bool = False) -> None:
	"""Refuse what a form may not change in the loan's status; a typed value is never put back in silence."""
	fixed = list(BY_MOVES)
	of_pieces: tuple[str, ...] = ("returned_qty", "installed_unit")
	if stored.status == Status.BOOKED:
		fixed, of_pieces = [*fixed, *BOOKED], (*of_pieces, *PIECE_BOOKED)
	elif stored.status != Status.REQUESTED:
		fixed, of_pieces = [*fixed, *HANDED_OVER], (*of_pieces, *PIECE_HANDED_OVER)
	wrong = [_(loan.meta.get_label(name), context=LOAN) for name in typed.changed(loan, stored, fixed)]
	if _rows_differ(loan, stored, "pieces", of_pieces, same_rows=stored.status != Status.REQUESTED):
		wrong.append(_("Pieces", context=LOAN))
	fields = [df.fieldname for df in frappe.get_meta("Equipment Loan Return").fields]
	if not plans and _rows_differ(loan, stored, "returns", fields, same_rows=True):
		wrong.append(_("Taken Back", context=LOAN))
	if wrong:
		frappe.throw(
			_("{0}: only the buttons of the loan change this now. Reload it and use them.").format(
				", ".join(wrong)
			),
			LoanMoveError,
		)


def _rows_differ(
	loan: Document, stored: Document, table: str, fields: Iterable[str], *, same_rows: bool
) -> bool:
	before = {row.name: row for row in stored.get(table)}
	rows = loan.get(table) or []
	if same_rows and ([row.name for row in rows] != [row.name for row in stored.get(table)]):
		return True
	return any(typed.changed(row, before[row.name], fields) for row in rows if row.name in before)
