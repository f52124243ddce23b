"""What our documents show of others (the customer's name, an item's name): it follows when the other is changed.

Frappe fetches when a document is saved and not when its source is, so lists and prints would show former names until each
is saved. Each room lists what its documents show (`copies.py` of the room, named in hooks.py under
`support_service_copies`); together the lists are one table. Open and current records follow at once, a few statements
for each line; where more than LIMIT rows must change, the source is noted as postponed work and worked off in the
background in chunks. What a person may have typed is known by the former value, which no later run knows: it always
follows at once. Closed and submitted papers keep what they said. Another's save is never refused because of a copy: what
is longer than the column is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import create_batch
from pypika.terms import Function

from support_service.constants.words import N_
from support_service.foundation import batches
from support_service.foundation.names import shown_texts
from support_service.foundation.postponed import Backlog

HOOK = "support_service_copies"
WORK = N_("Show the present name of a record")
HINT = "support_service:copies_hint"
RUN = "support_service.foundation.names.copies.run"
LIMIT = 500  # rows changed while somebody waits
CHUNK = 2000

Where = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Copy:
	"""`doctype`.`fieldname` shows `shows` of the `source` document that `link` names.

	current: condition on the table (of the query builder) for rows that follow; None: none does. why: what is kept, and
	why.
	typed: people may have typed something else; only what shows the former value follows.
	part: as typed, where it may also stand before or behind " – " in a longer text.
	also: other columns made of it → SQL expression.
	made: `shows` is no field: it is made of the fields of the source, an address as it is written, say.
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
	made: Callable[[frappe._dict], str] | None = None

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


def on_update(doc: Document, method: str | None = None) -> None:
	"""Listens to `on_update` of the sources (hooks.py)."""
	stored = doc.get_doc_before_save()
	if not stored:
		return
	copies = _of(doc.doctype)
	before, now = _shown(stored, copies), _shown(doc, copies)
	changed = [copy for copy in copies if (before[copy.shows] or None) != (now[copy.shows] or None)]
	if changed:
		_follow(doc.doctype, doc.name, now, changed, before)


def after_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
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
	batches.begun(HINT)
	waiting = frappe.get_all(
		"Postponed Work", {"work": WORK}, pluck="reference_doctype", distinct=True, order_by=None
	)
	done = 0
	for doctype in sorted(waiting):
		backlog = Backlog(WORK, doctype)
		done += batches.one_by_one(
			backlog.due(),
			lock=partial(batches.lock_name, doctype),
			work=partial(_work, doctype, backlog),
			failed=backlog.note,
		)
	return done


def _of(doctype: str) -> list[Copy]:
	return [copy for copy in table() if copy.source == doctype and copy.current]


def _follow(doctype: str, name: str, source: Any, copies: list[Copy], former: Any | None) -> None:
	changes = [_Change(copy, name, source, former) for copy in copies]
	for change in changes:
		if change.copy.by_former:
			for names in change.chunks():
				change.write(names)
	found = [(change, change.behind(LIMIT + 1)) for change in changes if not change.copy.by_former]
	if sum(len(names) for _change, names in found) > LIMIT:
		Backlog(WORK, doctype).want([name])
		batches.enqueue(RUN, HINT)
		return
	for change, names in found:
		change.write(names)


def _work(doctype: str, backlog: Backlog, name: str) -> None:
	copies = [copy for copy in _of(doctype) if not copy.by_former]
	source = _values(doctype, name, copies)
	for copy in copies:
		change = _Change(copy, name, source)
		for names in change.chunks():
			change.write(names)
			frappe.db.commit()  # a batch job: a chunk that follows stands, and its rows are free again
	# where it was changed between two chunks, it waits for the next run
	if _values(doctype, name, copies) == source:
		backlog.forget([name])


def _values(doctype: str, name: str, copies: list[Copy]) -> frappe._dict:
	fields: Any = sorted({copy.shows for copy in copies}) or ["name"]
	if any(copy.made for copy in copies):
		fields = "*"
	row = frappe.db.get_value(doctype, name, fields, as_dict=True)
	return _shown(row, copies) if row else frappe._dict()


