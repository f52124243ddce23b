import frappe
from frappe.model.document import Document


class ServiceMessage(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempts: DF.Int
		body: DF.TextEditor | None
		due_at: DF.Datetime | None
		email_queue: DF.Data | None
		error: DF.SmallText | None
		event: DF.Data | None
		in_place_of: DF.Link | None
		message_key: DF.Data | None
		recipient: DF.Data | None
		request: DF.Link
		sender: DF.Data
		sending_since: DF.Datetime | None
		sent_on: DF.Datetime | None
		short_text: DF.SmallText | None
		status: DF.Literal["Queued", "Waiting for Confirmation", "Sending", "Sent", "Failed", "Skipped"]
		subject: DF.Data | None
		to_customer: DF.Check
		valid_until: DF.Datetime | None
		waits_for: DF.Literal["", "Quiet Hours", "Hourly Limit"]
	# end: auto-generated types
	pass


def on_doctype_update():
	# the sweep reads what is still to be sent, never the whole history
	frappe.db.add_index("Service Message", ["status", "due_at"])
	# and the limit of messages an hour only what goes to one recipient
	frappe.db.add_index("Service Message", ["recipient", "due_at"])
