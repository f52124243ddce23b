import frappe
from frappe import _
from frappe.model.document import Document


class ServiceSurvey(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answered_by: DF.Data | None
		answered_on: DF.Datetime | None
		answered_via: DF.Literal["", "Portal", "Link", "Phone"]
		comment: DF.SmallText | None
		contact_email: DF.Data | None
		customer: DF.Link | None
		department_queue: DF.Data | None
		engineer_user: DF.Link | None
		expires_on: DF.Datetime | None
		opened_on: DF.Datetime | None
		recorded_by: DF.Link | None
		reminded_on: DF.Datetime | None
		round: DF.Int
		satisfied: DF.Literal["", "Yes", "No"]
		score: DF.Int
		service_request: DF.Link
		status: DF.Literal["Open", "Answered", "Expired"]
		survey_key: DF.Data | None
		team: DF.Link | None
		token_hash: DF.Data | None

	# end: auto-generated types
	def validate(self):
		# client JSON cannot set flags: answers come through service_feedback.surveys alone
		if not self.flags.from_survey_writer:
			frappe.throw(_("Surveys are opened and answered through their request."), frappe.ValidationError)


def on_doctype_update():
	frappe.db.add_index("Service Survey", ["status", "opened_on"])
