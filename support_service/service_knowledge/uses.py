"""Which article solved which request, and which did not help; the one writer of Knowledge Use."""

from __future__ import annotations

from typing import Any

import frappe

from support_service.foundation import locks, rows
from support_service.support_service.removal import Hanging

ARTICLE, USE = "Knowledge Article", "Knowledge Use"
SOLVED, DID_NOT_HELP = "Solved", "Did Not Help"
# hook support_service_hanging_on_cases
USES = Hanging(USE, "service_request")


def note(article: str, request: str, outcome: str) -> None:
	"""Store what an article did for a request, once for each pair; what is said last holds.

	The caller has checked that the user may read both.
	"""
	# two clicks at once wait for one another here
	locks.get_value(ARTICLE, article)
	name = frappe.db.get_value(USE, {"article": article, "service_request": request})
	said = {"outcome": outcome, "noted_by": frappe.session.user}
	if name:
		frappe.db.set_value(USE, name, said)
	else:
		row = {
			"name": frappe.generate_hash(length=12),
			"article": article,
			"service_request": request,
			**said,
		}
		rows.insert(USE, [row])
	_count(article)


def take_back(article: str, request: str) -> None:
	"""It was said by mistake."""
	locks.get_value(ARTICLE, article)
	frappe.db.delete(USE, {"article": article, "service_request": request})
	_count(article)


def of_case(request: str) -> list[dict[str, Any]]:
	"""Articles tied to a request: article, outcome, noted_by; oldest first. The caller has checked the request."""
	return frappe.get_all(
		USE, {"service_request": request}, ["article", "outcome", "noted_by"], order_by="creation asc"
	)


def _count(article: str) -> None:
	solved = frappe.db.count(USE, {"article": article, "outcome": SOLVED})
	# `modified` stays: a form that somebody has open can still be saved
	frappe.db.set_value(ARTICLE, article, "solved_cases", solved, update_modified=False)
