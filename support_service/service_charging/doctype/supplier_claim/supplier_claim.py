import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, nowdate

from support_service.foundation import typed
from support_service.service_charging import supplier_claims

# status → where it may go from there
NEXT = {
	"Draft": ("Sent",),
	"Sent": ("Accepted", "Refused"),
	"Accepted": ("Settled",),
	"Refused": ("Sent",),
	"Settled": (),
}


class ClaimStepError(frappe.ValidationError):
	"""A claim goes from draft to sent, is accepted or refused, and settled."""


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
	def validate(self):
		self.keep_case()
		self.take_over_from_unit()
		with typed.must_result(self, ["purchase_doctype"]):
			self.find_purchase()
		self.check_quantity()
		self.check_step()

	def keep_case(self):
		"""Who sees the case sees the claim; one that came from no case may be put on one, once."""
		before = self.get_doc_before_save()
		if before and before.service_request and before.service_request != self.service_request:
			frappe.throw(
				_("A claim stays with its request. Write a new claim for another one."),
				frappe.CannotChangeConstantError,
			)

	def take_over_from_unit(self):
		"""A claim about a whole unit need not name its item again."""
		if self.installed_unit and not self.item_code:
			self.item_code, serial_no = frappe.db.get_value(
				"Installed Unit", self.installed_unit, ["item_code", "serial_no"]
			)
			self.serial_no = self.serial_no or serial_no

	def find_purchase(self):
		if self.purchase_name or not self.item_code:
			return
		found = supplier_claims.find_purchase(self.item_code, self.serial_no, self.supplier)
		if found:
			self.purchase_doctype, self.purchase_name = found.doctype, found.name
			self.supplier = self.supplier or found.supplier

	def check_quantity(self):
		if flt(self.qty) <= 0 or (self.serial_no and flt(self.qty) != 1):
			frappe.throw(_("Claim at least one piece; of a serial number exactly one."))

	def check_step(self):
		before = self.get_doc_before_save()
		was = before.status if before else "Draft"
		if self.status == was:
			return
		if self.status not in NEXT[was]:
			frappe.throw(
				_("A claim that is {0} cannot become {1}.").format(
					_(was, context=self.doctype), _(self.status, context=self.doctype)
				),
				ClaimStepError,
			)
		if self.status in ("Accepted", "Refused"):
			self.answered_on = self.answered_on or nowdate()
