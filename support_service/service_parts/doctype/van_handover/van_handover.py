from frappe.model.document import Document

from support_service.service_parts.vans import handovers


class VanHandover(Document):
	"""A van that goes from one engineer to another, or back to the store; its steps are in `vans/handovers.py`."""

	def onload(self):
		# what the reader may do next, in the same answer as the state it follows from
		self.set_onload("steps", handovers.steps(self))

	def before_insert(self):
		handovers.prepare(self)

	def after_insert(self):
		handovers.begin_counts(self)
