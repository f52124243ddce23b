import frappe

from support_service.permissions.parent_rows import ParentRow


class ServiceContractUnit(ParentRow):
	"""A unit covered by a contract, perhaps only for part of its term."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from_date: DF.Date | None
		installed_unit: DF.Link
		serial_label: DF.Data | None
		to_date: DF.Date | None
		unit_name: DF.Data | None

	# end: auto-generated types


def on_doctype_update():
	"""Which contracts name this unit: asked at every intake of a customer with contracts."""
	frappe.db.add_index("Service Contract Unit", ["installed_unit", "parent"])
