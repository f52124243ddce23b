"""Which pieces are taken on which days, and the check that no piece is booked twice.

A piece with a serial number is taken as a whole. Of pieces without one as many are there as the warehouse they are lent from holds,
together with those of it that loans have out. Whoever books has locked the serial numbers, or the Bins, before
(`moves.make`), so that two bookings of one piece are made one after the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, formatdate, getdate

from support_service.foundation import bins, locks
from support_service.service_parts.loans import moves, periods
from support_service.service_parts.loans.errors import PieceBookedError
from support_service.service_parts.loans.lifecycle import BOOK, EXTEND, HOLDING, OUT, Status
from support_service.service_parts.loans.moves import LOAN, PIECE, Locked
from support_service.service_parts.loans.periods import Booking
from support_service.service_parts.part_checks import TOLERANCE

Plain = tuple[str, str, str]  # item, batch or "", warehouse it is lent from
NAMED = 3  # free pieces named in a refusal


def book(name: str) -> Document:
	"""Book the pieces of a loan for its days.

	:raises PieceBookedError: another loan has one of them on one of the days; the message names free ones.
	"""

	def work(loan: Document, locked: Locked) -> None:
		check_free(loan, getdate(loan.from_date), getdate(loan.until_date))

	return moves.make(
		name,
		BOOK,
		work,
		places=places_of(name),
		serials=serials_of(name),
		done=lambda loan: loan.status == Status.BOOKED,
	)


def extend(name: str, until: date, reason: str) -> Document:
	"""Move the due date of a loan, without the pieces coming back.

	:raises PieceBookedError: a piece is booked by the next; the message says until when it is free, and names other pieces.
	"""

	def work(loan: Document, locked: Locked) -> None:
		loan.until_date = until
		check_free(loan, getdate(loan.from_date), until)

	return moves.make(
		name,
		EXTEND,
		work,
		reason=reason,
		places=places_of(name),
		serials=serials_of(name),
		done=lambda loan: getdate(loan.until_date) == until and loan.status in HOLDING,
	)


def places_of(loan: str) -> set[bins.Place]:
	"""The places whose Bins hold the pieces of a loan now, and those where they stand while they are lent."""
	doc = frappe.get_doc(LOAN, loan)
	return {
		(row.item_code, warehouse)
		for row in doc.pieces
		for warehouse in (row.draws_from(), doc.loan_warehouse)
		if warehouse
	}


def serials_of(loan: str) -> list[str]:
	"""The serial numbers of a loan."""
	rows = {"parent": loan, "parenttype": LOAN, "serial_no": ("is", "set")}
	return frappe.get_all(PIECE, filters=rows, pluck="serial_no", order_by=None)


def check_free(loan: Document, first: date, last: date) -> None:
	"""Refuse days on which somebody else has one of the pieces.

	:raises PieceBookedError: names the other loan and free pieces of the same kind.
	"""
	numbered = [row for row in loan.pieces if row.serial_no and row.still_out() > TOLERANCE]
	taken = of_serials([row.serial_no for row in numbered], but=loan.name)
	today = getdate()
	for row in numbered:
		if met := periods.meeting(taken.get(row.serial_no, ()), first, last, today):
			_refuse_serial(loan, row, met[0], taken[row.serial_no], first, last)
	_check_plain(loan, first, last)


def of_serials(
	serials: Collection[str], but: str | None = None, *, latest: bool | None = None
) -> dict[str, list[Booking]]:
	"""Serial number → the loans that have it booked or out, without the loan `but`. latest: see `_rows`."""
	if not serials:
		return {}
	found: dict[str, list[Booking]] = defaultdict(list)
	piece = frappe.qb.DocType(PIECE)
	for row in _rows(but, piece.serial_no.isin(sorted(serials)), latest):
		found[row.serial_no].append(_booking(row))
	return found


def of_plain(
	items: Collection[str], but: str | None = None, *, latest: bool | None = None
) -> dict[Plain, list[Booking]]:
	"""The bookings of pieces without serial numbers, without those of the loan `but`. latest: see `_rows`."""
	if not items:
		return {}
	found: dict[Plain, list[Booking]] = defaultdict(list)
	piece = frappe.qb.DocType(PIECE)
	without_serial = piece.serial_no.isnull() | (piece.serial_no == "")
	for row in _rows(but, piece.item_code.isin(sorted(items)) & without_serial, latest):
		found[key_of(row)].append(_booking(row))
	return found


def key_of(row: Any) -> Plain:
	"""Which heap of equal pieces a row is taken from."""
	return (row.item_code, row.batch_no or "", row.warehouse or row.source_warehouse or "")


def in_heap(heap: Plain, bookings: Iterable[Booking]) -> float:
	"""How many pieces a heap has altogether: those in stock, and those that loans have out of it."""
	item, batch, warehouse = heap
	out = sum(one.qty for one in bookings if one.is_out)
	if batch:
		from erpnext.stock.doctype.batch.batch import get_batch_qty

		return flt(get_batch_qty(batch_no=batch, warehouse=warehouse, item_code=item)) + out
	held = frappe.db.get_value("Bin", {"item_code": item, "warehouse": warehouse}, "actual_qty")
	return flt(held) + out


def _check_plain(loan: Document, first: date, last: date) -> None:
	wanted: dict[Plain, float] = defaultdict(float)
	for row in loan.pieces:
		if not row.serial_no:
			heap = (row.item_code, row.batch_no or "", row.draws_from() or "")
			wanted[heap] += row.still_out()
	if not wanted:
		return
	booked = of_plain({heap[0] for heap in wanted}, but=loan.name)
	own_out = loan.status in OUT
	for heap, qty in wanted.items():
		others = booked.get(heap, [])
		there = in_heap(heap, others) + (qty if own_out else 0)
		free = there - periods.most_taken(others, first, last, getdate())
		if qty > free + TOLERANCE:
			frappe.throw(
				_(
					"{0}: {1} wanted from {2} to {3}, but only {4} of {5} are free on all of these days."
				).format(
					heap[0], f"{qty:g}", formatdate(first), formatdate(last), f"{max(free, 0):g}", heap[2]
				),
				PieceBookedError,
			)


def _refuse_serial(
	loan: Document, row: Any, met: Booking, taken: list[Booking], first: date, last: date
) -> None:
	from support_service.service_parts.loans import pool

	said = _("{0} {1} is taken by loan {2} from {3} to {4}.").format(
		row.item_code, row.serial_no, met.loan, formatdate(met.first), formatdate(met.until(getdate()))
	)
	until = periods.last_free_day(taken, first, getdate())
	if until and until >= first:
		said += " " + _("It is free until {0}.").format(formatdate(until))
	others = [
		one["serial_no"]
		for one in pool.free(loan.company, row.item_code, first, last, but=loan.name)
		if one["serial_no"] and one["free"]
	]
	if others:
		said += " " + _("Free on these days: {0}.").format(", ".join(others[:NAMED]))
	frappe.throw(said, PieceBookedError)


def _rows(but: str | None, condition: Any, latest: bool | None = None) -> list[Any]:
	"""The pieces that loans hold. latest: past the snapshot, locking them; by default where this transaction has written."""
	loan, piece = frappe.qb.DocType(LOAN), frappe.qb.DocType(PIECE)
	query = (
		frappe.qb.from_(piece)
		.join(loan)
		.on((loan.name == piece.parent) & (piece.parenttype == LOAN))
		.select(
			loan.name.as_("loan"),
			loan.status,
			loan.from_date,
			loan.until_date,
			loan.source_warehouse,
			piece.serial_no,
			piece.item_code,
			piece.batch_no,
			piece.warehouse,
			(piece.qty - piece.returned_qty).as_("qty"),
		)
		.where(loan.status.isin([status.value for status in HOLDING]) & (piece.qty > piece.returned_qty))
		.where(condition)
	)
	if but:
		query = query.where(loan.name != but)
	if not latest if latest is not None else _is_fresh():
		return query.run(as_dict=True)
	# inside somebody else's transaction the snapshot may be older than the locks: read what is stored now
	return locks.rows(query)


def _is_fresh() -> bool:
	"""Whether nothing was written in this transaction, so that what it reads is no older than what it has locked."""
	return frappe.db.transaction_writes == 0


def _booking(row: Any) -> Booking:
	return Booking(
		row.loan,
		getdate(row.from_date),
		getdate(row.until_date),
		flt(row.qty),
		is_out=row.status in OUT,
	)
