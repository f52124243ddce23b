"""Devices on loan that an engineer takes back at a visit: planned on the visit's form, they come back when it is submitted.

`take_back` and `lend_again` are steps of the visit (`support_service_visit_steps` in hooks.py), in its one transaction. A visit that
is cancelled lends again what it had taken back; the rows stay planned, so that the amended visit takes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.foundation import bins, locks
from support_service.foundation.posting import Posting
from support_service.service_parts.loans import bookings, came_back, moves
from support_service.service_parts.loans import take_back as returns
from support_service.service_parts.loans.came_back import BACK, PLANNED, ROW, Back
from support_service.service_parts.loans.errors import LoanReturnError
from support_service.service_parts.loans.lifecycle import OUT, TAKE_BACK, UNDO_TAKE_BACK
from support_service.service_parts.loans.moves import LOAN, Locked

VISIT = "Engineer Visit"


def take_back(visit: Document, posting: Posting) -> None:
	"""A step of submitting: what was planned for this visit, or for the one it amends, comes back now."""
	names = [name for name in (visit.name, visit.get("amended_from")) if name]

	def planned(row: Any) -> bool:
		return row.state == PLANNED and row.engineer_visit in names

	for loan in _loans(names, PLANNED):

		def work(doc: Document, locked: Locked) -> None:
			rows = [row for row in doc.returns if planned(row)]
			for row in rows:
				row.engineer_visit = visit.name
			returns.post(doc, rows, visit=visit.name)

		_step(loan, TAKE_BACK, work, planned, done=lambda doc: not any(planned(row) for row in doc.returns))


def lend_again(visit: Document, posting: Posting) -> None:
	"""A step of cancelling: what came back with this visit is out again."""

	def with_it(row: Any) -> bool:
		return row.state == BACK and row.engineer_visit == visit.name

	def work(doc: Document, locked: Locked) -> None:
		returns.reverse(doc, [row for row in doc.returns if with_it(row)], PLANNED)

	for loan in _loans([visit.name], BACK):
		_step(
			loan,
			UNDO_TAKE_BACK,
			work,
			with_it,
			reason=_("{0} was cancelled").format(visit.name),
			done=lambda doc: not any(with_it(row) for row in doc.returns),
		)


def plan(visit: Document, loan: str, back: list[Back]) -> Document:
	"""Plan what of a loan comes back at a visit that is not submitted yet; replaces what was planned of it before.

	:raises LoanReturnError: the visit is over, or the loan is another customer's.
	"""
	if not visit.docstatus.is_draft():
		frappe.throw(
			_(
				"The report of visit {0} is already submitted. Take the devices back on the loan itself."
			).format(visit.name),
			LoanReturnError,
		)
	doc = locks.get_doc(LOAN, loan)
	if doc.customer != visit.customer or doc.status not in OUT:
		frappe.throw(_("Loan {0} is not out with the customer of this visit.").format(loan), LoanReturnError)
	for row in [row for row in doc.returns if row.state == PLANNED and row.engineer_visit == visit.name]:
		doc.remove(row)
	for one in back:
		came_back.add(doc, one, visit=visit.name)
	moves.save_plan(doc)
	return doc


def on_trash(visit: Document, method: str | None = None) -> None:
	"""Handler of Engineer Visit: what was planned to come back at a visit that is deleted is not planned any more."""
	for name in _loans([visit.name], PLANNED):
		loan = locks.get_doc(LOAN, name)
		for row in [row for row in loan.returns if row.state == PLANNED and row.engineer_visit == visit.name]:
			loan.remove(row)
		moves.save_plan(loan)


def offered(visit: Document) -> list[Document]:
	"""The loans that are out with the visit's customer: what its engineer may take back."""
	names = frappe.get_all(
		LOAN,
		filters={"customer": visit.customer, "status": ("in", [status.value for status in OUT])},
		pluck="name",
		order_by="until_date, name",
		limit=50,
	)
	return [frappe.get_doc(LOAN, name) for name in names]


def places(visit: Document) -> set[bins.Place]:
	"""The places that submitting or cancelling `visit` touches because of loans; hook `support_service_visit_places`."""
	state = BACK if visit.docstatus.is_cancelled() else PLANNED
	names = [name for name in (visit.name, visit.get("amended_from")) if name]
	found: set[bins.Place] = set()
	for loan in _loans(names, state):
		found |= came_back.places_of_rows(
			loan, lambda row: row.engineer_visit in names and row.state == state
		)
	return found


def _loans(visits: list[str], state: str) -> list[str]:
	rows = {"engineer_visit": ("in", visits), "state": state, "parenttype": LOAN}
	# in the order of names: two visits that take back of the same loans never wait for one another crosswise
	return sorted(set(frappe.get_all(ROW, filters=rows, pluck="parent", order_by=None)))


def _step(
	loan: str,
	action: str,
	work: moves.Work,
	concerned: Callable[[Any], bool],
	*,
	reason: str | None = None,
	done: Callable[[Document], bool],
) -> None:
	# the right to submit or cancel the visit is the right to its steps
	moves.make(
		loan,
		action,
		work,
		reason=reason,
		places=came_back.places_of_rows(loan, concerned),
		serials=bookings.serials_of(loan),
		by_app=True,
		in_callers_transaction=True,
		done=done,
	)
