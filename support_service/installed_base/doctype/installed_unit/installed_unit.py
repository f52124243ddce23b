from frappe.model.document import Document


class InstalledUnit(Document):
	pass
