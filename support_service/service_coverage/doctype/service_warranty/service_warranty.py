from frappe.model.document import Document


class ServiceWarranty(Document):
	"""The warranty of one unit or of one fitted part. What it says follows from its ledger, Service Warranty Entry."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		company: DF.Link | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		ends_on: DF.Date | None
		fitted_part: DF.Link | None
		installed_unit: DF.Link
		item_code: DF.Link | None
		labour_until: DF.Date | None
		naming_series: DF.Literal["SW-.######"]
		part_item: DF.Link | None
		part_serial: DF.Data | None
		parts_until: DF.Date | None
		policy: DF.Link | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		serial_label: DF.Data | None
		share_labour: DF.Percent
		share_parts: DF.Percent
		share_travel: DF.Percent
		source_key: DF.Data | None
		starts_on: DF.Date | None
		status: DF.Literal["Pending", "Active", "Suspended", "Expired", "Void"]
		travel_until: DF.Date | None
		unit_name: DF.Data | None

	# end: auto-generated types
