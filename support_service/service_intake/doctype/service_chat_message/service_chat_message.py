from support_service.permissions.parent_rows import ParentRow


class ServiceChatMessage(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		communication: DF.Link | None
		kind: DF.Literal["Customer", "Service", "Notice"]
		message_key: DF.Data | None
		notice: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		said_by: DF.Link | None
		said_on: DF.Datetime | None
	# end: auto-generated types
	pass
