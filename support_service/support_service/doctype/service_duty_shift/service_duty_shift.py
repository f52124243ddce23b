from frappe.model.document import Document


class ServiceDutyShift(Document):
	pass
