"""Whatever is given to a merged case afterwards, by whomever, goes to the one it goes on as.

A link that is filled in with the old number is led on when its document is saved. What came in past that (a row written by a job
that had begun before the merge) is carried over by the sweep, which looks at what is, not at what it was told.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.foundation import batches, locks
from support_service.support_service.merging import carrying, links, whole

CASE = whole.CASE
# what somebody says to the old number belongs to it again should the merge be undone
SAID = ("Communication", "Comment", "File")


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Hook of every DocType: fields that name a merged case name the one it goes on as."""
	for link in links.links_of(doc.doctype):
		name = doc.get(link.field)
		if not name or any(doc.get(field) != value for field, value in link.filters(name).items()):
			continue
		into = whole.goes_on_as(name)
		if into != name and (doc.doctype, doc.name) != (CASE, into):
			doc.set(link.field, into)
			if doc.doctype in SAID and doc.is_new():
				doc.flags.led_on = (name, link.field)


def after_insert(doc: Document, method: str | None = None) -> None:
	"""Hook of Communication, Comment and File: note where it was addressed to."""
	if led_on := doc.flags.pop("led_on", None):
		name, field = led_on
		if merge := _merge_of(name):
			carrying.note(merge, doc.doctype, doc.name, field)


def run() -> int:
	"""Hourly: carry over what still hangs on merged cases; returns how many rows."""
	found: set[str] = set()
	case = frappe.qb.DocType(CASE)
	for link in links.following():
		table = frappe.qb.DocType(link.doctype)
		query = frappe.qb.from_(case).inner_join(table).on(table[link.field] == case.name)
		query = query.select(case.name).distinct().where(case.merged_into != "")
		for field, value in link.filters("").items():
			if field != link.field:
				query = query.where(table[field] == value)
		found.update(name for (name,) in query.run())
	moved: list[int] = []
	batches.one_by_one(
		sorted(found),
		lock=lambda name: batches.lock_name(CASE, name),
		work=lambda name: moved.append(_carry(name)),
	)
	return sum(moved)


def _carry(name: str) -> int:
	into = whole.goes_on_as(name)
	merge = _merge_of(name)
	if into == name or not merge:
		return 0
	locks.get_doc(CASE, into)
	return carrying.carry(merge, name, into)


def _merge_of(name: str) -> str | None:
	return frappe.db.get_value(whole.MERGE, {"merged_request": name, "state": whole.IN_FORCE})
