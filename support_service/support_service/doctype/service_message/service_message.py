from frappe.model.document import Document


class ServiceMessage(Document):
	pass
