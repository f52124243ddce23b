from frappe.model.document import Document


class EngineerVisit(Document):
	pass
