from frappe.model.document import Document


class SupportServiceSettings(Document):
	pass
