from support_service.permissions.parent_rows import ParentRow


class CoverageDecisionLine(ParentRow):
	"""Who pays one line of work: labour, travel or a part; by which rule."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		charge: DF.Currency
		covered_share: DF.Percent
		currency: DF.Link | None
		description: DF.Data | None
		details: DF.Code | None
		entitlement: DF.Data | None
		entitlement_qty: DF.Float
		item_code: DF.Link | None
		kind: DF.Literal["Labour", "Travel", "Part"]
		overridden: DF.Check
		overridden_by: DF.Link | None
		overridden_on: DF.Datetime | None
		override_reason: DF.SmallText | None
		qty: DF.Float
		rate: DF.Currency
		result: DF.Literal["Covered", "Partly Covered", "Charged"]
		rule_share: DF.Percent
		source_doctype: DF.Link | None
		source_name: DF.DynamicLink | None
		uom: DF.Link | None
		voucher_row: DF.Data | None

	# end: auto-generated types
