"""Whitelisted functions of the customer portal: articles that may answer what is being written, and whether they did."""

from __future__ import annotations

from mimetypes import guess_type

import frappe
from frappe import _

from support_service.customer_portal import pages
from support_service.customer_portal.knowledge import articles
from support_service.foundation import rate_limits
from support_service.service_knowledge import votes

SUGGESTIONS, SEARCHES, VOTES, FILES = 1200, 120, 120, 600  # of one user in an hour
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


@frappe.whitelist(methods=["POST"])
def suggest(text: str, unit: str = "") -> list[dict[str, str]]:
	"""Articles that may answer `text`, which the customer is writing: title, route. unit: one of their own devices."""
	if not pages.own_customers():
		frappe.throw(_("There is no such entry, or it is not one of yours."), frappe.PermissionError)
	rate_limits.count("knowledge-suggest", SUGGESTIONS, subject=frappe.session.user)
	return articles.suggestions(text, unit or None)


@frappe.whitelist(methods=["POST"])
def searched(text: str) -> None:
	"""The page of a search was shown: what was not found is noted. Opening the page changes nothing by itself."""
	pages.refuse_forged()
	if not pages.own_customers():
		frappe.throw(_("There is no such entry, or it is not one of yours."), frappe.PermissionError)
	rate_limits.count("knowledge-searched", SEARCHES, subject=frappe.session.user)
	articles.note_unless_found(text[: articles.LONGEST_SEARCH])


@frappe.whitelist(methods=["POST"])
def vote(article: str, helpful: bool, comment: str = "") -> dict[str, str]:
	"""Say whether an article was helpful; the last thing somebody says counts."""
	pages.refuse_forged()
	found = articles.find_article(article)
	rate_limits.count("knowledge-vote", VOTES, subject=frappe.session.user)
	votes.vote(found.name, helpful, comment)
	return {"name": found.name}


@frappe.whitelist(methods=["GET"])
def file(name: str) -> None:
	"""A file of an article; pictures are shown, everything else is downloaded."""
	found = articles.find_file(name)
	rate_limits.count("knowledge-file", FILES, subject=frappe.session.user)
	kind = guess_type(found.file_name or "")[0]
	frappe.local.response.update(
		{
			"type": "download",
			"filename": found.file_name,
			"filecontent": found.get_content(),
			"content_type": kind if kind in PICTURES else "application/octet-stream",
			"display_content_as": "inline" if kind in PICTURES else "attachment",
		}
	)
