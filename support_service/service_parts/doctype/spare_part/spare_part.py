from support_service.permissions.parent_rows import ParentRow


class SparePart(ParentRow):
	"""One part that can be replaced in a product."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		item_code: DF.Link
		item_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		position: DF.Data | None
		qty: DF.Float

	# end: auto-generated types
	pass
