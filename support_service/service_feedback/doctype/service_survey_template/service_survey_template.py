import frappe
from frappe import _
from frappe.model.document import Document

from support_service.service_feedback import survey_rules as rules


class ServiceSurveyTemplate(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_feedback.doctype.service_survey_question.service_survey_question import (
			ServiceSurveyQuestion,
		)

		call_within_hours: DF.Int
		disabled: DF.Check
		introduction: DF.SmallText | None
		language: DF.Link | None
		low_effort: DF.Int
		low_recommendation: DF.Int
		low_satisfaction: DF.Int
		occasion: DF.Literal["After a Request", "At Intervals"]
		on_low_score: DF.Literal["Nothing", "Reopen the Request", "Schedule a Call"]
		questions: DF.Table[ServiceSurveyQuestion]
		request_type: DF.Literal[
			"",
			"Fault",
			"Inquiry",
			"Repair",
			"Installation",
			"Training",
			"Complaint",
			"Change Request",
			"Upgrade",
			"Spare Part",
		]
		subject: DF.Data | None
		thanks: DF.SmallText | None
		title: DF.Data
	# end: auto-generated types

	def validate(self):
		self.drop_empty_questions()
		self.check_choices()
		self.check_low_scores()

	def drop_empty_questions(self):
		self.questions = [row for row in self.questions if (row.question or "").strip()]
		if not self.questions:
			frappe.throw(_("Please enter at least one question."))

	def check_choices(self):
		for row in self.questions:
			lines = [line.strip() for line in (row.choices or "").splitlines() if line.strip()]
			if row.kind != rules.CHOICE:
				row.choices = None
				continue
			if len(lines) < 2 or len(set(lines)) < len(lines):
				frappe.throw(
					_(
						"Row {0}: please enter two choices or more, each once and on a line of its own."
					).format(row.idx)
				)
			row.choices = "\n".join(lines)

	def check_low_scores(self):
		if self.occasion == rules.AT_INTERVALS:
			self.request_type = None
			if self.on_low_score == rules.REOPEN:
				frappe.throw(
					_("A survey at intervals has no request to reopen. Choose another step on a low score.")
				)
