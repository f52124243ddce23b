from frappe.model.document import Document


class ServiceEscalationStep(Document):
	pass
