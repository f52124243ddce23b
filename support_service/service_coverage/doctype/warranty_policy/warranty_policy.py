from frappe.model.document import Document


class WarrantyPolicy(Document):
	"""Which warranty a delivered unit gets: when it starts, how long it covers what, and what it excludes."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_coverage.doctype.warranty_exclusion.warranty_exclusion import (
			WarrantyExclusion,
		)

		brand: DF.Link | None
		company: DF.Link | None
		cost_center: DF.Link | None
		enabled: DF.Check
		exclusions: DF.Table[WarrantyExclusion]
		item: DF.Link | None
		item_group: DF.Link | None
		months_labour: DF.Int
		months_parts: DF.Int
		months_travel: DF.Int
		part_months: DF.Int
		part_rule: DF.Literal["Longer of Both", "Remaining of the Unit", "Own Period"]
		policy_name: DF.Data
		scope_summary: DF.Data | None
		share_labour: DF.Percent
		share_parts: DF.Percent
		share_travel: DF.Percent
		start_after_days: DF.Int
		starts_at: DF.Literal["Delivery", "Installation", "Final Acceptance"]
		terms: DF.TextEditor | None
		valid_from: DF.Date | None
		valid_to: DF.Date | None

	# end: auto-generated types
