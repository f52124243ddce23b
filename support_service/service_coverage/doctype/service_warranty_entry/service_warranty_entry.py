from support_service.foundation.ledger import LedgerRow


class ServiceWarrantyEntry(LedgerRow):
	"""One change of a warranty, with the terms that hold after it. Written by `warranty/register.py` only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link | None
		effective_on: DF.Date
		entry_key: DF.Data | None
		event: DF.Literal[
			"Registered", "Started", "Extended", "Transferred", "Suspended", "Resumed", "Voided", "Corrected"
		]
		installed_unit: DF.Link
		labour_until: DF.Date | None
		no: DF.Int
		parts_until: DF.Date | None
		reason: DF.SmallText | None
		recorded_at: DF.Datetime | None
		recorded_by: DF.Link | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		share_labour: DF.Percent
		share_parts: DF.Percent
		share_travel: DF.Percent
		starts_on: DF.Date | None
		suspension: DF.Literal["", "Returned", "By Hand"]
		travel_until: DF.Date | None
		warranty: DF.Link

	# end: auto-generated types
