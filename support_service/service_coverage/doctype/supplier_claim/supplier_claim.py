from frappe.model.document import Document


class SupplierClaim(Document):
	"""A claim on the supplier for hardware that proved unfit, with drafts of the purchase return and the debit note."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.SmallText | None
		answered_on: DF.Date | None
		claim_for: DF.Literal["Credit", "Replacement", "Repair"]
		claimed_on: DF.Date
		company: DF.Link
		debit_note: DF.Link | None
		installed_unit: DF.Link | None
		item_code: DF.Link
		naming_series: DF.Literal["SCL-.YYYY.-.#####"]
		purchase_doctype: DF.Link | None
		purchase_name: DF.DynamicLink | None
		purchase_return: DF.Link | None
		qty: DF.Float
		reason: DF.SmallText
		serial_no: DF.Link | None
		service_request: DF.Link | None
		status: DF.Literal["Draft", "Sent", "Accepted", "Refused", "Settled"]
		supplier: DF.Link

	# end: auto-generated types
