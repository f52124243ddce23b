"""Keeps the terms of each article in the database's full text index; the one writer of Knowledge Index.

One row for each article, written in the transaction that saves it. The database shows it to searches when that is committed.
A row of an older version of the rules is made anew by a sweep.
"""

from __future__ import annotations

from typing import Any

import frappe

from support_service.foundation import batches, rows
from support_service.service_knowledge.search import vocabulary
from support_service.service_knowledge.search.terms import document_terms
from support_service.service_knowledge.search.texts import plain_text

ARTICLE, INDEX = "Knowledge Article", "Knowledge Index"
# raise it when the terms of a text change: the sweep makes all rows anew
VERSION = 1
MOST_AT_ONCE = 2000


def index(article: Any) -> None:
	"""Store the terms of `article` (a document, or a row with its fields)."""
	terms = terms_of(article)
	stored = frappe.db.get_value(INDEX, article.name, ["terms", "made_by"], as_dict=True)
	if stored and (stored.terms, stored.made_by) == (terms, VERSION):
		return
	row = {"name": article.name, "article": article.name, "terms": terms, "made_by": VERSION, "counted": 0}
	if stored:
		rows.update(INDEX, [row])
	else:
		rows.insert(INDEX, [row], leave_present=True)
	batches.enqueue(vocabulary.COUNT, vocabulary.COUNTING)


def terms_of(article: Any) -> str:
	"""What an article is found by, as terms."""
	item_name = frappe.db.get_value("Item", article.item, "item_name", cache=True) if article.item else ""
	head = (
		article.models or "",
		article.keywords or "",
		article.item or "",
		item_name or "",
		plain_text(article.symptom),
	)
	body = (
		article.versions or "",
		article.item_group or "",
		article.category or "",
		plain_text(article.cause),
		plain_text(article.solution),
	)
	return document_terms(article.title or "", head, body)


def forget(article: str) -> None:
	"""An article is deleted."""
	frappe.db.delete(INDEX, {"name": article})


def make_stale(articles: list[str]) -> None:
	"""Have the sweep make the terms of `articles` anew."""
	if articles:
		frappe.db.set_value(INDEX, {"name": ("in", articles)}, "made_by", 0, update_modified=False)


def run() -> None:
	"""Scheduler: make missing rows and those of an older version."""
	done = frappe.qb.DocType(INDEX)
	article = frappe.qb.DocType(ARTICLE)
	missing = (
		frappe.qb.from_(article)
		.left_join(done)
		.on(done.name == article.name)
		.select(article.name)
		.where(done.name.isnull() | (done.made_by != VERSION))
		.limit(MOST_AT_ONCE)
	)
	names = [row[0] for row in missing.run()]
	batches.one_by_one(
		names,
		lock=lambda name: batches.lock_name(ARTICLE, name),
		work=lambda name: index(frappe.get_doc(ARTICLE, name)),
	)
	vocabulary.count()
