import re
from typing import Any

import frappe

from support_service.permissions.parent_rows import ParentRow

SEPARATORS = re.compile(r"[\n,]+")


class EngineerVisitPart(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		batch_no: DF.Link | None
		coverage: DF.Literal["", "Covered", "Partly Covered", "Charged"]
		covered_share: DF.Percent
		fit_to_unit: DF.Check
		item_code: DF.Link
		item_name: DF.Data | None
		qty: DF.Float
		removed_item_code: DF.Link | None
		removed_qty: DF.Float
		removed_serial_nos: DF.SmallText | None
		serial_nos: DF.SmallText | None
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

	def as_entered(self, values: dict[str, Any]) -> dict[str, Any]:
		"""`values` of the row in a form to compare with another version: submitting changes the case of serial numbers."""
		serials = "\n".join(serial.casefold() for serial in self.fitted_serials())
		return {**values, "serial_nos": serials}


def split_serials(text: str | None) -> list[str]:
	"""The serial numbers in `text`, which has one per line or separates them by commas."""
	return [serial for part in SEPARATORS.split(text or "") if (serial := part.strip())]
