from __future__ import annotations

import frappe
from frappe.model.document import Document


class ServiceMail(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempts: DF.Int
		communication: DF.Link | None
		content_key: DF.Data | None
		decided_by: DF.Link | None
		decided_customer: DF.Link | None
		decided_request: DF.Link | None
		error: DF.SmallText | None
		kind: DF.Literal[
			"",
			"New Request",
			"Answer",
			"Automatic Reply",
			"Bounce",
			"Own Mail",
			"Duplicate",
			"Marked as Automatic",
			"Needs a Person",
		]
		mailbox: DF.Link | None
		message_id: DF.SmallText | None
		next_try: DF.Datetime | None
		processed_on: DF.Datetime | None
		raw_hash: DF.Data | None
		reason: DF.SmallText | None
		received_on: DF.Datetime | None
		recipients: DF.SmallText | None
		request: DF.Link | None
		same_as: DF.Link | None
		sender: DF.Data | None
		sender_name: DF.Data | None
		server_key: DF.Data | None
		size: DF.Int
		state: DF.Literal["Received", "Processed", "Quarantined", "Ignored"]
		subject: DF.Data | None
		to_mark: DF.Check
		uid: DF.Data | None
	# end: auto-generated types
	pass


def on_doctype_update():
	# the sweep reads what is to be processed, and the pull what is to be marked, never the whole history
	frappe.db.add_index("Service Mail", ["state", "next_try"])
	frappe.db.add_index("Service Mail", ["mailbox", "to_mark"])
	frappe.db.add_index("Service Mail", ["sender", "processed_on"])
	frappe.db.add_index("Service Mail", ["message_id(140)"])
