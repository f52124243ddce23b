import frappe
from frappe.model.document import Document


class ServiceWebhookDelivery(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.SmallText | None
		answer_status: DF.Int
		attempts: DF.Int
		delivery_key: DF.Data | None
		due_at: DF.Datetime | None
		error: DF.SmallText | None
		event: DF.Data | None
		payload: DF.Code | None
		sent_on: DF.Datetime | None
		service_request: DF.Link | None
		status: DF.Literal["Queued", "Sent", "Failed"]
		webhook: DF.Link | None
	# end: auto-generated types
	pass


def on_doctype_update():
	# the sweep reads what is due, and whether something earlier of the same request waits
	frappe.db.add_index("Service Webhook Delivery", ["status", "due_at"])
	frappe.db.add_index("Service Webhook Delivery", ["webhook", "service_request", "status"])
	frappe.db.add_index("Service Webhook Delivery", ["service_request"])
