import frappe
from frappe.model.document import Document


class ServiceCall(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		agent: DF.Link | None
		call_back: DF.Link | None
		call_log: DF.Link | None
		contact: DF.Link | None
		customer: DF.Link | None
		dialled: DF.Data | None
		direction: DF.Literal["Incoming", "Outgoing"]
		duration: DF.Duration | None
		ended_on: DF.Datetime | None
		log_status: DF.Data | None
		medium: DF.Data | None
		note: DF.SmallText | None
		number: DF.Data | None
		number_key: DF.Data | None
		recording_url: DF.SmallText | None
		service_request: DF.Link | None
		started_on: DF.Datetime | None
		state: DF.Literal["Waiting", "Talking", "Answered", "Unanswered"]
		talked_on: DF.Datetime | None
	# end: auto-generated types
	pass


def on_doctype_update():
	# who talks and who waits; whose call it is; what else came from the number
	frappe.db.add_index("Service Call", ["state", "started_on"])
	frappe.db.add_index("Service Call", ["agent", "state"])
	frappe.db.add_index("Service Call", ["number_key", "started_on"])
