from support_service.permissions.parent_rows import ParentRow


class AlertLabelMapping(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link | None
		impact: DF.Literal["", "High", "Medium", "Low"]
		installed_unit: DF.Link | None
		label: DF.Data
		match: DF.Literal["Equals", "Regular Expression"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		team: DF.Link | None
		urgency: DF.Literal["", "High", "Medium", "Low"]
		value: DF.Data
	# end: auto-generated types
	pass
