import frappe
from frappe.model.document import Document


class ServiceMessage(Document):
	pass


def on_doctype_update():
	# the sweep reads what is still to be sent, never the whole history
	frappe.db.add_index("Service Message", ["status", "due_at"])
