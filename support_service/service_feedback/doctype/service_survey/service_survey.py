from frappe.model.document import Document


class ServiceSurvey(Document):
	pass
