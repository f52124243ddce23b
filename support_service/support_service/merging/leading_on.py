"""Whatever is given to a merged case afterwards, by whomever, goes to the one it goes on as.

A link that is filled in with the old number is led on when its document is saved. What came in past that (a row written by a job
that had begun before the merge) is carried over by the sweep, which looks at what is, not at what it was told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, now_datetime

from support_service.foundation import batches, locks
from support_service.support_service.merging import carrying, links, whole

CASE = whole.CASE
RECENT = 60  # minutes
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
		# on its way through each of them, so that it goes back as far as they are undone
		for merge, _name, _into in _way_of(name):
			carrying.note(merge, doc.doctype, doc.name, field)


def address(doc: Document, case: Document) -> None:
	"""Note on a new message to `case` that it was written to another number, if it was (`case.flags.addressed_as`)."""
	if case.flags.addressed_as:
		doc.flags.led_on = (case.flags.addressed_as, "reference_name")


def run_recent() -> int:
	"""Every minute: the same for what was merged a moment ago, which whoever had begun before does not know yet."""
	since = add_to_date(now_datetime(), minutes=-RECENT)
	about = {"state": whole.IN_FORCE, "merged_at": (">", since)}
	recent = frappe.get_all(whole.MERGE, about, pluck="merged_request", order_by=None)
	return run(recent) if recent else 0


def run(among: Collection[str] = ()) -> int:
	"""Daily: carry over what still hangs on merged cases; returns how many rows. among: these only."""
	found: set[str] = set()
	case = frappe.qb.DocType(CASE)
	for link in links.following():
		table = frappe.qb.DocType(link.doctype)
		query = frappe.qb.from_(case).inner_join(table).on(table[link.field] == case.name)
		query = query.select(case.name).distinct().where(case.merged_into != "")
		for field, value in link.filters("").items():
			if field != link.field:
				query = query.where(table[field] == value)
		if among:
			query = query.where(case.name.isin(among))
		found.update(name for (name,) in query.run())
	moved: list[int] = []
	batches.one_by_one(
		sorted(found),
		lock=lambda name: batches.lock_name(CASE, name),
		work=lambda name: moved.append(_carry(name)),
	)
	return sum(moved)


def _carry(name: str) -> int:
	carried = 0
	for merge, merged, into in _way_of(name):
		locks.get_doc(CASE, into)
		carried += carrying.carry(merge, merged, into)
	return carried


def _way_of(name: str) -> Iterator[tuple[str, str, str]]:
	"""From `name` to the case it goes on as: each merge in force, what it merged and into which."""
	for merged, _since, until in whole.lives_of(name):
		if until is not None:
			about = {"merged_request": merged, "state": whole.IN_FORCE}
			yield frappe.db.get_value(whole.MERGE, about, ["name", "merged_request", "request"])
