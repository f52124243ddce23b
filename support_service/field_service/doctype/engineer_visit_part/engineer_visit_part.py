import re
from typing import Any, NamedTuple

import frappe
from frappe.utils import flt

from support_service.permissions.parent_rows import ParentRow

SEPARATORS = re.compile(r"[\n,]+")
PART, TOOL = "Part", "Tool"


class Piece(NamedTuple):
	"""One piece with a serial number, or several alike, that came out of a unit or belongs to us; qty in the stock unit."""

	item_code: str
	serial_no: str | None
	batch_no: str | None
	qty: float


class EngineerVisitPart(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		batch_no: DF.Link | None
		comes_back_with: DF.Literal["Engineer", "Customer"]
		coverage: DF.Literal["", "Covered", "Partly Covered", "Charged"]
		covered_share: DF.Percent
		fit_to_unit: DF.Check
		item_code: DF.Link
		item_name: DF.Data | None
		kind: DF.Literal["Part", "Consumable", "Tool"]
		qty: DF.Float
		removed_batch_no: DF.Link | None
		removed_belongs_to: DF.Literal["", "Us", "Customer"]
		removed_goes_to: DF.Literal[
			"", "Back to Us", "Left with Customer", "Scrapped on Site", "Returned to Vendor"
		]
		removed_item_code: DF.Link | None
		removed_qty: DF.Float
		removed_serial_nos: DF.SmallText | None
		return_due_on: DF.Date | None
		serial_nos: DF.SmallText | None
		tool_back: DF.Check
		uom: DF.Link | None
		valuation_rate: DF.Currency
		warehouse: DF.Link | None

	# end: auto-generated types
	def draws_from(self) -> str | None:
		"""The warehouse from which this row is drawn: its own, else the visit's, else the engineer's van."""
		if self.warehouse:
			return self.warehouse
		visit = self.parent_doc
		if visit.warehouse:
			return visit.warehouse
		if not visit.engineer:
			return None
		return frappe.get_cached_value("Service Engineer", visit.engineer, "van_warehouse")

	def fitted_serials(self) -> list[str]:
		"""The serial numbers of the parts drawn, as entered."""
		return split_serials(self.serial_nos)

	def removed_serials(self) -> list[str]:
		"""The serial numbers of the parts taken out, as entered; ERPNext need not know them."""
		return split_serials(self.removed_serial_nos)

	def removed_pieces(self) -> list[Piece]:
		"""What came out, or will come back for what was sent first: a piece for each serial number, the rest together.

		A row that says where the old part goes, and not what it is, means one for each part drawn, of the same item.
		"""
		if self.kind == TOOL:
			return []
		# a number without an item was on the part that the fitted one replaces
		item_code = self.removed_item_code or self.item_code
		serials = self.removed_serials()
		rest = flt(self.removed_qty) - len(serials)
		if not serials and not rest:
			rest = 1 if self.removed_item_code else flt(self.qty) if self.removed_goes_to else 0
		pieces = [Piece(item_code, serial, self.removed_batch_no, 1) for serial in serials]
		return [*pieces, Piece(item_code, None, self.removed_batch_no, rest)] if rest > 0 else pieces

	def as_piece(self) -> Piece:
		"""What the row itself lists, where it is one of our own tools."""
		serials = self.fitted_serials()
		return Piece(self.item_code, ", ".join(serials) or None, None, flt(self.qty))

	def is_fitted(self) -> bool:
		"""Whether what was drawn stays in the unit, and so becomes the customer's."""
		return bool(self.fit_to_unit) and self.kind in (PART, None, "")

	def as_entered(self, values: dict[str, Any]) -> dict[str, Any]:
		"""`values` of the row in a form to compare with another version: submitting changes the case of serial numbers."""
		serials = "\n".join(serial.casefold() for serial in self.fitted_serials())
		return {**values, "serial_nos": serials}


def split_serials(text: str | None) -> list[str]:
	"""The serial numbers in `text`, which has one per line or separates them by commas."""
	return [serial for part in SEPARATORS.split(text or "") if (serial := part.strip())]
