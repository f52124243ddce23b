"""Whitelisted functions of the feedback room."""

import frappe
from frappe import _

from support_service.constants.roles import CUSTOMER, DESK_AGENT, LEAD, MANAGER
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
	if doc.engineer_user == frappe.session.user:
		raise frappe.PermissionError(_("Whoever solved a request may not record its survey. Ask a colleague."))
	return surveys.answer(
		survey, satisfied=satisfied, score=score, comment=comment, via="Phone", by=answered_by
	).service_request


@frappe.whitelist(methods=["POST"])
def answer_on_portal(
	request: str, satisfied: bool, score: int | None = None, comment: str | None = None
) -> str:
	"""The customer confirms or disputes their own resolved case; returns the case's number."""
	frappe.only_for(CUSTOMER)
	survey = surveys.open_survey_of(request)
	# has_permission comes first in effect: a foreign case and one without a survey give the same answer
	if not survey or not frappe.has_permission(surveys.SURVEY, "read", survey):
		raise frappe.PermissionError(_("There is no survey open for this request."))
	return surveys.answer(
		survey, satisfied=satisfied, score=score, comment=comment, via="Portal", by=frappe.session.user
	).service_request
