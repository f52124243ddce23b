import frappe
from frappe.model.document import Document


class ServiceChat(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_intake.doctype.service_chat_message.service_chat_message import (
			ServiceChatMessage,
		)

		agent: DF.Link | None
		due_utc: DF.Datetime | None
		ended_on: DF.Datetime | None
		ended_why: DF.Literal[
			"",
			"Customer",
			"Service",
			"Silence",
			"Nobody Present",
			"Outside Office Hours",
			"Not Taken",
			"Request Over",
		]
		last_on: DF.Datetime | None
		messages: DF.Table[ServiceChatMessage]
		open_key: DF.Data | None
		opened_by: DF.Link | None
		opened_on: DF.Datetime | None
		places: DF.Int
		service_request: DF.Link | None
		state: DF.Literal["Waiting", "Talking", "Ended", "Left as Message"]
		taken_on: DF.Datetime | None
		unanswered_since: DF.Datetime | None
	# end: auto-generated types
	pass


def on_doctype_update():
	# who waits and who talks; what the sweep looks at
	frappe.db.add_index("Service Chat", ["state", "opened_on"])
	frappe.db.add_index("Service Chat", ["state", "due_utc"])
