"""Whitelisted functions of the knowledge base for staff. Each checks first what the caller may read or change."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import frappe
from frappe import _

from support_service.permissions import named_links
from support_service.permissions.role_check import require_role
from support_service.permissions.rule import SYSTEM_MANAGER
from support_service.service_knowledge import articles, drafts, exchange, help_articles, misses, uses, votes
from support_service.service_knowledge.search import find
from support_service.service_knowledge.search.texts import excerpt
from support_service.service_knowledge.states import REVIEWERS

ARTICLE, CASE = "Knowledge Article", "Service Request"
EDITORS = (*REVIEWERS, SYSTEM_MANAGER)
EXCERPT = 200
MOST_SUGGESTED = 5
MOST_FOUND = 30


@frappe.whitelist()
def search(text: str, outdated: bool = False) -> list[dict[str, Any]]:
	"""Articles that answer `text`, best first: name, title, state, audience, item, solved_cases, score, share, excerpt.

	What nobody wrote about yet goes on the list of searches without a result.
	"""
	frappe.has_permission(ARTICLE, throw=True)
	found = find.for_staff(text, limit=MOST_FOUND, outdated=outdated)
	misses.note_unless_answered(text, (one.share for one in found), misses.DESK)
	return _with_excerpts(found)


@frappe.whitelist()
def suggest(text: str, item_code: str | None = None) -> list[dict[str, Any]]:
	"""What may answer a text that is being written; as `search`, without excerpts, five at most."""
	frappe.has_permission(ARTICLE, throw=True)
	named_links.require("Item", item_code, _("Item"))
	found = find.for_staff(text, about=find.about(item_code), limit=MOST_SUGGESTED, unfinished=True)
	return [asdict(one) for one in found]


@frappe.whitelist()
def preview(article: str) -> dict[str, Any]:
	"""An article to read beside a request: title, state, symptom, cause, solution, versions, own vote."""
	doc = frappe.get_doc(ARTICLE, article)
	doc.check_permission("read")
	texts = {field: doc.get(field) or "" for field in ("title", "symptom", "cause", "solution", "versions")}
	return {"name": doc.name, "state": doc.state, "vote": votes.own(doc.name), **texts}


@frappe.whitelist()
def steps(article: str) -> list[dict[str, Any]]:
	"""Steps that the session's user may take: action, label, needs_reason."""
	doc = frappe.get_doc(ARTICLE, article)
	doc.check_permission("read")
	return [
		{"action": one.action, "label": _(one.label), "needs_reason": one.needs_reason}
		for one in articles.allowed_steps(doc)
	]


@frappe.whitelist(methods=["POST"])
def step(article: str, action: str, reason: str = "") -> dict[str, str]:
	"""Take a step; returns the new state. See articles.take for what may be refused."""
	frappe.has_permission(ARTICLE, "read", article, throw=True)
	return {"state": articles.take(article, action, reason).state}


@frappe.whitelist(methods=["POST"])
def draft_from_case(request: str) -> dict[str, Any]:
	"""Write a draft from a solved request; returns its name, and what kinds of things were taken out of its texts."""
	frappe.has_permission(CASE, "read", request, throw=True)
	name, taken = drafts.from_case(request)
	return {"name": name, "taken": [_(drafts.KINDS[kind]) for kind in drafts.anonymise.kinds(taken)]}


@frappe.whitelist()
def of_case(request: str) -> list[dict[str, Any]]:
	"""Articles tied to a request that the caller may read: name, title, state, outcome."""
	frappe.has_permission(CASE, "read", request, throw=True)
	tied = {row["article"]: row["outcome"] for row in uses.of_case(request)}
	if not tied or not frappe.has_permission(ARTICLE):
		return []
	rows = frappe.get_list(ARTICLE, {"name": ("in", list(tied))}, ["name", "title", "state"], order_by=None)
	return [{**row, "outcome": tied[row.name]} for row in rows]


@frappe.whitelist(methods=["POST"])
def note_use(article: str, request: str, outcome: str) -> None:
	"""Say that an article solved a request, did not help, or (empty) that this was said by mistake."""
	frappe.has_permission(ARTICLE, "read", article, throw=True)
	frappe.has_permission(CASE, "write", request, throw=True)
	if not outcome:
		uses.take_back(article, request)
	elif outcome in (uses.SOLVED, uses.DID_NOT_HELP):
		uses.note(article, request, outcome)
	else:
		frappe.throw(_("There is no outcome called {0}.").format(outcome), articles.ArticleError)


@frappe.whitelist(methods=["POST"])
def vote(article: str, helpful: bool, comment: str = "") -> None:
	"""Say whether an article was helpful; the last thing somebody says counts."""
	frappe.has_permission(ARTICLE, "read", article, throw=True)
	votes.vote(article, helpful, comment)


@frappe.whitelist(methods=["POST"])
def export_articles(names: str | list[str] | None = None) -> dict[str, Any]:
	"""Articles as JSON, to take them along to another site; gives each its lasting key."""
	_only_editors()
	frappe.has_permission(ARTICLE, "export", throw=True)
	return exchange.exported(frappe.parse_json(names) if names else None)


@frappe.whitelist(methods=["POST"])
def import_articles(data: str | dict[str, Any]) -> dict[str, int]:
	"""Bring in an export of another site; returns how many are new, changed and the same."""
	_only_editors()
	frappe.has_permission(ARTICLE, "create", throw=True)
	return exchange.imported(frappe.parse_json(data))


@frappe.whitelist(methods=["POST"])
def take_over_help_articles() -> int:
	"""Make articles of Frappe's Help Articles that are not among ours yet; returns how many."""
	_only_editors()
	return len(help_articles.take_over())


def _only_editors() -> None:
	require_role(
		EDITORS, _("Only After-Sales Leads and Service Managers may do that. Please ask one of them.")
	)


def _with_excerpts(found: list[find.Found]) -> list[dict[str, Any]]:
	"""With the beginning of what each says; the search has checked that the caller may read them."""
	names = [one.name for one in found]
	fields = ["name", "symptom", "solution", "cause"]
	texts = {row.name: row for row in frappe.get_all(ARTICLE, {"name": ("in", names or [""])}, fields)}
	return [
		{
			**asdict(one),
			"excerpt": excerpt(
				texts[one.name].symptom or texts[one.name].solution or texts[one.name].cause, EXCERPT
			),
		}
		for one in found
	]
