import frappe
from frappe import _
from frappe.model.document import Document


class ClockHasOneWriterError(frappe.ValidationError):
	"""Clocks are made from the happenings of a case by service_level/clock/clocks.py alone."""


class ServiceClock(Document):
	"""What its ledger (Service Clock Entry) says, kept for lists and sweeps. Nobody writes it by hand."""

	def before_insert(self):
		self.refuse_other_writers()

	def validate(self):
		self.refuse_other_writers()

	def on_trash(self):
		if not frappe.flags.in_uninstall:
			self.refuse_other_writers()

	def refuse_other_writers(self):
		frappe.throw(
			_(
				"Service clocks are kept by the app itself. To change what one says, use Correct on the promises of the request."
			),
			ClockHasOneWriterError,
		)


def on_doctype_update():
	"""Indexes for "due next" of everybody, of a team and of an engineer: open clocks by the moment they are due."""
	frappe.db.add_index("Service Clock", ["state", "due_at"])
	frappe.db.add_index("Service Clock", ["team", "state", "due_at"])
	frappe.db.add_index("Service Clock", ["engineer_user", "state", "due_at"])
