"""Once a day: find documents whose units or events are missing, and follow them. The guarantee behind `documents`.

Pieces are compared, not documents: serial numbers in ERPNext's stock ledger and pieces in a document's rows with its
events. A document that failed is tried again until it succeeds; a return about which somebody was asked waits for the answer.

Beside those that failed, only documents changed in the last days are looked at, and none from before the site had this
feature: those become units by a takeover.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import frappe
from frappe.query_builder import Order
from frappe.utils import add_to_date, get_datetime, now_datetime
from pypika.terms import ExistsCriterion

from support_service.foundation import batches, rows
from support_service.foundation.postponed import Backlog
from support_service.installed_base import unit_events
from support_service.installed_base.deliveries import documents, missing_pieces, return_questions
from support_service.installed_base.deliveries.documents import FOLLOW_CANCELLED, FOLLOW_SUBMITTED
from support_service.installed_base.unit_events import (
	DELIVERY_CANCELLED,
	INSTALLATION_CANCELLED,
	RETURN_CANCELLED,
)

DAYS = 30
# when its row in Patch Log was made, the site got this feature
FEATURE = "support_service.patches.v0_3.give_units_keys"
DOCTYPES = ("Delivery Note", "Sales Invoice", "Installation Note", "Asset")
CANCELLATIONS = (DELIVERY_CANCELLED, INSTALLATION_CANCELLED, RETURN_CANCELLED)


def catch_up() -> int:
	"""Follow every document that was missed; returns how many. May run twice at once, and may be killed at any time."""
	done = 0
	since = _since()
	for doctype in DOCTYPES:
		for find, work in (
			(submitted, documents.follow_submitted),
			(cancelled, documents.follow_cancelled),
		):
			done += batches.one_by_one(
				find(doctype, since),
				# a document somebody works on at this moment is left to the next night
				lock=partial(batches.lock_name, doctype),
				work=partial(_work, doctype, work),
				backlog=_backlog(doctype, find),
			)
	return done


def submitted(doctype: str, since: datetime) -> list[str]:
	"""Submitted documents with a piece that has no event, and those that failed, in the order of their creation."""
	failed = _failed(FOLLOW_SUBMITTED, doctype)
	recent = _documents(doctype, 1, since, failed).run(pluck=True)
	missing: set[str] = set()
	for start in range(0, len(recent), rows.CHUNK):
		missing |= missing_pieces.among(doctype, recent[start : start + rows.CHUNK])
	if doctype in return_questions.RETURNS:
		missing -= return_questions.asked_about(doctype)
	return [name for name in recent if name in missing or name in failed]


def cancelled(doctype: str, since: datetime) -> list[str]:
	"""Cancelled documents with an event that was not undone, and those that failed."""
	failed = _failed(FOLLOW_CANCELLED, doctype)
	document = frappe.qb.DocType(doctype)
	event = frappe.qb.DocType(unit_events.DOCTYPE)
	undone = frappe.qb.DocType(unit_events.DOCTYPE).as_("undone")
	taken_back = (
		frappe.qb.from_(undone)
		.select(undone.name)
		.where((undone.installed_unit == event.installed_unit) & undone.event.isin(CANCELLATIONS))
		.where((undone.reference_name == document.name) & (undone.reference_doctype == doctype))
	)
	standing = (
		frappe.qb.from_(event)
		.select(event.name)
		.where((event.reference_name == document.name) & (event.reference_doctype == doctype))
		.where(ExistsCriterion(taken_back).negate())
	)
	open_ones = ExistsCriterion(standing)
	if failed:
		open_ones |= document.name.isin(sorted(failed))
	return _documents(doctype, 2, since, failed).where(open_ones).run(pluck=True)


def _failed(work: str, doctype: str) -> set[str]:
	return set(Backlog(work, doctype).next_tries())


def _documents(doctype: str, docstatus: int, since: datetime, failed: set[str]):
	document = frappe.qb.DocType(doctype)
	recent = document.modified >= since
	if failed:
		recent |= document.name.isin(sorted(failed))
	return (
		frappe.qb.from_(document)
		.select(document.name)
		.where((document.docstatus == docstatus) & recent)
		.orderby(document.creation, order=Order.asc)
	)


def _since() -> datetime:
	began = frappe.db.get_value("Patch Log", {"patch": FEATURE}, "creation")
	return max(get_datetime(began or now_datetime()), add_to_date(now_datetime(), days=-DAYS))


def _work(doctype: str, work, name: str) -> None:
	work(frappe.get_doc(doctype, name))


def _backlog(doctype: str, find: Callable[..., list[str]]) -> Backlog:
	return Backlog(FOLLOW_CANCELLED if find is cancelled else FOLLOW_SUBMITTED, doctype)
