"""Articles on Frappe's website: what is published for everybody is a Help Article, too, written by us and by nobody else.

Frappe shows a published Help Article to everybody with a login, and its search on the website answers guests; so only what is
for all customers, published and marked *On the Website* ever becomes one, and it is taken back when that ends.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from support_service.service_knowledge.articles import ArticleError
from support_service.service_knowledge.states import State

ARTICLE, HELP = "Knowledge Article", "Help Article"
LONGEST_TITLE = 140


def follow(article: Any) -> None:
	"""An article was saved: its Help Article says the same, or is not published any more."""
	if not _is_public(article):
		withdraw(article)
		return
	if not article.category:
		frappe.throw(_("Choose a category: an article on the website stands in one."), ArticleError)
	known = article.help_article and frappe.db.exists(HELP, article.help_article)
	page = frappe.get_doc(HELP, article.help_article) if known else frappe.new_doc(HELP)
	page.update(
		{
			"title": article.title[:LONGEST_TITLE],
			"category": article.category,
			"content": content(article),
			"published": 1,
		}
	)
	if not known:
		page.level = "Beginner"
	# who publishes an article need not be an editor of the website
	page.save(ignore_permissions=True)
	if article.help_article != page.name:
		article.db_set("help_article", page.name, update_modified=False)


def withdraw(article: Any) -> None:
	"""The article's page is not shown any more."""
	if article.help_article and frappe.db.get_value(HELP, article.help_article, "published"):
		page = frappe.get_doc(HELP, article.help_article)
		page.published = 0
		# as above
		page.save(ignore_permissions=True)


def content(article: Any) -> str:
	"""Symptom, cause and solution as one text; a text that stands alone needs no heading."""
	parts = [(label, article.get(field)) for field, label in _parts() if article.get(field)]
	if len(parts) == 1:
		return parts[0][1]
	return "".join(f"<h3>{label}</h3>{text}" for label, text in parts)


def take_over() -> list[str]:
	"""Make articles of the Help Articles that are not ours yet; returns their names. Each stays the page of its article."""
	ours = set(frappe.get_all(ARTICLE, {"help_article": ("is", "set")}, pluck="help_article"))
	made = []
	for page in frappe.get_all(HELP, fields=["name", "title", "content", "category", "published"]):
		if page.name in ours:
			continue
		article = frappe.new_doc(ARTICLE)
		article.update(
			{
				"title": page.title,
				"solution": page.content,
				"category": page.category,
				"audience": "Customers",
				"on_website": page.published,
				"state": State.PUBLISHED if page.published else State.DRAFT,
			}
		)
		article.flags.help_article = page.name
		article.insert()
		made.append(article.name)
	return made


def on_trash(page: Any, method: str | None = None) -> None:
	"""Hook `on_trash` of Help Article: the article stays, without its page."""
	found = {"help_article": page.name}
	frappe.db.set_value(ARTICLE, found, {"help_article": None, "on_website": 0}, update_modified=False)


def _is_public(article: Any) -> bool:
	return bool(article.on_website) and article.audience == "Customers" and article.state == State.PUBLISHED


def _parts() -> list[tuple[str, str]]:
	return [("symptom", _("Symptom")), ("cause", _("Cause")), ("solution", _("Solution"))]
