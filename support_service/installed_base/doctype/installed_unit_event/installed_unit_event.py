import frappe

from support_service.foundation.ledger import LedgerRow


class InstalledUnitEvent(LedgerRow):
	"""What happened to a unit: delivered, returned, moved, changed state. Written by `installed_base.unit_events` only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link | None
		entry_key: DF.Data | None
		event: DF.Literal[
			"Created",
			"Delivered",
			"Installed",
			"Accepted",
			"Returned",
			"Delivery Cancelled",
			"Return Cancelled",
			"Installation Cancelled",
			"Lent",
			"Taken Back",
			"Loan Cancelled",
			"Transferred",
			"Moved",
			"State Changed",
			"Retired",
			"Corrected",
		]
		from_customer: DF.Link | None
		happened_on: DF.Date
		installed_unit: DF.Link
		new_value: DF.Data | None
		old_value: DF.Data | None
		reason: DF.SmallText | None
		recorded_at: DF.Datetime | None
		recorded_by: DF.Link | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None

	# end: auto-generated types


def on_doctype_update():
	"""Add the index by which a cancelled document finds its units."""
	frappe.db.add_index("Installed Unit Event", ["reference_name", "reference_doctype"])
