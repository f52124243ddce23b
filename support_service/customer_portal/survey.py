"""The survey page behind the link in a mail, for guests."""

from typing import Any

import frappe
from frappe.utils.html_utils import sanitize_html

from support_service.foundation import rate_limits
from support_service.service_feedback import surveys

# pages opened in an hour: by one address, by all guests together
LOOKS = {"address": 120, "site": 3000}


def page(token: str) -> dict[str, Any]:
	"""Context of the page: token and facts of the case. `valid` is False for a wrong, used or expired link.

	Raises rate_limits.TooManyRequestsError: tokens are 256 bits and cannot be guessed; the limit keeps the database from being
	searched.
	"""
	rate_limits.count_guest("survey-page", **LOOKS)
	survey = surveys.find_by_token(token) if 20 <= len(token) <= 200 else None
	if not survey:
		return {"valid": False}
	case = frappe.db.get_value(
		"Service Request", survey.service_request, ["name", "subject", "solution", "resolution"], as_dict=True
	)
	shown = case.solution or case.resolution or ""
	return {
		"valid": True,
		"token": token,
		"number": case.name,
		"subject": case.subject,
		"solution": sanitize_html(shown, always_sanitize=True),
	}
