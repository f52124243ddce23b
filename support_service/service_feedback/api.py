"""The whitelisted function of service feedback, for staff; customers answer on the portal (customer_portal)."""

import frappe

from support_service.constants.roles import DESK_AGENT, LEAD, MANAGER
from support_service.service_feedback import surveys


@frappe.whitelist(methods=["POST"])
def answer_by_phone(
	survey: str, satisfied: bool, answered_by: str, score: int | None = None, comment: str | None = None
) -> str:
	"""Store what the customer said on the phone to an agent, lead or manager; returns the case's number.

	Refused to somebody who worked on the case; see `surveys.answer`.
	"""
	frappe.only_for((DESK_AGENT, LEAD, MANAGER, "System Manager"))
	doc = frappe.get_doc(surveys.SURVEY, survey)
	doc.check_permission("read")
	return surveys.answer(
		survey, satisfied=satisfied, score=score, comment=comment, via="Phone", by=answered_by
	).service_request
