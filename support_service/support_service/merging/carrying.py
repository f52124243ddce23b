"""Moves what hangs on one case to another, and back: row by row, each noted in the merge, so that it goes back where it was.

Only the link changes. Nothing is saved anew, so no event runs, nothing is decided, sent or counted again; submitted documents and
rows of ledgers stay what they are but for the case that they name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import frappe
from frappe.utils import create_batch, now

from support_service.foundation import locks, rows
from support_service.support_service.merging import links, whole

ROW = "Service Merge Row"
CHUNK = 500


def carry(merge: str, source: str, target: str) -> int:
	"""Let everything that hangs on `source` hang on `target`, noted in `merge`; returns how many rows. Both cases are locked."""
	noted = 0
	for link in links.following():
		names = [name for name in names_of(link, source) if (link.doctype, name) != (whole.CASE, target)]
		noted += point(link, names, source, target)
		_note(merge, link, names)
	return noted


def give_back(merge: str, source: str, target: str) -> int:
	"""Let what `merge` has brought to `target` hang on `source` again; what somebody has given to another case since stays there."""
	noted: dict[tuple[str, str], list[str]] = defaultdict(list)
	for row in frappe.get_all(
		ROW, {"parent": merge}, ["moved_doctype", "moved_name", "field"], order_by="idx"
	):
		noted[row.moved_doctype, row.field].append(row.moved_name)
	known = {(link.doctype, link.field): link for link in links.following()}
	back = 0
	for (doctype, field), names in noted.items():
		link = known.get((doctype, field))
		if link:  # its app is still there
			back += point(link, names, target, source)
	return back


def names_of(link: links.Link, case: str) -> list[str]:
	"""Rows that name `case` in this field, as they are committed now, locked."""
	table = frappe.qb.DocType(link.doctype)
	query = frappe.qb.from_(table).select(table.name).orderby(table.name)
	for field, value in link.filters(case).items():
		query = query.where(table[field] == value)
	return [row.name for row in locks.rows(query)]


def point(link: links.Link, names: Sequence[str], source: str, target: str) -> int:
	"""Let those of the rows `names` that name `source` name `target`."""
	table = frappe.qb.DocType(link.doctype)
	changed = 0
	for batch in create_batch(list(names), CHUNK):
		query = frappe.qb.update(table).set(table[link.field], target)
		if links.is_saved_by_people(link.doctype):
			# a form that was opened before says so instead of writing the old link back
			query = query.set(table.modified, now())
		query = query.where(table.name.isin(batch))
		for field, value in link.filters(source).items():
			query = query.where(table[field] == value)
		query.run()
		changed += len(batch)
		for name in batch:
			frappe.clear_document_cache(link.doctype, name)
	return changed


def note(merge: str, doctype: str, name: str, field: str) -> None:
	"""Note what was led on to the case that goes on after the merge."""
	_note(merge, links.Link(doctype, field), [name])


def _note(merge: str, link: links.Link, names: Sequence[str]) -> None:
	if not names:
		return
	last = frappe.db.count(ROW, {"parent": merge})
	new = [
		{
			"name": frappe.generate_hash(length=12),
			"parent": merge,
			"parenttype": whole.MERGE,
			"parentfield": "moved",
			"idx": last + place,
			"moved_doctype": link.doctype,
			"moved_name": name,
			"field": link.field,
		}
		for place, name in enumerate(names, 1)
	]
	rows.insert(ROW, new)
	frappe.clear_document_cache(whole.MERGE, merge)
