import frappe
from frappe import _
from frappe.model.document import Document


class DecisionHasOneWriterError(frappe.ValidationError):
	"""Decisions are made through the request, never by hand."""


class CoverageDecision(Document):
	"""Who pays for a case: covered, partly or charged, line by line, with the rule that decided."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_charging.doctype.coverage_decision_line.coverage_decision_line import (
			CoverageDecisionLine,
		)

		acceptance: DF.Literal["Not Needed", "Open", "Asked", "Accepted", "Declined"]
		answer_note: DF.SmallText | None
		answered_by: DF.Data | None
		answered_how: DF.Literal["", "Portal", "E-mail Link", "Phone", "In Writing", "Signature"]
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
		number: DF.Int
		outcome: DF.Literal["Covered", "Partly Covered", "Charged"]
		proof_of_purchase: DF.Attach | None
		quotation: DF.Link | None
		sales_invoice: DF.Link | None
		sales_order: DF.Link | None
		service_request: DF.Link
		stage: DF.Literal["Intake", "Before Work", "Work Done", "Sale"]
		status: DF.Literal["Current", "Superseded", "Reversed"]
		supersedes: DF.Link | None
		token_expires_on: DF.Datetime | None
		token_hash: DF.Data | None
		total: DF.Currency

	# end: auto-generated types
	def validate(self):
		# client JSON cannot set flags: decisions are written by decision/store.py alone
		if not self.flags.from_decision_writer:
			frappe.throw(
				_("Coverage decisions are made through their request. Use the buttons under Who Pays."),
				DecisionHasOneWriterError,
			)

	def on_trash(self):
		if frappe.flags.in_uninstall:
			return
		frappe.throw(
			_("Coverage decisions cannot be deleted. Make a new one; it takes the place of this one."),
			DecisionHasOneWriterError,
		)


def on_doctype_update():
	"""Index of the decisions of a case, the latest first."""
	frappe.db.add_index("Coverage Decision", ["service_request", "status", "number"])
