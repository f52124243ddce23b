import frappe
from frappe.model.document import Document


class ServiceTeam(Document):
	def on_update(self):
		self.forget_routing()

	def on_trash(self):
		self.forget_routing()

	def forget_routing(self):
		"""intake_defaults caches the first team of each queue."""
		frappe.cache.delete_value("support_service_team_of_queue")
