import frappe
from frappe import _
from frappe.model.document import Document


class ServiceSurvey(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_feedback.doctype.service_survey_answer.service_survey_answer import (
			ServiceSurveyAnswer,
		)

		answer_key: DF.Data | None
		answered_by: DF.Data | None
		answered_on: DF.Datetime | None
		answered_via: DF.Literal["", "Portal", "Link", "Phone"]
		answers: DF.Table[ServiceSurveyAnswer]
		asked_on: DF.Datetime | None
		comment: DF.SmallText | None
		contact_email: DF.Data | None
		customer: DF.Link | None
		department_queue: DF.Data | None
		engineer_user: DF.Link | None
		expires_on: DF.Datetime | None
		follow_up: DF.Literal["", "Reopened", "Call Scheduled", "Lead Told to Call"]
		item_code: DF.Link | None
		language: DF.Data | None
		low_score: DF.Check
		occasion: DF.Literal["After a Request", "At Intervals"]
		opened_on: DF.Datetime | None
		plan: DF.Link | None
		recorded_by: DF.Link | None
		reminded_on: DF.Datetime | None
		round: DF.Int
		satisfied: DF.Literal["", "Yes", "No"]
		score: DF.Int
		service_request: DF.Link | None
		status: DF.Literal["Open", "Answered", "Expired"]
		survey_key: DF.Data | None
		team: DF.Link | None
		template: DF.Link | None
		token_hash: DF.Data | None

	# end: auto-generated types
	def autoname(self):
		# after a request it is called after it; at intervals Frappe numbers it
		if self.service_request:
			self.name = f"SV-{self.service_request}-{self.round}"

	def validate(self):
		# client JSON cannot set flags: answers come through service_feedback.surveys alone
		if not self.flags.from_survey_writer:
			frappe.throw(_("Surveys are opened and answered through their request."), frappe.ValidationError)


def on_doctype_update():
	frappe.db.add_index("Service Survey", ["status", "opened_on"])
	frappe.db.add_index("Service Survey", ["contact_email", "opened_on"])
