"""Deliveries whose units are not in step, found by looking, once a day: the guarantee behind `deliveries`.

What is compared are pieces, not documents: the serial numbers ERPNext posted and the pieces in the rows of a document on
one side, its events on the other. One event hides nothing. A return about which somebody was asked waits for the answer.
A document that failed is followed again until it succeeds, whatever it lacks.

Looks at documents changed in the last days only, beside those that failed, and never at those from before the
site had this feature: what was delivered then is taken over by whoever decides to.
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
FEATURE = "support_service.patches.v0_3.give_units_keys"  # its entry in the patch log tells since when
DOCTYPES = ("Delivery Note", "Sales Invoice", "Installation Note", "Asset")
CANCELLATIONS = (DELIVERY_CANCELLED, INSTALLATION_CANCELLED, RETURN_CANCELLED)


def catch_up() -> int:
	"""Bring units in step with every document that was missed; returns how many. Safe in parallel, safe to kill."""
	done = 0
	since = _since()
	for doctype in DOCTYPES:
		for find, work in (
			(submitted, documents.follow_submitted),
			(cancelled, documents.follow_cancelled),
		):
			done += batches.one_by_one(
				find(doctype, since),
				# somebody works on the document just now: the next night will do
				lock=partial(batches.lock_name, doctype),
				work=partial(_work, doctype, work),
				backlog=_backlog(doctype, find),
			)
	return done


def submitted(doctype: str, since: datetime) -> list[str]:
	"""Submitted documents with pieces of which no event tells, and those that failed, in the order they happened."""
	failed = _failed(FOLLOW_SUBMITTED, doctype)
	recent = _documents(doctype, 1, since, failed).run(pluck=True)
	missing: set[str] = set()
	for start in range(0, len(recent), rows.CHUNK):
		missing |= missing_pieces.among(doctype, recent[start : start + rows.CHUNK])
	if doctype in return_questions.RETURNS:
		missing -= return_questions.asked_about(doctype)
	return [name for name in recent if name in missing or name in failed]


def cancelled(doctype: str, since: datetime) -> list[str]:
	"""Cancelled documents whose events were not taken back, and those that failed."""
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
