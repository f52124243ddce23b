"""Through which door a customer may come.

Frappe's generic doors (`/api/resource`, `frappe.client`, the desk's lists, forms, reports and link searches, realtime
rooms) hand out a document with everything that hangs on it: internal comments, versions with old values, mails to
suppliers, and filters on columns whose values are hidden, which give the values away one question at a time. That
is made for staff, and so are the functions of this app that serve the desk. A customer comes through the functions
named here, the portal's pages, prints and private files; for a customer every other door is empty.
"""

import frappe

from support_service.permissions import asked

CUSTOMER_FUNCTIONS = ("support_service.customer_portal.api.",)


def customer_door_open() -> bool:
	"""Whether the present request came through a door that is made for customers; True outside of a request."""
	request = getattr(frappe.local, "request", None)
	if not request:
		return True
	command = asked.command_of(request)
	if command:
		return command.startswith(CUSTOMER_FUNCTIONS)
	return not request.path.startswith("/api/")
