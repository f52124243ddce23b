"""What the two versions of Frappe call differently, for tests that go through Frappe's own functions."""

from support_service.foundation.platform import NO_OBJECTION, SIXTEEN

__all__ = ["CHECK_LINK", "MAY_WATCH", "MAY_WATCH_NAME", "NO_OBJECTION", "SIXTEEN"]

# asked by the desk for what somebody typed into a Link field
CHECK_LINK = "frappe.client.validate_link_and_fetch" if SIXTEEN else "frappe.client.validate_link"
# asked by the realtime server before a browser may watch a document, and the argument that names the document
MAY_WATCH = "frappe.realtime.has_permission" if SIXTEEN else "frappe.realtime.can_subscribe_doc"
MAY_WATCH_NAME = "name" if SIXTEEN else "docname"
