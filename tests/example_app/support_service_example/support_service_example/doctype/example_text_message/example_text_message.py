from frappe.model.document import Document


class ExampleTextMessage(Document):
	pass
