from support_service.foundation.ledger import LedgerRow


class EquipmentLoanEntry(LedgerRow):
	"""One step of a loan, or one reminder about it. Written by `loans/history.py` only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		action: DF.Data | None
		days: DF.Int
		due_before: DF.Date | None
		due_on: DF.Date | None
		entry_key: DF.Data | None
		from_status: DF.Data | None
		loan: DF.Link
		made_at: DF.Datetime | None
		made_by: DF.Link | None
		reached: DF.SmallText | None
		reason: DF.SmallText | None
		service_request: DF.Link | None
		to_status: DF.Data | None
		whom: DF.Data | None

	# end: auto-generated types
