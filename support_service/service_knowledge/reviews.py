"""Asks whoever is responsible for an article, on the day it is to be reviewed, whether it is still true."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import add_days, today

from support_service.foundation import people
from support_service.service_knowledge.states import REVIEWERS, State

ARTICLE = "Knowledge Article"
DAYS_BETWEEN = 14


def run() -> None:
	"""Scheduler: notify of published articles whose day has come; again every fortnight until it is changed."""
	due = {"state": State.PUBLISHED, "review_date": ("<=", today())}
	for row in frappe.get_all(ARTICLE, due, ["name", "title", "responsible"], order_by="review_date"):
		_ask(row)
		frappe.db.commit()  # a batch job: whoever was asked is not asked again when the next article fails


def _ask(row: frappe._dict) -> None:
	asked = {"document_type": ARTICLE, "document_name": row.name}
	if frappe.db.exists("Notification Log", {**asked, "creation": (">", add_days(today(), -DAYS_BETWEEN))}):
		return
	users = people.able([row.responsible]) or people.holders(*REVIEWERS)

	def text(language: str) -> str:
		said = _(
			"Is this article still true? {0}. Please read it, and choose the next day for its review.",
			language,
		)
		return said.format(row.title)

	people.notify(users, text, document=(ARTICLE, row.name))
