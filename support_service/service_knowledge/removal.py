"""What hangs on an article goes with it."""

from __future__ import annotations

from typing import Any

import frappe

from support_service.service_knowledge import help_articles, misses, uses, votes
from support_service.service_knowledge.search import index


def on_trash(article: Any) -> None:
	"""An article is deleted: its page, votes, ties to requests and terms."""
	help_articles.withdraw(article)
	for kept in (votes.VOTE, uses.USE):
		frappe.db.delete(kept, {"article": article.name})
	# what it answered is unanswered again
	answered = {"article": article.name}
	frappe.db.set_value(misses.MISS, answered, {"article": None, "state": "Open"}, update_modified=False)
	index.forget(article.name)
