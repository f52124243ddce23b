from frappe.model.document import Document

from support_service.service_feedback.problems import problems


class ServiceProblem(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_feedback.doctype.service_problem_case.service_problem_case import (
			ServiceProblemCase,
		)

		cases: DF.Table[ServiceProblemCase]
		due_on: DF.Date | None
		fault: DF.SmallText | None
		fixed_on: DF.Datetime | None
		item_code: DF.Link | None
		permanent_fix: DF.TextEditor | None
		proposed: DF.Check
		rejected_why: DF.SmallText | None
		responsible: DF.Link | None
		root_cause: DF.TextEditor | None
		status: DF.Literal["Proposed", "In Analysis", "Known", "Fixed", "Rejected"]
		title: DF.Data
		workaround: DF.TextEditor | None
	# end: auto-generated types

	def validate(self):
		problems.check(self)

	def on_update(self):
		problems.tell_fixed(self)
