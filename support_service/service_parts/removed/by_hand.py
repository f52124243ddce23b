"""Handlers of ERPNext's stock documents that removed parts have made: cancelled by hand, the part follows or says what to do.

And of debit notes: one that bills a purchase return of ours is the vendor's credit.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.foundation import savepoints
from support_service.service_parts.removed import moves, record, undoing
from support_service.service_parts.removed.errors import LaterStepsError
from support_service.service_parts.removed.lifecycle import Status

RETURN, NOTE = "Purchase Receipt", "Purchase Invoice"
KEY = {"Stock Entry": "service_consumption_key", RETURN: "service_return_key", NOTE: "service_return_key"}
COLUMN = {doctype: column for column, doctype in record.POSTED.items()}


def on_submit(doc: Document, method: str | None = None) -> None:
	"""Handler of Purchase Invoice: a debit note for what went back to the supplier is the credit for it."""
	if not doc.is_return:
		return
	returns = {row.purchase_receipt for row in doc.items if row.purchase_receipt}
	for name in _waiting_for_credit(returns):
		_credit(name, doc.name)


def before_cancel(doc: Document, method: str | None = None) -> None:
	"""Handler of Stock Entry, Purchase Receipt and Purchase Invoice: undo the step that made it, or refuse.

	:raises LaterStepsError: the part has made later steps, which are to be undone first.
	"""
	if doc.get("removed_part"):
		# the key belongs to what stands: a part that gets the number of a deleted one begins with the same keys
		doc.set(KEY[doc.doctype], None)
	if doc.flags.by_removed_parts:
		return
	for name in _parts_of(doc):
		part = record.locked(name)
		step = next((row for row in part.history if not row.undone and _is_of(row, part, doc)), None)
		if not step:
			continue
		if step is not record.last_step(part):
			frappe.throw(
				_(
					"Removed part {0} has made further steps since {1}. Undo those first, newest first, on its form."
				).format(part.name, doc.name),
				LaterStepsError,
			)
		undoing.undone_by_hand(part, step, doc.name)


def _credit(name: str, note: str) -> None:
	"""Make the step of the credit; a note that does not fit refuses nothing: the part goes on waiting for one that does."""

	def credited() -> bool:
		return bool(moves.apply_move(name, "credit", values={"debit_note": note}, by_app=True))

	savepoints.attempt(credited, lambda _error: False, savepoint="credit_of_removed_part")


def _is_of(row: Any, part: Document, doc: Document) -> bool:
	"""Whether the step of `row` made the document, or rests on it as the vendor's credit."""
	if row.action == "credit":
		return doc.doctype == NOTE and part.debit_note == doc.name
	return row.get(COLUMN[doc.doctype]) == doc.name


def _parts_of(doc: Document) -> list[str]:
	names = {doc.removed_part} if doc.get("removed_part") else set()
	if doc.doctype == NOTE:
		credited = {"debit_note": doc.name, "status": Status.CREDITED}
		names.update(frappe.get_all(record.DOCTYPE, credited, pluck="name", order_by=None))
	return sorted(names)


def _waiting_for_credit(returns: set[str]) -> list[str]:
	if not returns:
		return []
	waiting = {"purchase_return": ("in", sorted(returns)), "status": Status.RETURNED_TO_VENDOR}
	return frappe.get_all(record.DOCTYPE, waiting, pluck="name", order_by="name")
