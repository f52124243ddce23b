from support_service.foundation.ledger import LedgerRow


class FittedPartEntry(LedgerRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		batch_no: DF.Link | None
		entry_key: DF.Data | None
		happened_at: DF.Datetime
		installed_unit: DF.Link
		item_code: DF.Link
		kind: DF.Literal["Fitted", "Removed"]
		qty: DF.Float
		recorded_by: DF.Link
		reversal_of: DF.Link | None
		serial_label: DF.Data | None
		voucher_no: DF.DynamicLink
		voucher_row: DF.Data | None
		voucher_type: DF.Link
	# end: auto-generated types
	"""A part that went into or came out of a unit. Written by `installed_base.fitted_parts` only."""
