"""Who is told of a low score where nobody can be called by itself: the lead, who has to find the number."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.roles import MANAGER
from support_service.foundation import people
from support_service.support_service.messaging import recipients


def tell_lead(survey: Document, case: Document | None) -> list[str]:
	"""A desk notification that opens the survey; to the managers where no team is responsible. Returns who got one."""
	if case:
		users = recipients.users_for(case, recipients.LEAD)
	else:
		lead = frappe.db.get_value("Service Team", survey.team, "lead") if survey.team else None
		users = people.able([lead]) or people.holders(MANAGER)

	def line(lang: str) -> str:
		return _("Low score, please call: {0} {1}", lang).format(
			survey.customer or "", survey.service_request or ""
		)

	return people.notify(users, line, document=(survey.doctype, survey.name))
