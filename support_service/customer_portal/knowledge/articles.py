"""Articles on the customer's pages: searching them, reading one, and a request for which one did not help.

Customers see what is published for all of them, or for one they act for: the rule is in permissions/documents/knowledge_article.py.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils.html_utils import sanitize_html
from pypika import Order
from pypika.terms import PseudoColumn

from support_service.customer_portal import pages
from support_service.permissions.documents import knowledge_article
from support_service.service_knowledge import misses, uses, votes
from support_service.service_knowledge.search import find
from support_service.service_knowledge.search.texts import excerpt

ARTICLE = "Knowledge Article"
PAGE_LENGTH = 20
EXCERPT = 160
MOST_SUGGESTED = 4
LONGEST_SEARCH = 200
FILE = "/api/method/support_service.customer_portal.knowledge.api.file"
SOURCE = re.compile(r"""(<img\b[^>]*?\bsrc=["'])([^"']+)(["'])""", re.I)


def search(text: str) -> list[dict[str, Any]]:
	"""What a customer finds: name, title, route, excerpt."""
	found = find.for_customer(text, limit=PAGE_LENGTH)
	return _with_excerpts([(one.name, one.title) for one in found])


def note_unless_found(text: str) -> None:
	"""What nobody wrote about goes on the work list."""
	found = find.for_customer(text, limit=1)
	misses.note_unless_answered(text, (one.share for one in found), misses.PORTAL)


def suggestions(text: str, unit: str | None = None) -> list[dict[str, str]]:
	"""What may answer a text that a customer is writing: title, route. unit: one of their own."""
	item = pages.find_own("Installed Unit", unit).item_code if unit else None
	found = find.for_customer(text, about=find.about(item), limit=MOST_SUGGESTED, unfinished=True)
	return [{"title": one.title, "route": route(one.name)} for one in found]


def overview() -> list[dict[str, Any]]:
	"""What was helpful to most, by category: category, articles with name, title, excerpt."""
	article = DocType(ARTICLE)
	query = (
		frappe.qb.from_(article)
		.select(article.name, article.title, article.category)
		.where(article.state == "Published")
		.where(article.audience != "Staff")
		.orderby(article.solved_cases, order=Order.desc)
		.orderby(article.helpful, order=Order.desc)
		.orderby(article.name)
		.limit(PAGE_LENGTH * 2)
	)
	if condition := _scope().sql(ARTICLE):
		query = query.where(PseudoColumn(condition))
	rows = query.run(as_dict=True)
	shown = {one["name"]: one for one in _with_excerpts([(row.name, row.title) for row in rows])}
	groups: dict[str, list[dict[str, Any]]] = {}
	for row in rows:
		groups.setdefault(row.category or "", []).append(shown[row.name])
	return [
		{"category": category, "articles": groups[category]}
		for category in sorted(groups, key=lambda one: (not one, one))
	]


def find_article(name: str | None) -> Any:
	"""An article that the session's user may read on the portal; all others get the same answer as one that does not exist."""
	article = find_if_shown(name)
	if not article:
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	return article


def find_if_shown(name: str | None) -> Any | None:
	"""As `find_article`, and None where that raises: whoever reports a problem can do so after the article was withdrawn, too."""
	return frappe.get_doc(ARTICLE, name) if name and _is_shown(name) else None


def view(article: Any) -> dict[str, Any]:
	"""Context of the page of an article, which the caller has got from `find_article`."""
	files = frappe.get_all(
		"File",
		{"attached_to_doctype": ARTICLE, "attached_to_name": article.name, "is_folder": 0},
		["name", "file_name", "file_url"],
		order_by="creation asc",
	)
	for file in files:
		file.url = f"{FILE}?name={file.name}"
	whole = "".join((article.symptom or "", article.cause or "", article.solution or ""))
	texts = [(_("Symptom"), article.symptom), (_("Cause"), article.cause), (_("Solution"), article.solution)]
	return {
		"article": article,
		"texts": [
			(label, _with_pictures(sanitize_html(text, always_sanitize=True), files))
			for label, text in texts
			if text
		],
		# what is shown in the text is not listed below it once more
		"files": [file for file in files if file.file_url not in whole],
		"vote": votes.own(article.name),
	}


def did_not_help(article: str, request: str) -> None:
	"""A request was opened because an article did not help; both are the session's user's to see, the caller has checked."""
	uses.note(article, request, uses.DID_NOT_HELP)
	votes.vote(article, False)


def route(name: str) -> str:
	"""Where a customer reads an article."""
	return f"/service/knowledge/{name}"


def find_file(name: str | None) -> Any:
	"""A file of an article that the session's user may read on the portal."""
	fields = ["attached_to_doctype", "attached_to_name"]
	on = frappe.db.get_value("File", name, fields, as_dict=True) if name else None
	if not on or on.attached_to_doctype != ARTICLE or not _is_shown(on.attached_to_name):
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	return frappe.get_doc("File", name)


def _with_pictures(text: str, files: list[Any]) -> str:
	"""Customers get pictures through a function of ours: the path of a private file is closed to them."""
	address = {file.file_url: file.url for file in files}

	def replaced(match: re.Match[str]) -> str:
		url = address.get(unquote(unescape(match.group(2))))
		return f"{match.group(1)}{url}{match.group(3)}" if url else match.group()

	return SOURCE.sub(replaced, text)


def _is_shown(name: str, user: str | None = None) -> bool:
	audience = frappe.db.get_value(ARTICLE, name, ["state", "audience"], as_dict=True)
	# staff who also have a login at a customer see on the portal what the customer sees
	if not audience or audience.state != "Published" or audience.audience == "Staff":
		return False
	return _scope(user).holds(ARTICLE, name) is True


def _scope(user: str | None = None) -> Any:
	return knowledge_article.RULE.scope(user or frappe.session.user, as_customer=True)


def _with_excerpts(found: list[tuple[str, str]]) -> list[dict[str, Any]]:
	names = [name for name, _title in found]
	fields = ["name", "symptom", "solution", "cause"]
	texts = {row.name: row for row in frappe.get_all(ARTICLE, {"name": ("in", names or [""])}, fields)}
	return [
		{
			"name": name,
			"title": title,
			"route": route(name),
			"excerpt": excerpt(texts[name].symptom or texts[name].solution or texts[name].cause, EXCERPT),
		}
		for name, title in found
	]
