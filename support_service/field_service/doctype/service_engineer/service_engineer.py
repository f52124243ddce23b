from frappe.model.document import Document


class ServiceEngineer(Document):
	pass
