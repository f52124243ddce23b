"""HTTP headers of the customer's pages."""

from typing import Any

SURVEY_PATH = "/service-survey"


def after_request(response: Any = None, request: Any = None) -> None:
	"""Frappe's `after_request` hook: no copy of these pages is kept, and a survey's token travels nowhere.

	response: None where Frappe answers with a bare HTTP error.
	"""
	if response is None or request is None:
		return
	path = request.path.rstrip("/")
	is_survey = path == SURVEY_PATH
	if not (is_survey or path == "/service" or path.startswith("/service/")):
		return
	response.headers["Cache-Control"] = "no-store"
	response.headers["X-Robots-Tag"] = "noindex, nofollow"
	response.headers["Referrer-Policy"] = "no-referrer" if is_survey else "same-origin"
