import frappe

from support_service.foundation.ledger import LedgerRow


class PartReservation(LedgerRow):
	"""A quantity of a part kept in one warehouse for one need; written by `needs/reservations.py` alone."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		begun_doctype: DF.Link | None
		begun_name: DF.DynamicLink | None
		begun_on: DF.Datetime | None
		ended_as: DF.Literal["", "Used", "Moved", "Released", "Taken", "Given Back"]
		ended_doctype: DF.Link | None
		ended_name: DF.DynamicLink | None
		ended_on: DF.Datetime | None
		held: DF.Check
		item_code: DF.Link
		part_need: DF.Link
		qty: DF.Float
		reason: DF.SmallText | None
		service_request: DF.Link
		warehouse: DF.Link

	# end: auto-generated types
	pass


def on_doctype_update():
	"""Add the indexes that whoever draws stock, the needs, and cancelled documents read by."""
	frappe.db.add_index("Part Reservation", ["held", "item_code", "warehouse"])
	frappe.db.add_index("Part Reservation", ["part_need", "held"])
	frappe.db.add_index("Part Reservation", ["begun_name", "begun_doctype"])
	frappe.db.add_index("Part Reservation", ["ended_name", "ended_doctype"])
