from frappe.model.document import Document


class EngineerVisitPart(Document):
	pass
