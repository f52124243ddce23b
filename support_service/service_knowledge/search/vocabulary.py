"""Which terms the articles contain, and in how many of them each stands; the one writer of Knowledge Word.

A search uses it to know which of its words say most, which words a mistyped one may have meant, and which contain what was
typed. It follows the index a little later: an article is found by its words before they are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import frappe
from pypika.functions import Length

from support_service.foundation import batches, locks, rows
from support_service.service_knowledge.search import spelling
from support_service.service_knowledge.search.terms import WORD

INDEX, VOCABULARY = "Knowledge Index", "Knowledge Word"
TOTAL = "0"  # its row says how many articles were counted; no term looks like it
COUNT, COUNTING = f"{__name__}.count", "support_service:knowledge:counting"
CHUNK = 200
MOST_LIKE = 2000


def known(terms: Iterable[str]) -> tuple[dict[str, int], int]:
	"""Term → in how many articles it stands, of those that were counted; and the number of all articles."""
	asked = sorted({TOTAL, *terms})
	word = frappe.qb.DocType(VOCABULARY)
	found = dict(frappe.qb.from_(word).select(word.name, word.articles).where(word.name.isin(asked)).run())
	return found, found.pop(TOTAL, 0)


def meant(word: str) -> dict[str, float]:
	"""Terms of words that `word`, a stem without digits, may be a misspelling of → how sure that is."""
	most = spelling.mistakes_forgiven(word)
	if not most:
		return {}
	table = frappe.qb.DocType(VOCABULARY)
	# the first two letters may be swapped; nobody mistypes both
	starts = table.name.like(f"{WORD}{word[0]}%") | table.name.like(f"{WORD}{word[1]}%")
	length = Length(table.name)
	near = length[len(word) + 1 - most : len(word) + 1 + most]
	found = frappe.qb.from_(table).select(table.name).where(starts & near).limit(MOST_LIKE).run()
	return {WORD + other: sure for other, sure in spelling.meant(word, _words(found)).items()}


def containing(word: str) -> dict[str, float]:
	"""Terms of words that contain `word`, a stem → how sure it is that they are meant."""
	if len(word) < spelling.SHORTEST_INSIDE or not word.isalnum():
		return {}
	table = frappe.qb.DocType(VOCABULARY)
	inside = table.name.like(f"{WORD}%{word}%")
	found = frappe.qb.from_(table).select(table.name).where(inside).limit(MOST_LIKE).run()
	return {WORD + other: sure for other, sure in spelling.inside(word, _words(found)).items()}


def count() -> None:
	"""Add the terms of articles that were indexed since; a job, and part of a sweep."""
	batches.begun(COUNTING)
	with locks.alone("count knowledge words") as mine:
		if not mine:
			return
		while names := frappe.get_all(INDEX, {"counted": 0}, pluck="name", limit=CHUNK, order_by="creation"):
			_add(names)
			frappe.db.commit()  # a batch job: each part is a transaction of its own


def recount() -> None:
	"""Scheduler: count all articles anew, as changed and deleted ones leave their old words behind."""
	with locks.alone("count knowledge words") as mine:
		if not mine:
			return
		counted: Counter[str] = Counter()
		number, last = 0, ""
		while texts := frappe.get_all(
			INDEX, {"name": (">", last)}, ["name", "terms"], limit=CHUNK, order_by="name", as_list=True
		):
			for _name, terms in texts:
				counted.update(set((terms or "").split()))
			number, last = number + len(texts), texts[-1][0]
		counted[TOTAL] = number
		frappe.db.delete(VOCABULARY)
		_store(counted)
		frappe.db.set_value(INDEX, {"counted": 0}, "counted", 1, update_modified=False)
		frappe.db.commit()  # a batch job


def _add(names: list[str]) -> None:
	counted: Counter[str] = Counter()
	for terms in frappe.get_all(INDEX, {"name": ("in", names)}, pluck="terms", order_by=None):
		counted.update(set((terms or "").split()))
	before, _total = known(counted)
	counted.update(before)
	counted[TOTAL] = frappe.db.count(INDEX)
	_store(counted)
	frappe.db.set_value(INDEX, {"name": ("in", names)}, "counted", 1, update_modified=False)


def _store(counted: Counter[str]) -> None:
	lines = [{"name": term, "term": term, "articles": articles} for term, articles in sorted(counted.items())]
	rows.insert(VOCABULARY, lines, leave_present=True)
	rows.update(VOCABULARY, lines)


def _words(found: list[tuple[str]]) -> list[str]:
	return [name.removeprefix(WORD) for (name,) in found]
