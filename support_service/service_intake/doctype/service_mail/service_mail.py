from __future__ import annotations

import frappe
from frappe.model.document import Document


class ServiceMail(Document):
	# begin: auto-generated types
	# end: auto-generated types
	pass


def on_doctype_update():
	# the sweep reads what is to be processed, and the pull what is to be marked, never the whole history
	frappe.db.add_index("Service Mail", ["state", "next_try"])
	frappe.db.add_index("Service Mail", ["mailbox", "to_mark"])
	frappe.db.add_index("Service Mail", ["sender", "processed_on"])
	frappe.db.add_index("Service Mail", ["message_id(140)"])
