"""Whether an article was helpful: one person, one vote, which they may change; the one writer of Knowledge Vote."""

from __future__ import annotations

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Count, Sum

from support_service.foundation import locks, rows

ARTICLE, VOTE = "Knowledge Article", "Knowledge Vote"
LONGEST_COMMENT = 1000


def vote(article: str, helpful: bool, comment: str = "") -> None:
	"""Store what the session's user says of an article; the caller has checked that they may read it."""
	user = frappe.session.user
	# two clicks at once wait for one another here
	locks.get_value(ARTICLE, article)
	name = frappe.db.get_value(VOTE, {"article": article, "user": user})
	said = {"helpful": int(helpful), "comment": (comment or "").strip()[:LONGEST_COMMENT]}
	if name:
		frappe.db.set_value(VOTE, name, said)
	else:
		row = {"name": frappe.generate_hash(length=12), "article": article, "user": user, **said}
		rows.insert(VOTE, [row])
	_count(article)


def own(article: str) -> bool | None:
	"""What the session's user has said; None: nothing yet."""
	said = frappe.db.get_value(VOTE, {"article": article, "user": frappe.session.user}, "helpful")
	return None if said is None else bool(said)


def _count(article: str) -> None:
	vote = DocType(VOTE)
	voted, helpful = (
		frappe.qb.from_(vote).select(Count("*"), Sum(vote.helpful)).where(vote.article == article).run()[0]
	)
	counts = {"helpful": int(helpful or 0), "not_helpful": voted - int(helpful or 0)}
	# `modified` stays: a form that somebody has open can still be saved
	frappe.db.set_value(ARTICLE, article, counts, update_modified=False)
