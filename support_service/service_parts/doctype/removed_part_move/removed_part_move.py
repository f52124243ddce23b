from support_service.permissions.parent_rows import ParentRow


class RemovedPartMove(ParentRow):
	"""One step of a removed part, written by `service_parts/removed/moves.py` only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		action: DF.Data | None
		before: DF.Code | None
		debit_note: DF.Link | None
		from_status: DF.Data | None
		made_by: DF.Link | None
		made_on: DF.Datetime | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		purchase_return: DF.Link | None
		qty: DF.Float
		reason: DF.SmallText | None
		stock_entry: DF.Link | None
		to_status: DF.Data | None
		undone: DF.Check

	# end: auto-generated types
	pass
