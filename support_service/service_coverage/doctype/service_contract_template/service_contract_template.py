from frappe.model.document import Document


class ServiceContractTemplate(Document):
	"""What a kind of service contract promises and costs; contracts begin as a copy of it."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_coverage.doctype.service_contract_entitlement.service_contract_entitlement import (
			ServiceContractEntitlement,
		)
		from support_service.service_coverage.doctype.warranty_exclusion.warranty_exclusion import (
			WarrantyExclusion,
		)

		auto_renew: DF.Check
		billing_interval: DF.Literal["In Advance", "Monthly", "Quarterly", "Half-Yearly", "Yearly"]
		calendar: DF.Link | None
		company: DF.Link | None
		disabled: DF.Check
		entitlements: DF.Table[ServiceContractEntitlement]
		exclusions: DF.Table[WarrantyExclusion]
		item_code: DF.Link | None
		months: DF.Int
		price: DF.Currency
		price_change: DF.Percent
		propose_days: DF.Int
		service_level_policy: DF.Link | None
		template_name: DF.Data
		terms: DF.TextEditor | None

	# end: auto-generated types
