import frappe
from frappe.model.document import Document

from support_service.installed_base import readings


class UnitReading(Document):
	"""One reading of a meter of a unit: pages, hours, charge cycles. Corrected by another reading."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		counts_up: DF.Check
		engineer_visit: DF.Link | None
		installed_unit: DF.Link
		meter: DF.Data
		meter_replaced: DF.Check
		note: DF.SmallText | None
		read_at: DF.Datetime
		source: DF.Literal["Manual", "Visit", "Customer", "Device"]
		uom: DF.Link | None
		value: DF.Float

	# end: auto-generated types

	def validate(self):
		self.meter = self.meter.strip()
		readings.check(self)


def on_doctype_update():
	"""Add the index by which the readings of one meter are read in order."""
	frappe.db.add_index("Unit Reading", ["installed_unit", "meter", "read_at"])
