from support_service.permissions.parent_rows import ParentRow


class ServicePriorityRule(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		impact: DF.Literal["High", "Medium", "Low"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		priority: DF.Literal["Critical", "High", "Medium", "Low"]
		urgency: DF.Literal["High", "Medium", "Low"]
	# end: auto-generated types
	pass
