from frappe.model.document import Document


class ServiceLevelPolicy(Document):
	pass
