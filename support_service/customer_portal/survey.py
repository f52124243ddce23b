"""The survey page behind the link in a mail, for guests."""

from typing import Any

import frappe
from frappe.rate_limiter import rate_limit
from frappe.utils.html_utils import sanitize_html

from support_service.service_feedback import surveys

HOUR = 60 * 60


def page(token: str) -> dict[str, Any]:
	"""Context of the page: token and facts of the case. `valid` is False for a wrong, used or expired link, or too many tries."""
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
	shown = case.solution or case.resolution or ""
	return {
		"valid": True,
		"token": token,
		"number": case.name,
		"subject": case.subject,
		"solution": sanitize_html(shown, always_sanitize=True),
	}


@rate_limit(limit=120, seconds=HOUR)
def _look_up(token: str) -> Any:
	"""The survey of a link. Tokens are 256 bits and cannot be guessed; the limit keeps the database from being searched."""
	return surveys.find_by_token(token) if 20 <= len(token) <= 200 else None
