from frappe.model.document import Document

from support_service.service_feedback import improvements


class ServiceImprovement(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cause: DF.SmallText | None
		customer: DF.Link | None
		department_queue: DF.Data | None
		done_by: DF.Link | None
		done_note: DF.SmallText | None
		done_on: DF.Datetime | None
		due_on: DF.Date
		measure: DF.SmallText
		proof: DF.SmallText | None
		proved_by: DF.Link | None
		proved_on: DF.Datetime | None
		reminded_on: DF.Date | None
		responsibility: DF.Literal["", "Our Service", "Our Product", "Supplier", "Customer", "Nobody"]
		responsible: DF.Link
		service_problem: DF.Link | None
		service_request: DF.Link | None
		service_survey: DF.Link | None
		status: DF.Literal["Open", "Done", "Proved", "Dropped"]
		team: DF.Link | None
		title: DF.Data
	# end: auto-generated types

	def validate(self):
		improvements.take_over(self)
		improvements.guard(self)

	def on_update(self):
		improvements.tell_responsible(self)
