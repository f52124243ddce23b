from frappe.model.document import Document


class ServiceLevelTarget(Document):
	pass
