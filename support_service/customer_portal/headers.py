"""HTTP headers of the customer's pages."""

from typing import Any

LINK_PATHS = ("/service-survey", "/service-charge", "/service-label", "/service-invitation")


def after_request(response: Any = None, request: Any = None) -> None:
	"""Hook `after_request`: these pages are not cached or indexed, and the token of a link is not sent on as referrer.

	response: None where Frappe answers with a bare HTTP error.
	"""
	if response is None or request is None:
		return
	path = request.path.rstrip("/")
	by_link = path in LINK_PATHS or path.startswith("/u/")
	if not (by_link or path == "/service" or path.startswith("/service/")):
		return
	response.headers["Cache-Control"] = "no-store"
	response.headers["X-Robots-Tag"] = "noindex, nofollow"
	response.headers["Referrer-Policy"] = "no-referrer" if by_link else "same-origin"
