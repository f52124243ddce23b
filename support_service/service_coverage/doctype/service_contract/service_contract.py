import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from support_service.foundation import typed
from support_service.service_coverage.contract import billing as contract_billing
from support_service.service_coverage.contract import content as contract_content
from support_service.service_coverage.contract import ends as contract_ends
from support_service.service_coverage.contract import importing as contract_import
from support_service.service_coverage.contract import renewals as contract_renewals


class ServiceContract(Document):
	"""What was agreed with a customer: covered units, service level, what is included, price, term.

	What was used of it is in Service Contract Use. Its status follows from the dates and is stored for lists.
	"""

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
		cases_to_follow: DF.Data | None
		company: DF.Link
		cost_center: DF.Link | None
		currency: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		dedicated_engineer: DF.Link | None
		end_date: DF.Date
		entitlements: DF.Table[ServiceContractEntitlement]
		exclusions: DF.Table[WarrantyExclusion]
		imported: DF.Check
		invoiced_until: DF.Date | None
		item_code: DF.Link | None
		naming_series: DF.Literal["SC-.YYYY.-.#####"]
		next_invoice_on: DF.Date | None
		price: DF.Currency
		price_change: DF.Percent
		project: DF.Link | None
		propose_days: DF.Int
		quotation: DF.Link | None
		renewal_of: DF.Link | None
		renewal_proposed_on: DF.Date | None
		renewed_by: DF.Link | None
		service_level_policy: DF.Link | None
		signed_by: DF.Data | None
		signed_document: DF.Attach | None
		signed_on: DF.Date | None
		source_doctype: DF.Link | None
		source_key: DF.Data | None
		source_name: DF.DynamicLink | None
		start_date: DF.Date
		status: DF.Literal["Draft", "Upcoming", "Active", "Expired", "Terminated", "Cancelled"]
		taxes_and_charges: DF.Link | None
		template: DF.Link | None
		terminated_on: DF.Date | None
		termination_reason: DF.SmallText | None
		terms: DF.TextEditor | None
		title: DF.Data | None
		units: DF.Table[ServiceContractUnit]
		uses: DF.Int

	# end: auto-generated types

	def before_insert(self):
		contract_import.recognise(self)
		self.refuse_what_the_app_fills()
		contract_content.begin_from_template(self)

	def validate(self):
		self.keep_columns()
		contract_content.fill(self)
		contract_content.check(self)
		contract_import.check(self)
		self.set_derived()

	def before_submit(self):
		contract_content.check_complete(self)
		contract_content.check_invoiceable(self)

	def on_submit(self):
		self.set_derived(stored=True)

	def before_update_after_submit(self):
		typed.settle_numbers(self)  # Frappe calls no before_validate here
		self.keep_columns()
		contract_content.check_changed(self)
		self.set_derived()

	def before_cancel(self):
		contract_ends.check_unused(self)
		contract_billing.check_no_draft(self)

	def on_cancel(self):
		contract_renewals.release(self)
		self.set_derived(stored=True)

	def on_trash(self):
		contract_renewals.release(self)

	def onload(self):
		self.set_derived()

	def refuse_what_the_app_fills(self):
		names = (*OWN_COLUMNS, "next_invoice_on", "terminated_on", "termination_reason")
		typed.refuse_given(self, names)

	def keep_columns(self):
		"""Keep the stored values of columns the app writes itself: an open form may have older ones."""
		stored = self.get_doc_before_save()
		for name in OWN_COLUMNS:
			self.set(name, stored.get(name) if stored else None)
		self.uses = cint(self.uses)

	def set_derived(self, *, stored: bool = False):
		"""Set status and next invoice by the dates; stored: the row is written already, so write them to the database."""
		values = {"status": contract_ends.status_of(self, getdate()), **contract_billing.next_invoice(self)}
		if stored:
			self.db_set(values, update_modified=False)
		else:
			self.update(values)


# written by contract/uses.py, by the case room and by contract/renewals.py only
OWN_COLUMNS = ("uses", "cases_to_follow", "renewed_by", "renewal_proposed_on", "quotation")


def on_doctype_update():
	"""Every intake asks for the contracts of its customer; nightly jobs ask by status."""
	frappe.db.add_index("Service Contract", ["customer", "docstatus", "end_date"])
	frappe.db.add_index("Service Contract", ["status", "end_date"])
	frappe.db.add_index("Service Contract", ["docstatus", "next_invoice_on"])
	# the search bar, see erpnext_desk/search.py
	frappe.db.add_index("Service Contract", ["title", "customer_name"], "service_search")
