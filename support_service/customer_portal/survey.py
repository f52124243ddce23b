"""The survey page for guests: what a valid link shows, and nothing for any other."""

from typing import Any

import frappe
from frappe.rate_limiter import rate_limit
from frappe.utils.html_utils import sanitize_html

from support_service.service_feedback import surveys

HOUR = 60 * 60


def page(token: str) -> dict[str, Any]:
	"""Context of the page: token and case facts for an open survey; `valid` False for everything else, also too many tries."""
	try:
		survey = _look_up(token)
	except frappe.RateLimitExceededError:
		frappe.clear_last_message()
		survey = None
	if not survey:
		return {"valid": False}
	case = frappe.db.get_value(
		"Service Request", survey.service_request, ["name", "subject", "solution", "resolution"], as_dict=True
	)
	told = case.solution or case.resolution or ""
	return {
		"valid": True,
		"token": token,
		"number": case.name,
		"subject": case.subject,
		"solution": sanitize_html(told, always_sanitize=True),
	}


@rate_limit(limit=120, seconds=HOUR)
def _look_up(token: str) -> Any:
	"""Tokens are 256 bits and cannot be guessed; the limit spares the database those who try."""
	return surveys.find_by_token(token) if 20 <= len(token) <= 200 else None
