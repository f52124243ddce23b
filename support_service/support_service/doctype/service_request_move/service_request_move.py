from frappe.model.document import Document


class ServiceRequestMove(Document):
	pass
