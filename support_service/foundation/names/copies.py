"""Values that our documents copy from others (the customer's name, an item's name): copies are updated when the source changes.

Frappe fetches such values when our document is saved, not when the source is, so lists and prints would show former names. Each
room lists its copies (`copies.py` of the room, named in hooks.py under `support_service_copies`); together the lists are one
table. Copies in open and current records are updated at once, with a few statements per line; where more than LIMIT rows must
change, the source becomes a row of Postponed Work and the rows are updated in the background in chunks. A field in which people
may have typed something else is updated only where it still shows the former value of the source; as no later run knows that
value, such fields are always updated at once. Closed and submitted documents keep the old value. The save of the source never
fails because of a copy: a value too long for the column is cut.
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
QUEUED = "support_service:copies_hint"
RUN = "support_service.foundation.names.copies.run"
LIMIT = 500  # rows changed while somebody waits
CHUNK = 2000

Where = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Copy:
	"""`doctype`.`fieldname` copies the field `shows` of the `source` document that the field `link` names.

	current: condition of the query builder for the rows that are updated; None: no row is. why: which rows keep the old
	value, and why.
	typed: people may have typed something else; only rows that show the former value are updated.
	part: as typed, and the copy may also stand before or after " – " in a longer text.
	also: other columns computed from the copy → SQL expression.
	made: `shows` is no field but is made of the source's fields by this function, for example a formatted address.
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
		"""Whether rows to update are found by the former value."""
		return self.typed or self.part


def everywhere(table: Any) -> Any:
	"""Condition: all rows are updated."""
	return table.name.notnull()


def draft(table: Any) -> Any:
	"""Condition: submitted documents, and their rows, keep the old value."""
	return table.docstatus == 0


def table() -> list[Copy]:
	"""The lists of all rooms."""
	return [copy for path in frappe.get_hooks(HOOK) for copy in frappe.get_attr(path)]


def sources() -> set[str]:
	"""DocTypes of which some document of ours shows a value that is updated."""
	return {copy.source for copy in table() if copy.current}


def on_update(doc: Document, method: str | None = None) -> None:
	"""Hook `on_update` of the sources: update the copies of fields that changed."""
	stored = doc.get_doc_before_save()
	if not stored:
		return
	copies = _of(doc.doctype)
	before, now = _shown(stored, copies), _shown(doc, copies)
	changed = [copy for copy in copies if (before[copy.shows] or None) != (now[copy.shows] or None)]
	if changed:
		_follow(doc.doctype, doc.name, now, changed, before)


def after_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Hook `after_rename` of every DocType: the copy may be of the name, and after a merge only one title is left."""
	# read from the database: ERPNext may just have changed the title there
	follow_sources(doc.doctype, [new])
	copies = [copy for copy in _of(doc.doctype) if copy.by_former]
	now = _values(doc.doctype, new, copies)
	if merge:
		_follow(doc.doctype, new, now, copies, _values(doc.doctype, old, copies))
	elif named := [copy for copy in copies if now.get(copy.shows) == new]:
		# the title was the name: ERPNext has changed both
		_follow(doc.doctype, new, now, named, frappe._dict({copy.shows: old for copy in named}))


def follow_sources(doctype: str, names: Iterable[str]) -> None:
	"""Update all copies of these sources: for code that changes sources in the database without saving them."""
	copies = [copy for copy in _of(doctype) if not copy.by_former]
	for name in names if copies else ():
		_follow(doctype, name, _values(doctype, name, copies), copies, None)


def run() -> int:
	"""Job, hourly and after a change of many rows: update postponed copies; returns for how many sources. Commits."""
	batches.begun(QUEUED)
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
		Backlog(WORK, doctype).add([name])
		batches.enqueue(RUN, QUEUED)
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
			frappe.db.commit()  # a batch job: the chunk is kept, and its rows are unlocked
	# if the source was changed between two chunks, it stays for the next run
	if _values(doctype, name, copies) == source:
		backlog.forget([name])


def _values(doctype: str, name: str, copies: list[Copy]) -> frappe._dict:
	fields: Any = sorted({copy.shows for copy in copies}) or ["name"]
	if any(copy.made for copy in copies):
		fields = "*"
	row = frappe.db.get_value(doctype, name, fields, as_dict=True)
	return _shown(row, copies) if row else frappe._dict()


def _shown(source: Any, copies: list[Copy]) -> frappe._dict:
	"""The values of a stored row or document that `copies` copy, by their `shows`."""
	fields = source.as_dict() if isinstance(source, Document) else source
	return frappe._dict(
		{copy.shows: copy.made(fields) if copy.made else fields.get(copy.shows) for copy in copies}
	)


@dataclass(slots=True)
class _Change:
	"""One update: rows of `copy` that link to `name`, whose values were `former`, are to show those of `source`."""

	copy: Copy
	name: str
	source: Any
	former: Any | None = None

	def behind(self, limit: int, after: str = "") -> list[str]:
		"""Names of at most `limit` rows that are to be updated, sorted, from after the name `after`."""
		rows = frappe.qb.DocType(self.copy.doctype)
		query = frappe.qb.from_(rows).select(rows.name).where(self._follows(rows))
		if after:
			query = query.where(rows.name > after)
		return query.orderby(rows.name).limit(limit).run(pluck=True)

	def chunks(self) -> Iterator[list[str]]:
		"""The names of all such rows, in chunks."""
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
		# the condition again: the names may come from an old snapshot, and somebody may have saved a row meanwhile
		query.where(rows.name.isin(names) & self._follows(rows)).run()
		# `modified` stays, so that an open form can be saved; the save fetches the value again
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
		# binary: a difference in case counts, too
		different = (_exact(shown) != _exact(self.value)) if self.value else (shown != "")
		return found & (different | shown.isnull() if self.value else different)

	def _now(self, rows: Any) -> Any:
		copy = self.copy
		if not (copy.part and self.before):
			return self.value or None
		text = shown_texts.replace_at_ends(rows[copy.fieldname], self.before, self.value)
		return shown_texts.cut(copy.doctype, copy.fieldname, text)


def _exact(term: Any) -> Any:
	return Function("binary", term)


def note_all_behind() -> int:
	"""For the patch: postpone every source of which some copy is out of date; returns how many."""
	behind: dict[str, set[str]] = {}
	for copy in table():
		if copy.current and not copy.by_former:
			behind.setdefault(copy.source, set()).update(_sources_behind(copy))
	for doctype, names in behind.items():
		Backlog(WORK, doctype).add(sorted(names))
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
