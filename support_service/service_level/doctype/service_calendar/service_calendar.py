from frappe.model.document import Document


class ServiceCalendar(Document):
	pass
