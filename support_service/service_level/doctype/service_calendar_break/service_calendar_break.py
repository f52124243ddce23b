from frappe.model.document import Document


class ServiceCalendarBreak(Document):
	pass
