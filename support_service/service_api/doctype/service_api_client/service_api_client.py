from frappe.model.document import Document


class ServiceAPIClient(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		active: DF.Check
		client_name: DF.Data
		customer: DF.Link | None
		requests_per_minute: DF.Int
		user: DF.Link
	# end: auto-generated types
	pass
