from support_service.permissions.parent_rows import ParentRow


class ServiceCompanyDefault(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		company: DF.Link
		contract_cost_center: DF.Link | None
		cost_center: DF.Link | None
		expense_account: DF.Link | None
		labour_item: DF.Link | None
		parts_warehouse: DF.Link | None
		price_list: DF.Link | None
		travel_item: DF.Link | None
		warranty_cost_center: DF.Link | None

	# end: auto-generated types
	pass
