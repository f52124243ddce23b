from frappe.utils import flt

from support_service.permissions.parent_rows import ParentRow


class EquipmentLoanPiece(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		accessories: DF.SmallText | None
		batch_no: DF.Link | None
		condition: DF.Literal["", "As New", "Good", "Worn", "Damaged"]
		damage_value: DF.Currency
		installed_unit: DF.Link | None
		item_code: DF.Link
		item_name: DF.Data | None
		note: DF.SmallText | None
		photo: DF.AttachImage | None
		qty: DF.Float
		returned_qty: DF.Float
		serial_no: DF.Link | None
		uom: DF.Link | None
		warehouse: DF.Link | None

	# end: auto-generated types
	def draws_from(self) -> str | None:
		"""The warehouse from which this piece is lent: its own, else that of the loan."""
		return self.warehouse or (self.parent_doc.source_warehouse if self.parent_doc else None)

	def fitted_serials(self) -> list[str]:
		"""Its serial number; the name is that of a visit's part rows, whose checks hold for pieces, too."""
		return [self.serial_no] if self.serial_no else []

	def still_out(self) -> float:
		"""How many of it have not come back."""
		return flt(flt(self.qty) - flt(self.returned_qty), 9)
