from frappe.model.document import Document


class PortalInvitation(Document):
	"""An invitation of a customer's person by another one, with a link that works once; written by customer_portal/people.py alone."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		accepted_on: DF.Datetime | None
		customer: DF.Link
		email: DF.Data
		expires_on: DF.Datetime | None
		full_name: DF.Data | None
		invited_by: DF.Link | None
		status: DF.Literal["Open", "Accepted", "Revoked"]
		token_hash: DF.Data | None
		user: DF.Link | None

	# end: auto-generated types
