from support_service.permissions.parent_rows import ParentRow


class ServiceProblemCase(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		installed_unit: DF.Link | None
		linked_by: DF.Link | None
		linked_on: DF.Datetime | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		service_request: DF.Link | None
		told: DF.Check
	# end: auto-generated types
