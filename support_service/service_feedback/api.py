"""Whitelisted functions of the feedback room."""

import frappe
from frappe import _

from support_service.constants.roles import DESK_AGENT, LEAD, MANAGER
from support_service.service_feedback import surveys


@frappe.whitelist(methods=["POST"])
def answer_by_phone(
	survey: str, satisfied: bool, answered_by: str, score: int | None = None, comment: str | None = None
) -> str:
	"""An agent, lead or manager records what the customer said on the phone; returns the case's number.

	Never the person who solved the case.
	"""
	frappe.only_for((DESK_AGENT, LEAD, MANAGER, "System Manager"))
	doc = frappe.get_doc(surveys.SURVEY, survey)
	doc.check_permission("read")
	# a survey is opened by the resolve, in the session of whoever resolved
	if frappe.session.user in (doc.engineer_user, doc.owner):
		frappe.throw(
			_("Whoever solved a request may not record its survey. Ask a colleague."), frappe.PermissionError
		)
	return surveys.answer(
		survey, satisfied=satisfied, score=score, comment=comment, via="Phone", by=answered_by
	).service_request
