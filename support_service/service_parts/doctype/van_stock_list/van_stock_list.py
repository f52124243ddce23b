import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_service.service_parts.vans.errors import VanStockListError


class VanStockList(Document):
	"""What a van of a team carries, with the quantities between which it is filled up."""

	def validate(self):
		seen = set()
		for row in self.items:
			if row.item_code in seen:
				self.refuse(
					_("Row {0}: {1} stands in the list twice. Remove one.").format(row.idx, row.item_code)
				)
			seen.add(row.item_code)
			if flt(row.max_qty) <= flt(row.min_qty):
				self.refuse(
					_("Row {0}: fill {1} up to more than {2}, below which it is filled up.").format(
						row.idx, row.item_code, f"{flt(row.min_qty):g}"
					)
				)
			item = frappe.get_cached_value(
				"Item", row.item_code, ["is_stock_item", "has_variants"], as_dict=True
			)
			if not item or not item.is_stock_item or item.has_variants:
				self.refuse(
					_("Row {0}: no stock of {1} is kept. Choose an item that is, no template.").format(
						row.idx, row.item_code
					)
				)

	def refuse(self, text):
		frappe.throw(text, VanStockListError)
