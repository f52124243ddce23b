from frappe.model.document import Document


class ServiceCalendarChange(Document):
	pass
