from support_service.permissions.parent_rows import ParentRow


class RemovedPartRule(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		disposition: DF.Literal[
			"", "Back to Us", "Left with Customer", "Scrapped on Site", "Returned to Vendor"
		]
		due_days: DF.Int
		item_group: DF.Link
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data

	# end: auto-generated types
	pass
