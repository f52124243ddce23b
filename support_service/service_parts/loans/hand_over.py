"""Handing the pieces of a loan over to the customer, and undoing it: stock, units, the loan and the message are one transaction."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, today

from support_service.service_parts import availability, lateness, part_facts
from support_service.service_parts.loans import (
	bookings,
	history,
	messages,
	moves,
	postings,
	requests,
	units,
)
from support_service.service_parts.loans.errors import LoanMoveError
from support_service.service_parts.loans.lifecycle import HAND_OVER, OUT, UNDO_HAND_OVER, Status
from support_service.service_parts.loans.moves import LOAN, Locked
from support_service.service_parts.part_checks import problems_of, refuse

SIGNED = ("signature", "signed_by", "unsigned_reason")


def hand_over(name: str, signed: dict[str, Any] | None = None) -> Document:
	"""The customer has the pieces now; returns the loan. The same command again changes nothing.

	signed: `signature`, `signed_by` or `unsigned_reason`, where they are not on the loan yet.
	"""

	def work(loan: Document, locked: Locked) -> None:
		_sign(loan, signed or {})
		requests.require_places(loan)
		first = min(getdate(loan.from_date), getdate(today()))
		# a piece that is handed over early must not be another's on the days before
		bookings.check_free(loan, first, getdate(loan.until_date))
		_check_stock(loan, locked)
		loan.from_date = first
		number = history.count(loan.name, HAND_OVER) + 1
		entry = postings.post(loan, [_transfer(loan, row) for row in loan.pieces], f"out|{number}")
		loan.stock_entry, loan.handed_over_on = entry.name, now_datetime()
		units.lend(loan, entry.name)
		messages.lent(loan)

	return moves.make(
		name,
		HAND_OVER,
		work,
		places=bookings.places_of(name),
		serials=bookings.serials_of(name),
		done=lambda loan: loan.status in (*OUT, Status.RETURNED),
	)


def undo(name: str, reason: str) -> Document:
	"""It was not handed over after all: the stock goes back, the loan is booked as before."""

	def work(loan: Document, locked: Locked) -> None:
		entry = loan.stock_entry
		postings.undo(entry)
		units.undo(entry)
		loan.stock_entry = loan.handed_over_on = loan.signed_at = None
		for row in loan.pieces:
			row.installed_unit = None

	return moves.make(
		name,
		UNDO_HAND_OVER,
		work,
		reason=reason,
		places=bookings.places_of(name),
		serials=bookings.serials_of(name),
		done=lambda loan: loan.status == Status.BOOKED,
	)


def days_late(loan: Any) -> int:
	"""Days since the due date of a loan that is out, counted today, whenever anything ran; 0 for every other."""
	if loan.status not in OUT or not loan.until_date:
		return 0
	return lateness.days_late(getdate(loan.until_date), getdate())


def _sign(loan: Document, signed: dict[str, Any]) -> None:
	for field in SIGNED:
		if signed.get(field):
			loan.set(field, signed[field])
	if not (loan.signature and loan.signed_by) and not (loan.unsigned_reason or "").strip():
		frappe.throw(
			_("Let the customer sign for the devices, or say under {0} why nobody signs.").format(
				_(loan.meta.get_label("unsigned_reason"), context=LOAN)
			),
			LoanMoveError,
		)
	if loan.signature and not loan.signed_at:
		loan.signed_at = now_datetime()


def _check_stock(loan: Document, locked: Locked) -> None:
	"""Refuse pieces that are not where they are lent from, as for the parts of a visit."""
	for row in loan.pieces:
		row.warehouse = row.draws_from()
	asked = frappe._dict(parts=loan.pieces, company=loan.company)
	title = _("Pieces", context=LOAN)
	refuse(problems_of(asked, part_facts.gather(asked)), title)
	# past the snapshot: others may have reserved since the caller's transaction began
	refuse(availability.shortages(loan.pieces, locked, loan.service_request, latest=True), title)
	refuse(availability.batch_shortages(loan.pieces), title)


def _transfer(loan: Document, row: Any) -> postings.Transfer:
	return postings.Transfer(
		item_code=row.item_code,
		qty=row.qty,
		uom=row.uom,
		source=row.warehouse,
		target=loan.loan_warehouse,
		serial_no=row.serial_no,
		batch_no=row.batch_no,
	)
