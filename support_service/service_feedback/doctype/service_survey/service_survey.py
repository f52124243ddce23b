import frappe
from frappe import _
from frappe.model.document import Document


class ServiceSurvey(Document):
	def validate(self):
		# client JSON cannot set flags: answers come through service_feedback.surveys alone
		if not self.flags.from_survey_writer:
			frappe.throw(_("Surveys are opened and answered through their request."), frappe.ValidationError)


def on_doctype_update():
	frappe.db.add_index("Service Survey", ["status", "opened_on"])
