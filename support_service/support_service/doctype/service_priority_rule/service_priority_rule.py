from frappe.model.document import Document


class ServicePriorityRule(Document):
	pass
