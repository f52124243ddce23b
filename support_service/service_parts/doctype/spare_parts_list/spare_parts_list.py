import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_service.service_parts.needs import errors


class SparePartsList(Document):
	"""What can be replaced in a product; for products that are bought and have no bill of materials, or beside it."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_parts.doctype.spare_part.spare_part import SparePart

		disabled: DF.Check
		item_code: DF.Link
		item_name: DF.Data | None
		naming_series: DF.Literal["SPL-.#####"]
		parts: DF.Table[SparePart]

	# end: auto-generated types
	def validate(self):
		self.check_one_list()
		self.check_parts()

	def check_one_list(self):
		other = frappe.db.get_value(self.doctype, {"item_code": self.item_code, "name": ("!=", self.name)})
		if other and self.is_new():
			frappe.throw(
				_("{0} has a list already: {1}. Add the parts there.").format(
					self.item_name or self.item_code, other
				),
				errors.SparePartsListError,
			)

	def check_parts(self):
		"""Each part once, and not the product itself."""
		seen = {self.item_code}
		for row in self.parts:
			if row.item_code in seen:
				frappe.throw(
					_("Row {0}: {1} stands in the list already, or is the product itself.").format(
						row.idx, row.item_name or row.item_code
					),
					errors.SparePartsListError,
				)
			if flt(row.qty) <= 0:
				row.qty = 1
			seen.add(row.item_code)
