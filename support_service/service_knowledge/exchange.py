"""Articles as JSON: taken along to another site and brought in there, again and again without doubles.

For spreadsheets there is Frappe's own export and Data Import. Votes and requests stay where they are; so do customers: an
article for one customer is not taken along.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from support_service.service_knowledge.articles import ArticleError
from support_service.service_knowledge.states import State

ARTICLE = "Knowledge Article"
FORMAT = "support_service/knowledge/1"
MOST = 5000
TEXTS = ("title", "keywords", "models", "versions", "symptom", "cause", "solution")
LINKS = {"category": "Help Category", "item": "Item", "item_group": "Item Group"}
FIELDS = ("audience", "state", "review_date")
CHOICES = {"audience": ("Staff", "Customers"), "state": tuple(State)}


def exported(names: list[str] | None = None) -> dict[str, Any]:
	"""Articles that the session's user may read, as data. names: these only."""
	filters: dict[str, Any] = {"audience": ("!=", "One Customer")}
	if names:
		filters["name"] = ("in", names)
	fields = ["name", "exchange_key", *TEXTS, *LINKS, *FIELDS]
	rows = frappe.get_list(ARTICLE, filters, fields, order_by="name asc", limit=MOST)
	articles = []
	for row in rows:
		key = row.exchange_key or _keyed(row.name)
		articles.append(
			{
				"key": key,
				**{field: row[field] or "" for field in (*TEXTS, *LINKS)},
				**{field: str(row[field] or "") for field in FIELDS},
			}
		)
	return {"format": FORMAT, "articles": articles}


def imported(data: Any) -> dict[str, int]:
	"""Bring in what `exported` gave; returns how many are new, changed and as they were. All of them or none.

	What names a category, an item or a group that this site does not have comes in without it.
	"""
	if (
		not isinstance(data, dict)
		or data.get("format") != FORMAT
		or not isinstance(data.get("articles"), list)
	):
		frappe.throw(
			_("This is no export of articles. Please choose the file that Export gave you."), ArticleError
		)
	if len(data["articles"]) > MOST:
		frappe.throw(_("At most {0} articles are brought in at once.").format(MOST), ArticleError)
	done = {"new": 0, "changed": 0, "same": 0}
	for entry in data["articles"]:
		done[_bring_in(entry)] += 1
	return done


def _bring_in(entry: Any) -> str:
	if not isinstance(entry, dict) or not entry.get("key") or not entry.get("title"):
		frappe.throw(_("An article in the file has no key or no title."), ArticleError)
	values = {field: str(entry.get(field) or "") for field in TEXTS}
	for field, doctype in LINKS.items():
		name = str(entry.get(field) or "")
		values[field] = name if name and frappe.db.exists(doctype, name) else None
	for field, choices in CHOICES.items():
		values[field] = entry.get(field) if entry.get(field) in choices else choices[0]
	values["review_date"] = entry.get("review_date") or None
	there = frappe.db.get_value(ARTICLE, {"exchange_key": str(entry["key"])})
	article = frappe.get_doc(ARTICLE, there) if there else frappe.new_doc(ARTICLE)
	if there:
		# the state is this site's to say
		del values["state"]
		if all(
			(article.get(field) or "") == (value or "")
			for field, value in values.items()
			if field != "review_date"
		):
			return "same"
	else:
		article.flags.exchange_key = str(entry["key"])[:140]
	article.update(values)
	article.save()
	return "changed" if there else "new"


def _keyed(name: str) -> str:
	key = frappe.generate_hash(length=20)
	frappe.db.set_value(ARTICLE, name, "exchange_key", key, update_modified=False)
	return key
