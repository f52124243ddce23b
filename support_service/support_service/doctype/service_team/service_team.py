import frappe
from frappe.model.document import Document


class ServiceTeam(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		company: DF.Link | None
		department_queue: DF.Literal["Pre-Sales", "After-Sales", "Technical Support"]
		disabled: DF.Check
		email: DF.Data | None
		lead: DF.Link
		project_manager: DF.Link | None
		team_name: DF.Data

	# end: auto-generated types
	def on_update(self):
		self.forget_routing()

	def on_trash(self):
		self.forget_routing()

	def forget_routing(self):
		"""intake_defaults caches the first team of each queue."""
		frappe.cache.delete_value("support_service_team_of_queue")