def _shown(source: Any, copies: list[Copy]) -> frappe._dict:
	"""What `copies` show of a stored row or a document, by their `shows`."""
	fields = source.as_dict() if isinstance(source, Document) else source
	return frappe._dict(
		{copy.shows: copy.made(fields) if copy.made else fields.get(copy.shows) for copy in copies}
	)


@dataclass(slots=True)
class _Change:
	"""The rows of `copy` that name `name`, whose values were `former`, are to show what `source` says now."""

	copy: Copy
	name: str
	source: Any
	former: Any | None = None

	def behind(self, limit: int, after: str = "") -> list[str]:
		"""Rows that follow and show something else, in the order of their names, from behind `after`."""
		rows = frappe.qb.DocType(self.copy.doctype)
		query = frappe.qb.from_(rows).select(rows.name).where(self._follows(rows))
		if after:
			query = query.where(rows.name > after)
		return query.orderby(rows.name).limit(limit).run(pluck=True)

	def chunks(self) -> Iterator[list[str]]:
		"""All such rows."""
		names = self.behind(CHUNK)
		while names:
			yield names
			names = self.behind(CHUNK, after=names[-1])

	def write(self, names: list[str]) -> None:
		if not names:
			return
		copy, rows = self.copy, frappe.qb.DocType(self.copy.doctype)
		query = frappe.qb.update(rows).set(rows[copy.fieldname], self._now(rows))
		for column, expression in copy.also:
			query = query.set(rows[column], shown_texts.cut(copy.doctype, column, expression(rows)))
		# asked again: what was read may be of a snapshot, and somebody may have saved the row meanwhile
		query.where(rows.name.isin(names) & self._follows(rows)).run()
		# `modified` stays: a save fetches again, so that a form somebody has open is not out of date
		frappe.clear_document_cache(copy.doctype)

	@property
	def value(self) -> str:
		return shown_texts.cut_text(
			self.copy.doctype, self.copy.fieldname, self.source.get(self.copy.shows) or ""
		)

	@property
	def before(self) -> str:
		return (self.former.get(self.copy.shows) if self.former else "") or ""

	def _follows(self, rows: Any) -> Any:
		shown = rows[self.copy.fieldname]
		found = (rows[self.copy.link] == self.name) & self.copy.current(rows)
		if self.copy.part and self.before:
			return found & shown_texts.holds_at_an_end(shown, self.before)
		if self.copy.by_former:
			return found & (shown == self.before)
		# binary: a change of case alone is a change
		different = (_exact(shown) != _exact(self.value)) if self.value else (shown != "")
		return found & (different | shown.isnull() if self.value else different)

	def _now(self, rows: Any) -> Any:
		copy = self.copy
		if not (copy.part and self.before):
			return self.value or None
		text = shown_texts.with_ends(rows[copy.fieldname], self.before, self.value)
		return shown_texts.cut(copy.doctype, copy.fieldname, text)


def _exact(term: Any) -> Any:
	return Function("binary", term)


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
	if copy.made:
		return _made_behind(copy)
	rows, source = frappe.qb.DocType(copy.doctype), frappe.qb.DocType(copy.source).as_("source")
	there = shown_texts.cut(copy.doctype, copy.fieldname, source[copy.shows])
	shown, value = (Function("coalesce", term, "") for term in (rows[copy.fieldname], there))
	return (
		frappe.qb.from_(rows)
		.join(source)
		.on(source.name == rows[copy.link])
		.select(source.name)
		.distinct()
		.where(copy.current(rows) & (_exact(shown) != _exact(value)))
		.run(pluck=True)
	)


def _made_behind(copy: Copy) -> list[str]:
	rows = frappe.qb.DocType(copy.doctype)
	shown: dict[str, set[str]] = {}
	for name, value in (
		frappe.qb.from_(rows)
		.select(rows[copy.link], rows[copy.fieldname])
		.distinct()
		.where(copy.current(rows) & (rows[copy.link] > ""))
		.run()
	):
		shown.setdefault(name, set()).add(value or "")
	behind: list[str] = []
	for names in create_batch(sorted(shown), CHUNK):
		sources = frappe.get_all(copy.source, filters={"name": ("in", names)}, fields=["*"], order_by=None)
		behind += [source.name for source in sources if shown[source.name] != {copy.made(source) or ""}]
	return behind
