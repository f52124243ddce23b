import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime


class DutyShiftError(frappe.ValidationError):
	"""A duty shift that covers no time, or an engineer twice at once."""


class ServiceTeam(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.support_service.doctype.service_duty_shift.service_duty_shift import (
			ServiceDutyShift,
		)

		company: DF.Link | None
		department_queue: DF.Literal["Pre-Sales", "After-Sales", "Technical Support"]
		director: DF.Link | None
		disabled: DF.Check
		duty: DF.Table[ServiceDutyShift]
		email: DF.Data | None
		lead: DF.Link
		office_hours: DF.Link | None
		project_manager: DF.Link | None
		team_name: DF.Data

	# end: auto-generated types
	def validate(self):
		self.check_duty()

	def on_update(self):
		self.forget_routing()

	def on_trash(self):
		self.forget_routing()

	def check_duty(self):
		"""Every shift lasts some time, and nobody is on two shifts of the team at once."""
		ends: dict[str, object] = {}
		for shift in sorted(self.duty, key=lambda row: get_datetime(row.starts_on)):
			if get_datetime(shift.ends_on) <= get_datetime(shift.starts_on):
				frappe.throw(
					_("Duty shift {0}: it must end after it starts. Correct one of the two times.").format(
						shift.idx
					),
					DutyShiftError,
				)
			if shift.engineer in ends and get_datetime(shift.starts_on) < ends[shift.engineer]:
				frappe.throw(
					_(
						"Duty shift {0}: {1} is on duty already at that time. Shorten or remove one of the two."
					).format(shift.idx, shift.engineer),
					DutyShiftError,
				)
			ends[shift.engineer] = get_datetime(shift.ends_on)

	def forget_routing(self):
		"""intake_defaults caches the first team of each queue."""
		frappe.cache.delete_value("support_service_team_of_queue")
