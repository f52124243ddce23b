from frappe.model.document import Document


class CoverageDecision(Document):
	"""Who pays for a case: covered, partly or charged, line by line, with the rule that decided."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_coverage.doctype.coverage_decision_line.coverage_decision_line import (
			CoverageDecisionLine,
		)

		acceptance: DF.Literal["Not Needed", "Open", "Asked", "Accepted", "Declined"]
		answer_note: DF.SmallText | None
		answered_by: DF.Data | None
		answered_how: DF.Literal["", "Portal", "E-mail Link", "Phone", "In Writing"]
		answered_on: DF.Datetime | None
		asked_on: DF.Datetime | None
		charged_amount: DF.Currency
		company: DF.Link | None
		covered_amount: DF.Currency
		currency: DF.Link | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		decided_by: DF.Link | None
		decided_for: DF.Date | None
		decided_on: DF.Datetime | None
		decision_key: DF.Data | None
		engineer_visit: DF.Link | None
		exclusion: DF.Data | None
		exclusion_reason: DF.SmallText | None
		installed_unit: DF.Link | None
		lines: DF.Table[CoverageDecisionLine]
		naming_series: DF.Literal["CD-.YYYY.-.#####"]
		outcome: DF.Literal["Covered", "Partly Covered", "Charged"]
		proof_of_purchase: DF.Attach | None
		quotation: DF.Link | None
		sales_invoice: DF.Link | None
		sales_order: DF.Link | None
		service_request: DF.Link
		stage: DF.Literal["Intake", "Before Work", "Work Done"]
		status: DF.Literal["Current", "Superseded", "Reversed"]
		token_expires_on: DF.Datetime | None
		token_hash: DF.Data | None
		total: DF.Currency

	# end: auto-generated types
