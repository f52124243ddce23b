from support_service.permissions.parent_rows import ParentRow


class ServiceRoutingRule(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Link | None
		customer_group: DF.Link | None
		department_queue: DF.Literal["Pre-Sales", "After-Sales", "Technical Support"]
		item_group: DF.Link | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		request_type: DF.Literal[
			"",
			"Fault",
			"Inquiry",
			"Repair",
			"Installation",
			"Training",
			"Complaint",
			"Change Request",
			"Upgrade",
			"Spare Part",
		]
		team: DF.Link | None
		territory: DF.Link | None
	# end: auto-generated types
	pass
