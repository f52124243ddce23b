"""What our documents show of others (the customer's name, an item's name): it follows when the other is changed.

Frappe fetches when a document is saved and not when its source is, so lists and prints would show former names until each
is saved. Each room lists what its documents show (`copies.py` of the room, named in hooks.py under
`support_service_copies`); together the lists are one table. Open and current records follow at once, a few statements
for each line; where more than LIMIT rows must change, the source is noted as postponed work and worked off in the
background in chunks. Closed and submitted papers keep what they said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import frappe
from frappe.model.document import Document
from pypika.terms import Function

from support_service.constants.words import N_
from support_service.foundation import delivery
from support_service.foundation.postponed import Backlog

HOOK = "support_service_copies"
WORK = N_("Show the present name of a record")
HINT = "support_service:copies_hint"
RUN = "support_service.foundation.copies.run"
LIMIT = 500  # rows changed while somebody waits
CHUNK = 2000
DASH = " – "

Where = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Copy:
	"""`doctype`.`fieldname` shows `shows` of the `source` document that `link` names.

	current: condition on the table (of the query builder) for rows that follow; None: none does. why: what is kept, and
	why.
	typed: people may have typed something else; only what shows the former value follows.
	part: as typed, where it may also stand before or behind " – " in a longer text.
	also: other columns made of it → SQL expression.
	"""

	doctype: str
	fieldname: str
	link: str
	source: str
	shows: str
	why: str
	current: Where | None = None
	typed: bool = False
	part: bool = False
	also: tuple[tuple[str, Any], ...] = ()

	@property
	def by_former(self) -> bool:
		"""Whether what follows is known by the former value alone."""
		return self.typed or self.part


def everywhere(table: Any) -> Any:
	"""All rows follow."""
	return table.name.notnull()


def draft(table: Any) -> Any:
	"""What is submitted keeps what it said; a row has the state of its document."""
	return table.docstatus == 0


def table() -> list[Copy]:
	"""The lists of all rooms."""
	return [copy for path in frappe.get_hooks(HOOK) for copy in frappe.get_attr(path)]


def sources() -> set[str]:
	return {copy.source for copy in table() if copy.current}


def follow_save(doc: Document, method: str | None = None) -> None:
	"""Listens to `on_update` of the sources (hooks.py)."""
	stored = doc.get_doc_before_save()
	if not stored:
		return
	changed = [
		copy for copy in _of(doc.doctype) if (stored.get(copy.shows) or None) != (doc.get(copy.shows) or None)
	]
	if changed:
		_follow(doc.doctype, doc.name, doc, changed, stored)


def follow_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Listens to `after_rename` of every DocType: the name may be what is shown, and of two merged one title is left."""
	# read again: ERPNext may just have changed the title in the database
	follow_sources(doc.doctype, [new])
	copies = [copy for copy in _of(doc.doctype) if copy.by_former]
	now = _values(doc.doctype, new, copies)
	if merge:
		_follow(doc.doctype, new, now, copies, _values(doc.doctype, old, copies))
	elif named := [copy for copy in copies if now.get(copy.shows) == new]:
		# titled as it is named: ERPNext has changed the one with the other
		_follow(doc.doctype, new, now, named, frappe._dict({copy.shows: old for copy in named}))


def follow_sources(doctype: str, names: Iterable[str]) -> None:
	"""For whoever changes sources past their documents."""
	copies = [copy for copy in _of(doctype) if not copy.by_former]
	for name in names if copies else ():
		_follow(doctype, name, _values(doctype, name, copies), copies, None)


def run() -> int:
	"""Hourly, and hinted after commit: work off what was too much to wait for; returns how many sources. Commits."""
	delivery.hint_taken(HINT)
	waiting = frappe.get_all(
		"Postponed Work", {"work": WORK}, pluck="reference_doctype", distinct=True, order_by=None
	)
	done = 0
	for doctype in sorted(waiting):
		backlog = Backlog(WORK, doctype)
		done += delivery.one_by_one(
			backlog.due(),
			lock=partial(delivery.lock_name, doctype),
			work=partial(_work, doctype, backlog),
			failed=backlog.note,
		)
	return done


