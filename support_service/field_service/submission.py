"""The transaction in which an Engineer Visit is submitted or cancelled.

Both move stock and use up what contracts include. So each is a transaction of its own that first locks contracts, then
Bins, and is repeated as a whole after a deadlock. Every way to submit (desk, REST, script, job) calls `Document.save`, and
so comes here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.field_service.errors import AlreadySubmittedError
from support_service.foundation import bins, transactions
from support_service.foundation.posting import Posting
from support_service.service_charging.decision import visits as visit_decisions

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit

DOCTYPE = "Engineer Visit"
RIGHT = {1: "submit", 2: "cancel"}
# visit → the (item, warehouse) pairs whose Bins its steps touch besides those of its part rows
PLACES_HOOK = "support_service_visit_places"


def save(visit: EngineerVisit, plain_save: Callable[[], Document]) -> Document:
	"""Save `visit`; submit and cancel in a transaction of their own, unless the caller has uncommitted writes.

	Repeating a submit or cancel that has already happened succeeds and changes nothing.

	:raises AlreadySubmittedError: it was submitted before, with other content than is sent now.
	"""
	visit.posting = Posting()
	wanted = int(visit.docstatus)
	stored = _stored_docstatus(visit)
	if wanted == 0 or stored is None:
		return plain_save()
	if stored == wanted:
		return _save_again(visit, plain_save)
	if not transactions.owns_transaction(visit):
		return plain_save()
	return _save_whole(visit, plain_save)


def _stored_docstatus(visit: Document) -> int | None:
	if visit.is_new():
		return 0
	return frappe.db.get_value(DOCTYPE, visit.name, "docstatus")


def _save_whole(visit: EngineerVisit, plain_save: Callable[[], Document]) -> Document:
	# first of all: a user who may not submit must not lock anything
	visit.check_permission(RIGHT[int(visit.docstatus)])
	names = bins.names_of(_places(visit) | _further_places(visit))
	contracts = visit_decisions.contracts_of(visit)

	def lock() -> None:
		visit_decisions.lock(contracts)
		# a new one each time the transaction is repeated
		visit.posting = Posting(bins=bins.lock(names))

	try:
		return transactions.run_whole(visit, plain_save, lock)
	except frappe.TimestampMismatchError as error:
		return _answer_repeat(visit, error)


def _places(visit: Document) -> set[bins.Place]:
	"""Every (item, warehouse) the rows may draw from: the van, too, as `validate` may fill in the visit's warehouse."""
	van = (
		frappe.get_cached_value("Service Engineer", visit.engineer, "van_warehouse")
		if visit.engineer
		else None
	)
	return {
		(row.item_code, warehouse)
		for row in visit.parts
		for warehouse in ([row.warehouse] if row.warehouse else [visit.warehouse, van])
		if warehouse
	}


def _further_places(visit: Document) -> set[bins.Place]:
	"""What the steps of other rooms touch (hook `support_service_visit_places`)."""
	return {
		place
		for path in frappe.get_hooks(PLACES_HOOK)
		for place in frappe.get_attr(path)(visit)
		if all(place)
	}


def _save_again(visit: Document, plain_save: Callable[[], Document]) -> Document:
	if visit.docstatus.is_cancelled():
		visit.check_permission("cancel")
		return visit.reload() if transactions.is_replay(visit) else plain_save()
	try:
		return plain_save()
	except frappe.TimestampMismatchError as error:
		return _answer_repeat(visit, error)


def _answer_repeat(visit: Document, error: Exception) -> Document:
	"""What is stored is newer than what was sent: return it if it is a repeat, raise if somebody else changed it."""
	stored = frappe.db.get_value(
		DOCTYPE, visit.name, ["docstatus", "stock_entry", "modified_by"], as_dict=True
	)
	if not stored or stored.docstatus != visit.docstatus:
		raise error
	frappe.clear_last_message()  # Frappe's sentence about the timestamp
	if transactions.is_replay(visit):
		return visit.reload()
	frappe.throw(
		_(
			"{0} was already submitted by {1}, with other content. Stock Entry: {2}. Reload to see what was saved."
		).format(visit.name, stored.modified_by, stored.stock_entry or _("none")),
		exc=AlreadySubmittedError,
	)
