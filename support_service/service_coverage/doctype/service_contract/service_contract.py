from frappe.model.document import Document


class ServiceContract(Document):
	"""A service contract: covered units, service level, what is included, price, term."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_coverage.doctype.service_contract_entitlement.service_contract_entitlement import (
			ServiceContractEntitlement,
		)
		from support_service.service_coverage.doctype.service_contract_unit.service_contract_unit import (
			ServiceContractUnit,
		)
		from support_service.service_coverage.doctype.warranty_exclusion.warranty_exclusion import (
			WarrantyExclusion,
		)

		all_units: DF.Check
		amended_from: DF.Link | None
		auto_renew: DF.Check
		billing_interval: DF.Literal["In Advance", "Monthly", "Quarterly", "Half-Yearly", "Yearly"]
		calendar: DF.Link | None
		company: DF.Link
		cost_center: DF.Link | None
		currency: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		dedicated_engineer: DF.Link | None
		end_date: DF.Date
		entitlements: DF.Table[ServiceContractEntitlement]
		exclusions: DF.Table[WarrantyExclusion]
		item_code: DF.Link | None
		naming_series: DF.Literal["SC-.YYYY.-.#####"]
		next_invoice_on: DF.Date | None
		price: DF.Currency
		price_change: DF.Percent
		propose_days: DF.Int
		renewal_of: DF.Link | None
		renewed_by: DF.Link | None
		service_level_policy: DF.Link | None
		signed_by: DF.Data | None
		signed_document: DF.Attach | None
		signed_on: DF.Date | None
		start_date: DF.Date
		status: DF.Literal["Draft", "Upcoming", "Active", "Expired", "Terminated", "Cancelled"]
		taxes_and_charges: DF.Link | None
		template: DF.Link | None
		terminated_on: DF.Date | None
		termination_reason: DF.SmallText | None
		terms: DF.TextEditor | None
		title: DF.Data
		units: DF.Table[ServiceContractUnit]

	# end: auto-generated types
