"""Deliveries whose units are not in step, found by looking, once a day: the guarantee behind `deliveries`.

Looks at documents changed in the last days only, beside those that failed before, and never at those from before the
site had this feature: what was delivered then is taken over by whoever decides to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import frappe
from frappe.query_builder import Criterion, Order
from frappe.utils import add_to_date, get_datetime, now_datetime
from pypika.terms import ExistsCriterion

from support_service.constants.words import N_
from support_service.foundation import delivery
from support_service.foundation.postponed import Backlog
from support_service.installed_base import deliveries, unit_events
from support_service.installed_base.unit_events import (
	DELIVERY_CANCELLED,
	INSTALLATION_CANCELLED,
	RETURN_CANCELLED,
)

DAYS = 30
FEATURE = "support_service.patches.v0_3.give_units_keys"  # its entry in the patch log tells since when
ROWS = {
	"Delivery Note": ("Delivery Note Item", "Packed Item"),
	"Sales Invoice": ("Sales Invoice Item", "Packed Item"),
	"Installation Note": ("Installation Note Item",),
	"Asset": (),
}
FOLLOW = N_("Let Installed Units follow a document")
FOLLOW_CANCELLED = N_("Let Installed Units follow a cancelled document")
CANCELLATIONS = (DELIVERY_CANCELLED, INSTALLATION_CANCELLED, RETURN_CANCELLED)


def catch_up() -> int:
	"""Bring units in step with every document that was missed; returns how many. Safe in parallel, safe to kill."""
	done = 0
	since = _since()
	for doctype in ROWS:
		for find, work in (
			(submitted, deliveries.follow_submitted),
			(cancelled, deliveries.follow_cancelled),
		):
			done += delivery.one_by_one(
				find(doctype, since),
				# somebody works on the document just now: the next night will do
				lock=partial(delivery.lock_name, doctype),
				work=partial(_work, doctype, work),
				backlog=_backlog(doctype, find),
			)
	return done


def submitted(doctype: str, since: datetime) -> list[str]:
	"""Submitted documents with followed goods that have left no event, in the order they happened."""
	document = frappe.qb.DocType(doctype)
	query = _documents(doctype, 1, since, FOLLOW).where(ExistsCriterion(_events(doctype)).negate())
	if doctype == "Asset":
		query = query.where((document.asset_owner == "Customer") & (document.customer != ""))
	else:
		query = query.where(
			Criterion.any([ExistsCriterion(_goods(table, document)) for table in ROWS[doctype]])
		)
	if doctype == "Sales Invoice":
		query = query.where(document.update_stock == 1)
	return query.run(pluck=True)


def cancelled(doctype: str, since: datetime) -> list[str]:
	"""Cancelled documents whose events were not taken back."""
	event = frappe.qb.DocType(unit_events.DOCTYPE)
	query = (
		_documents(doctype, 2, since, FOLLOW_CANCELLED)
		.where(ExistsCriterion(_events(doctype)))
		.where(ExistsCriterion(_events(doctype).where(event.event.isin(CANCELLATIONS))).negate())
	)
	return query.run(pluck=True)


def _documents(doctype: str, docstatus: int, since: datetime, work: str):
	document = frappe.qb.DocType(doctype)
	recent = document.modified >= since
	if failed := list(Backlog(work, doctype).next_tries()):
		recent |= document.name.isin(failed)
	return (
		frappe.qb.from_(document)
		.select(document.name)
		.where((document.docstatus == docstatus) & recent)
		.orderby(document.creation, order=Order.asc)
	)


def _events(doctype: str):
	document, event = frappe.qb.DocType(doctype), frappe.qb.DocType(unit_events.DOCTYPE)
	return (
		frappe.qb.from_(event)
		.select(event.name)
		.where((event.reference_name == document.name) & (event.reference_doctype == doctype))
	)


def _goods(table: str, document):
	row, item = frappe.qb.DocType(table), frappe.qb.DocType("Item")
	followed = (item.service_unit_tracking == "Yes") | (
		(item.has_serial_no == 1)
		& (item.service_unit_tracking.isnull() | (item.service_unit_tracking != "No"))
	)
	return (
		frappe.qb.from_(row)
		.join(item)
		.on(item.name == row.item_code)
		.select(row.name)
		.where((row.parent == document.name) & followed)
	)


def _since() -> datetime:
	began = frappe.db.get_value("Patch Log", {"patch": FEATURE}, "creation")
	return max(get_datetime(began or now_datetime()), add_to_date(now_datetime(), days=-DAYS))


def _work(doctype: str, work, name: str) -> None:
	work(frappe.get_doc(doctype, name))


def _backlog(doctype: str, find: Callable[..., list[str]]) -> Backlog:
	return Backlog(FOLLOW_CANCELLED if find is cancelled else FOLLOW, doctype)
