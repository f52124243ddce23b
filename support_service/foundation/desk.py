"""Where the desk lives: `/app` on Frappe 15, `/desk` on Frappe 16. Every link into it that we make ourselves starts here.

Forms, lists and reports have Frappe's own functions (`frappe.utils.get_url_to_form`, `get_url_to_list`, `get_url_to_report`; in the
browser `frappe.utils.generate_route`). This is for the rest: pages, workspaces and paths without a host.
"""

from support_service.foundation.platform import SIXTEEN

DESK = "/desk" if SIXTEEN else "/app"


def path(within: str) -> str:
	"""`"hotline"` → `"/desk/hotline"` on Frappe 16, without the site's address."""
	return f"{DESK}/{within}"
