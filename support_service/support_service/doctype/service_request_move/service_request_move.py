import frappe

from support_service.foundation.ledger import LedgerRow


class ServiceRequestMove(LedgerRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		action: DF.Data
		at_utc: DF.Datetime | None
		engineer: DF.Link | None
		from_status: DF.Data | None
		moved_at: DF.Datetime
		moved_by: DF.Link
		reason: DF.SmallText | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		request: DF.Link
		tell_after: DF.Datetime | None
		tell_attempts: DF.Int
		tell_error: DF.SmallText | None
		to_status: DF.Data | None
		told: DF.Check
	# end: auto-generated types
	pass


def on_doctype_update():
	frappe.db.add_index("Service Request Move", ["request", "creation"])
	# the sweep reads moves of which people are still to be notified, never the whole ledger
	frappe.db.add_index("Service Request Move", ["told", "creation"])
