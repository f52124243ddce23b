from frappe.model.document import Document


class FittedPartEntry(Document):
	pass
