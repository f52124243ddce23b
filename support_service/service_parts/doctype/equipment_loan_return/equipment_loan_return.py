from support_service.permissions.parent_rows import ParentRow


class EquipmentLoanReturn(ParentRow):
	"""Pieces that came back, or are to come back at a visit. Written by `loans/take_back.py` only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		batch_no: DF.Link | None
		charge: DF.Currency
		command: DF.Data | None
		condition: DF.Literal["", "As New", "Good", "Worn", "Damaged"]
		damage: DF.SmallText | None
		engineer_visit: DF.Link | None
		item_code: DF.Link | None
		piece: DF.Data | None
		qty: DF.Float
		sales_invoice: DF.Link | None
		serial_no: DF.Link | None
		state: DF.Literal["Planned", "Taken Back", "Kept", "Undone"]
		stock_entry: DF.Link | None
		taken_back_by: DF.Link | None
		taken_back_on: DF.Datetime | None
		to_warehouse: DF.Link | None

	# end: auto-generated types
