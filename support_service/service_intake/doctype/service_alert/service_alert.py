import frappe
from frappe.model.document import Document


class ServiceAlert(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		alert_key: DF.Data | None
		annotations: DF.Code | None
		attempts: DF.Int
		case_key: DF.Data | None
		deliveries: DF.Int
		due_at: DF.Datetime | None
		ended_on: DF.Datetime | None
		ended_utc: DF.Datetime | None
		error: DF.SmallText | None
		fingerprint: DF.Data | None
		fired: DF.Check
		first_seen: DF.Datetime | None
		labels: DF.Code | None
		last_seen: DF.Datetime | None
		link: DF.SmallText | None
		progress: DF.Literal["Waiting", "Open", "Done", "Quarantined"]
		service_request: DF.Link | None
		source: DF.Link | None
		started_on: DF.Datetime | None
		started_utc: DF.Datetime | None
		state: DF.Literal["Firing", "Resolved"]
		title: DF.Data | None
	# end: auto-generated types
	pass


def on_doctype_update():
	# the sweep reads what is still to be done; an alert finds the earlier ones of its kind
	frappe.db.add_index("Service Alert", ["progress", "due_at"])
	frappe.db.add_index("Service Alert", ["source", "case_key", "creation"])
