import frappe
from frappe.model.document import Document

from support_service.foundation import typed
from support_service.service_parts.loans import asked_for, moves, pieces, requests
from support_service.service_parts.loans.lifecycle import BEFORE_HAND_OVER, Status

# filled by `validate` from the case, the engineer and the settings
FILLED = ("customer", "customer_name", "company", "engineer_user", "loan_warehouse")


class EquipmentLoan(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_parts.doctype.equipment_loan_piece.equipment_loan_piece import (
			EquipmentLoanPiece,
		)
		from support_service.service_parts.doctype.equipment_loan_return.equipment_loan_return import (
			EquipmentLoanReturn,
		)

		company: DF.Link
		customer: DF.Link | None
		customer_name: DF.Data | None
		engineer: DF.Link | None
		engineer_user: DF.Link | None
		engineer_visit: DF.Link | None
		from_date: DF.Date
		handed_over_on: DF.Datetime | None
		loan_warehouse: DF.Link | None
		naming_series: DF.Literal["EL-.YYYY.-.#####"]
		pieces: DF.Table[EquipmentLoanPiece]
		proposal_key: DF.Data | None
		proposed: DF.Check
		reason: DF.SmallText | None
		returned_on: DF.Datetime | None
		returns: DF.Table[EquipmentLoanReturn]
		service_request: DF.Link
		signature: DF.Signature | None
		signed_at: DF.Datetime | None
		signed_by: DF.Data | None
		source_warehouse: DF.Link | None
		stands_in_for: DF.Link | None
		status: DF.Literal["Requested", "Booked", "Lent", "Partly Returned", "Returned", "Cancelled"]
		stock_entry: DF.Link | None
		unsigned_reason: DF.SmallText | None
		until_date: DF.Date

	# end: auto-generated types
	def validate(self):
		moves.guard(self)
		with typed.must_result(self, FILLED):
			requests.take_over_from_case(self)
			requests.take_over_from_engineer(self)
			requests.set_places(self)
		requests.check_period(self)
		if self.status in BEFORE_HAND_OVER:
			pieces.complete(self)
		if self.status == Status.BOOKED:
			pieces.check(self)

	def on_update(self):
		moves.record(self)
		asked_for.tell_of_bookings(self)

	def on_trash(self):
		moves.check_deletable(self)
		moves.remove_entries(self)


def on_doctype_update():
	"""Add the indexes that the reminders, the bookings of a piece and the list of loans out read by."""
	frappe.db.add_index("Equipment Loan", ["status", "until_date"])
	frappe.db.add_index("Equipment Loan", ["customer", "status"])
	frappe.db.add_index("Equipment Loan Piece", ["serial_no", "parenttype"])
	frappe.db.add_index("Equipment Loan Piece", ["item_code", "parenttype"])
