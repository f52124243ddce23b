import frappe
from frappe import _
from frappe.model.document import Document

from support_service.service_parts.removed.errors import StepNotAllowedError


class RemovedPart(Document):
	"""A part taken out of a customer's unit and what becomes of it; written by `service_parts/removed/` only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_parts.doctype.removed_part_move.removed_part_move import RemovedPartMove

		batch_no: DF.Link | None
		belongs_to: DF.Literal[
			"Us",
			"Customer",
		]
		comes_back_with: DF.Literal[
			"Engineer",
			"Customer",
		]
		company: DF.Link
		coverage: DF.Literal[
			"",
			"Covered",
			"Partly Covered",
			"Charged",
		]
		credit_currency: DF.Link | None
		credit_due_on: DF.Date | None
		credit_expected: DF.Currency
		credit_received: DF.Currency
		credit_warned_for: DF.Date | None
		customer: DF.Link | None
		debit_note: DF.Link | None
		department_queue: DF.Data | None
		disposition: DF.Literal[
			"Back to Us",
			"Left with Customer",
			"Scrapped on Site",
			"Returned to Vendor",
		]
		due_on: DF.Date | None
		engineer: DF.Link | None
		engineer_user: DF.Link | None
		engineer_visit: DF.Link
		engineer_warned_for: DF.Date | None
		handed_in_on: DF.Datetime | None
		history: DF.Table[RemovedPartMove]
		installed_unit: DF.Link | None
		is_tool: DF.Check
		item_code: DF.Link
		lead_warned_for: DF.Date | None
		naming_series: DF.Literal["RP-.YYYY.-.#####",]
		purchase_doctype: DF.Link | None
		purchase_name: DF.DynamicLink | None
		purchase_return: DF.Link | None
		qty: DF.Float
		sent_on: DF.Date | None
		serial_no: DF.Data | None
		service_request: DF.Link
		source_key: DF.Data | None
		split_from: DF.Link | None
		status: DF.Literal[
			"Due",
			"Received",
			"Tested",
			"In Repair",
			"Repaired",
			"Scrapped",
			"Returned to Vendor",
			"Returned to Customer",
			"Credited",
			"Not Credited",
			"Left with Customer",
			"Waived",
			"Cancelled",
		]
		supplier: DF.Link | None
		team: DF.Link | None
		test_result: DF.Literal[
			"",
			"Good",
			"Repairable",
			"Defective",
		]
		uom: DF.Link | None
		value_rate: DF.Currency
		vendor_reference: DF.Data | None
		warehouse: DF.Link | None

	# end: auto-generated types
	def validate(self):
		if not self.flags.by_its_writer:
			frappe.throw(
				_(
					"A removed part is changed with the buttons of its form, so that stock and history follow."
				),
				StepNotAllowedError,
			)

	def on_trash(self):
		if not frappe.flags.in_uninstall:
			frappe.throw(
				_("A removed part is not deleted: it is cancelled with its visit."), StepNotAllowedError
			)


def on_doctype_update():
	"""Add the indexes that the list of what is due, and the daily look at it, read by."""
	frappe.db.add_index("Removed Part", ["status", "due_on"])
	frappe.db.add_index("Removed Part", ["engineer_user", "status", "due_on"])
	frappe.db.add_index("Removed Part", ["team", "status", "due_on"])
