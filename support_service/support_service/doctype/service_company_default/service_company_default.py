from frappe.model.document import Document


class ServiceCompanyDefault(Document):
	pass
