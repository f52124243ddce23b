"""What the two versions of Frappe call differently, for tests that go through Frappe's own functions."""

import frappe

from support_service.foundation.platform import NO_OBJECTION, SIXTEEN

__all__ = ["CHECK_LINK", "MAY_WATCH", "MAY_WATCH_NAME", "NO_OBJECTION", "SIXTEEN", "begin"]

# asked by the desk for what somebody typed into a Link field
CHECK_LINK = "frappe.client.validate_link_and_fetch" if SIXTEEN else "frappe.client.validate_link"
# asked by the realtime server before a browser may watch a document, and the argument that names the document
MAY_WATCH = "frappe.realtime.has_permission" if SIXTEEN else "frappe.realtime.can_subscribe_doc"
MAY_WATCH_NAME = "name" if SIXTEEN else "docname"


def begin() -> None:
	"""What version 16 wants to know of a process that runs tests; nothing on 15."""
	if not SIXTEEN:
		return
	from frappe.email.doctype.email_account.email_account import EmailAccount

	frappe.in_test = True
	# In tests 16 sends the mail of a notification at once, also a muted one of a site without a mail account; and the
	# account it makes up for that has no address, over which Python's mail library fails.
	made_up = {"sender": "notifications@example.com", "email_id": "notifications@example.com"}
	EmailAccount.create_dummy = classmethod(lambda account: account.from_record(made_up))
