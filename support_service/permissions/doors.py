"""Through which door a customer may come.

Frappe's generic doors (`/api/resource`, `frappe.client`, the desk's lists, forms, reports and link searches, realtime
rooms) hand out a document with everything that hangs on it: internal comments, versions with old values, mails to
suppliers, and filters on columns whose values are hidden, which give the values away one question at a time. That
is made for staff. A customer therefore comes through this app's own functions, the portal's pages, prints and private
files; for a customer the generic doors are empty.
"""

import re

import frappe

APP = "support_service."
_OWN_METHOD = re.compile(r"^/api(/v1|/v2)?/method/support_service\.")


def customer_door_open() -> bool:
	"""Whether the present request came through a door that is made for customers; True outside of a request."""
	request = getattr(frappe.local, "request", None)
	if not request:
		return True
	if command := frappe.local.form_dict.get("cmd"):
		return str(command).startswith(APP)
	return not request.path.startswith("/api/") or bool(_OWN_METHOD.match(request.path))
