"""What submitting or cancelling a delivery, an installation or a customer's Asset does to Installed Units.

These are the handlers that hooks.py names. ERPNext's document is never refused because of a unit: an error here is undone
to a savepoint, logged and shown in an orange message, and `sweep.catch_up` tries again the next night. Only a deadlock is
raised to the caller: the database has ended the whole transaction then, and the delivery with it.

Making units can be switched off in the settings; units that exist follow their documents always. Other stock documents
(Stock Entry, Purchase Receipt) do not say which customer has a unit, so nothing listens to them.
"""

from __future__ import annotations

from collections.abc import Callable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate

from support_service.constants.words import N_
from support_service.foundation.postponed import Backlog
from support_service.foundation.savepoints import attempt
from support_service.installed_base import placements, unit_events
from support_service.installed_base.deliveries import amended, facts, installations, return_questions
from support_service.installed_base.deliveries.facts import TAKES_BACK, reference_of

SAVEPOINT = "units_of_document"
FOLLOW_SUBMITTED = N_("Let Installed Units follow a document")
FOLLOW_CANCELLED = N_("Let Installed Units follow a cancelled document")


def on_submit(doc: Document, method: str | None = None) -> None:
	"""Handler of Delivery Note, Sales Invoice, Installation Note and Asset."""
	if concerns_units(doc):
		_beside(doc, follow_submitted, FOLLOW_SUBMITTED)


def on_cancel(doc: Document, method: str | None = None) -> None:
	if concerns_units(doc):
		_beside(doc, follow_cancelled, FOLLOW_CANCELLED)


def follow_submitted(doc: Document) -> None:
	"""Make and update the units of a submitted document. Repeating it changes nothing."""
	FOLLOW[doc.doctype](doc)


def follow_cancelled(doc: Document) -> None:
	"""Undo what a document did to its units: it counts as never having happened, its events stay in the ledger."""
	reference = reference_of(doc)
	units = placements.touched_by(reference)
	if units:
		placements.happened(units, _cancellation(doc), on=_day(doc), reference=reference)
	if doc.get("is_return"):
		return_questions.close(doc)


def concerns_units(doc: Document) -> bool:
	"""Whether a document moves goods between us and a customer, or is about something that a customer has."""
	if doc.doctype in TAKES_BACK:
		return facts.moves_goods(doc)
	if doc.doctype == "Asset":
		return doc.get("asset_owner") == "Customer" and bool(doc.get("customer"))
	return True


def makes_units() -> bool:
	"""Whether deliveries make units on this site."""
	return bool(cint(frappe.db.get_single_value("Support Service Settings", "units_from_deliveries")))


def _goods(doc: Document) -> None:
	if doc.get("is_return"):
		return_questions.follow(doc)
	elif makes_units():
		units = facts.units_of(doc)
		amended.take_over(doc, units)
		placements.place(units)


def _installation(doc: Document) -> None:
	units, missing = installations.units_of(doc)
	_store(units, unit_events.INSTALLED, doc)
	if missing and makes_units():
		placements.place(missing, event=unit_events.INSTALLED)


def _asset(doc: Document) -> None:
	if makes_units():
		placements.place([facts.unit_of_asset(doc)])


FOLLOW: dict[str, Callable[[Document], None]] = {
	"Delivery Note": _goods,
	"Sales Invoice": _goods,
	"Installation Note": _installation,
	"Asset": _asset,
}


def _store(units: list[str], event: str, doc: Document) -> None:
	if units:
		placements.happened(units, event, on=_day(doc), reference=reference_of(doc))


def _day(doc: Document) -> object:
	return getdate(doc.get("posting_date") or doc.get("inst_date") or doc.get("purchase_date"))


def _cancellation(doc: Document) -> str:
	if doc.doctype == "Installation Note":
		return unit_events.INSTALLATION_CANCELLED
	return unit_events.RETURN_CANCELLED if doc.get("is_return") else unit_events.DELIVERY_CANCELLED


def _beside(doc: Document, follow: Callable[[Document], None], work: str) -> None:
	"""Run `follow` so that an error in it does not refuse the document; `work` names it in Postponed Work."""
	attempt(
		lambda: follow(doc),
		lambda _error: _postpone(doc, work),
		savepoint=SAVEPOINT,
		# after a lock timeout the transaction goes on, and the document with it
		passed_on=(frappe.QueryDeadlockError,),
		keep_messages=True,
	)


def _postpone(doc: Document, work: str) -> None:
	frappe.log_error(
		title="Installed Units do not follow a document yet",
		reference_doctype=doc.doctype,
		reference_name=doc.name,
	)
	# the sweep cannot see everything that is missing: numbers that ERPNext made for a return name no unit
	Backlog(work, doc.doctype).add([doc.name])
	frappe.msgprint(
		_(
			"{0} {1} is saved, but its Installed Units could not be updated. "
			"This is tried again tonight; the Error Log says why it failed."
		).format(_(doc.doctype), doc.name),
		indicator="orange",
		alert=True,
	)
