import frappe
from frappe.model.document import Document

from support_service.service_api.webhooks import addresses, events


class ServiceWebhook(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		active: DF.Check
		customer: DF.Link | None
		on_message_from_customer: DF.Check
		on_message_to_customer: DF.Check
		on_request_created: DF.Check
		on_status_changed: DF.Check
		on_visit_done: DF.Check
		on_visit_planned: DF.Check
		secret: DF.Password
		url: DF.SmallText
		webhook_name: DF.Data
	# end: auto-generated types

	def validate(self):
		self.url = (self.url or "").strip()
		addresses.check(self.url)

	def on_update(self):
		events.forget_active()

	def on_trash(self):
		# what it was told has no meaning without it
		frappe.db.delete(events.DELIVERY, {"webhook": self.name})

	def after_delete(self):
		events.forget_active()

	def after_rename(self, old, new, merge=False):
		events.forget_active()