def _of(doctype: str) -> list[Copy]:
	return [copy for copy in table() if copy.source == doctype and copy.current]


def _follow(doctype: str, name: str, source: Any, copies: list[Copy], former: Any | None) -> None:
	found = [(copy, _behind(copy, name, source, former, LIMIT + 1)) for copy in copies]
	if sum(len(names) for _copy, names in found) > LIMIT:
		# what a person may have typed is known by the former value, which a later run does not know
		found = [(copy, names) for copy, names in found if copy.by_former]
		Backlog(WORK, doctype).want([name])
		delivery.hint(RUN, HINT)
	for copy, names in found:
		_write(copy, names, source, former)


def _work(doctype: str, backlog: Backlog, name: str) -> None:
	copies = [copy for copy in _of(doctype) if not copy.by_former]
	for copy in copies:
		names = [""]
		while names:
			source = _values(doctype, name, copies)
			names = _behind(copy, name, source, None, CHUNK, after=names[-1])
			_write(copy, names, source)
			frappe.db.commit()  # a batch job: a chunk that follows stands, and its rows are free again
	backlog.forget([name])


def _values(doctype: str, name: str, copies: list[Copy]) -> Any:
	fields = sorted({copy.shows for copy in copies}) or ["name"]
	return frappe.db.get_value(doctype, name, fields, as_dict=True) or frappe._dict()


def _behind(copy: Copy, name: str, source: Any, former: Any | None, limit: int, after: str = "") -> list[str]:
	"""Rows of the source that follow and show something else, in the order of their names, from behind `after`."""
	rows = frappe.qb.DocType(copy.doctype)
	shown, value = rows[copy.fieldname], source.get(copy.shows) or ""
	query = frappe.qb.from_(rows).select(rows.name).where((rows[copy.link] == name) & copy.current(rows))
	if copy.by_former:
		query = query.where(_shows_former(shown, (former.get(copy.shows) if former else "") or "", copy.part))
	else:
		# binary: a change of case alone is a change
		different = (_exact(shown) != _exact(value)) if value else (shown != "")
		query = query.where(different | shown.isnull() if value else different)
	if after:
		query = query.where(rows.name > after)
	return query.orderby(rows.name).limit(limit).run(pluck=True)


def _shows_former(shown: Any, former: str, part: bool) -> Any:
	if not (part and former):
		return shown == former
	text = former.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
	return (shown == former) | shown.like(f"{text}{DASH}%") | shown.like(f"%{DASH}{text}")


def _exact(term: Any) -> Any:
	return Function("binary", term)


def _write(copy: Copy, names: list[str], source: Any, former: Any | None = None) -> None:
	if not names:
		return
	rows = frappe.qb.DocType(copy.doctype)
	value = source.get(copy.shows) or None
	if copy.part and former:
		value = Function("replace", rows[copy.fieldname], former.get(copy.shows), value or "")
	query = frappe.qb.update(rows).set(rows[copy.fieldname], value)
	for column, expression in copy.also:
		query = query.set(rows[column], expression(rows))
	query.where(rows.name.isin(names)).run()
	# `modified` stays: a save fetches again, so that a form somebody has open is not out of date
	frappe.clear_document_cache(copy.doctype)


def note_all_behind() -> int:
	"""For the patch: note every source that is shown under a former name; returns how many."""
	behind: dict[str, set[str]] = {}
	for copy in table():
		if copy.current and not copy.by_former:
			behind.setdefault(copy.source, set()).update(_sources_behind(copy))
	for doctype, names in behind.items():
		Backlog(WORK, doctype).want(sorted(names))
	return sum(map(len, behind.values()))


def _sources_behind(copy: Copy) -> list[str]:
	rows, source = frappe.qb.DocType(copy.doctype), frappe.qb.DocType(copy.source).as_("source")
	shown, value = (Function("coalesce", term, "") for term in (rows[copy.fieldname], source[copy.shows]))
	return (
		frappe.qb.from_(rows)
		.join(source)
		.on(source.name == rows[copy.link])
		.select(source.name)
		.distinct()
		.where(copy.current(rows) & (_exact(shown) != _exact(value)))
		.run(pluck=True)
	)
