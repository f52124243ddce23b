"""Through which functions and pages a customer may reach documents: portal access.

Frappe's generic functions (`/api/resource`, `frappe.client`, the desk's lists, forms, reports and link searches, realtime
rooms) hand out a document with everything that hangs on it: internal comments, versions with old values, mails to suppliers.
They also filter by columns whose values they hide, which gives the values away one question at a time. They are made for staff,
and so are this app's own functions for the desk. A customer gets the functions named here, the portal's pages, prints and
private files; everywhere else a customer sees no document.
"""

import frappe

from support_service.permissions import asked

# beginnings of dotted paths; every whitelisted function that customers may call must be below one of them
CUSTOMER_FUNCTIONS = (
	"support_service.customer_portal.api.",
	"support_service.customer_portal.chat_api.",
	"support_service.customer_portal.knowledge.api.",
	"support_service.customer_portal.label_api.",
	"support_service.customer_portal.papers_api.",
	"support_service.customer_portal.people_api.",
	"support_service.customer_portal.wishes_api.",
	"support_service.service_api.v1.",
)


def is_for_customers() -> bool:
	"""Whether the present request calls a function or page that is made for customers; True outside of a request."""
	request = getattr(frappe.local, "request", None)
	if not request:
		return True
	command = asked.command_of(request)
	if command:
		return command.startswith(CUSTOMER_FUNCTIONS)
	return not request.path.startswith("/api/")
