import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_service.field_service import (
	case_effects,
	case_sharing,
	planning,
	signing,
	steps,
	submission,
	visit_messages,
	visit_times,
)
from support_service.field_service.errors import VisitIncompleteError
from support_service.field_service.planning import FROM_CASE
from support_service.foundation import instants, locks, typed
from support_service.foundation.posting import Posting

# written by the steps of submitting
FILLED_ON_SUBMIT = ("stock_entry", "parts_cost")
# written by `validate` at every save
FILLED = (
	*FROM_CASE,
	"title",
	"site_address_display",
	"engineer_user",
	"team",
	"status",
	"lent_share",
	"departed_utc",
	"arrived_utc",
	"left_utc",
	"charge_shown",
	"signed_charge",
	*signing.ALLOWED,
)


class EngineerVisit(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.field_service.doctype.engineer_visit_part.engineer_visit_part import (
			EngineerVisitPart,
		)

		amended_from: DF.Link | None
		arrived_at: DF.Datetime | None
		arrived_utc: DF.Datetime | None
		charge_allowed_by: DF.Link | None
		charge_allowed_on: DF.Datetime | None
		charge_allowed_reason: DF.SmallText | None
		charge_shown: DF.Data | None
		company: DF.Link
		coverage_decision: DF.Link | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		departed_at: DF.Datetime | None
		departed_utc: DF.Datetime | None
		department_queue: DF.Data | None
		engineer: DF.Link
		engineer_name: DF.Data | None
		engineer_user: DF.Link | None
		expected_at: DF.Datetime | None
		findings: DF.TextEditor | None
		installed_unit: DF.Link | None
		left_at: DF.Datetime | None
		left_utc: DF.Datetime | None
		lent_share: DF.Data | None
		naming_series: DF.Literal["EV-.YYYY.-.#####"]
		outcome: DF.Literal[
			"", "Solved", "Business Restored", "Parts Needed", "Customer Not There", "Not Solved"
		]
		parts: DF.Table[EngineerVisitPart]
		parts_cost: DF.Currency
		planned_end: DF.Datetime
		planned_start: DF.Datetime
		preparation_note: DF.SmallText | None
		prevention: DF.SmallText | None
		service_request: DF.Link
		signature: DF.Signature | None
		signed_at: DF.Datetime | None
		signed_by: DF.Data | None
		signed_charge: DF.Currency
		site_address: DF.Link | None
		site_address_display: DF.SmallText | None
		status: DF.Literal["Planned", "On the Way", "On Site", "Completed", "Cancelled"]
		stock_entry: DF.Link | None
		team: DF.Link | None
		title: DF.Data | None
		travel_minutes: DF.Int
		unsigned_reason: DF.SmallText | None
		visit_type: DF.Literal["On Site", "Remote"]
		warehouse: DF.Link | None
		work_done: DF.TextEditor | None
		work_minutes: DF.Int

	# end: auto-generated types
	# what the steps of the submission under way hand to one another, see steps.py; never stored
	posting: Posting

	def __init__(self, *args, **kwargs):
		super().__init__(*args, **kwargs)
		self.posting = Posting()

	def insert(self, *args, **kwargs):
		"""Insert a visit that has drawn nothing yet; cleared here because Frappe's insert begins with checking links."""
		self.posting = Posting()  # a sender's value of that name counts for nothing
		locks.latest()  # two visits at the same moment both get a number
		self.forget_stock()
		return super().insert(*args, **kwargs)

	def save(self, *args, **kwargs):
		"""Save; submitting and cancelling move stock, so each is a transaction of its own, see `submission.py`."""
		plain_save = super().save
		return submission.save(self, lambda: plain_save(*args, **kwargs))

	def forget_stock(self):
		"""Clear what the stock of another visit filled: the desk's Amend copies no_copy fields, too.

		A signature stays: it was given, and when is part of it.
		"""
		self.set("__islocal", True)  # Frappe does so only later, in its own insert
		typed.refuse_given(self, FILLED_ON_SUBMIT)
		self.update({"stock_entry": None, "parts_cost": 0})
		for row in self.parts:
			row.update({"valuation_rate": 0, "amount": 0})

	def as_entered(self, values):
		"""Values that people enter, to compare a repeat with what is stored: what the form showed is stored as the charge."""
		values.pop("charge_shown", None)
		return values

	def validate(self):
		with typed.must_result(self, FILLED):
			case_sharing.keep_share(self)
			planning.take_over_from_case(self)
			planning.take_over_from_engineer(self)
			planning.check_engineer(self)
			visit_times.set_instants(self)
			visit_times.check_order(self)
			visit_times.check_arrival(self)
			signing.follow(self)
			self.set_status()

	def on_update(self):
		case_sharing.follow(self)
		case_effects.report_arrival(self)
		visit_messages.follow(self)

	def before_submit(self):
		self.check_report()
		self.date_signature()
		steps.run(self, "before_submit")

	def on_submit(self):
		steps.run(self, "on_submit")

	def before_cancel(self):
		self.status = "Cancelled"

	def on_cancel(self):
		steps.run(self, "on_cancel")

	def on_trash(self):
		visit_messages.tell_cancelled(self)
		case_sharing.end(self)

	def set_status(self):
		"""Derive the status from what has happened; nobody chooses it."""
		if self.docstatus.is_cancelled():
			self.status = "Cancelled"
		elif self.docstatus.is_submitted():
			self.status = "Completed"
		elif self.arrived_at:
			self.status = "On Site"
		else:
			self.status = "On the Way" if self.departed_at else "Planned"

	def check_report(self):
		"""Refuse a report in which something is missing: what was done, when, or the customer's signature."""
		needed = ["outcome", "work_done", "arrived_at", "left_at"]
		if self.outcome == "Solved":
			needed.append("findings")
		if self.outcome == "Customer Not There":
			needed = ["outcome"]
		missing = [
			_(self.meta.get_label(name), context=self.doctype) for name in needed if not self.get(name)
		]
		unsigned = (
			not (self.signature and self.signed_by)
			and not self.unsigned_reason
			and self.visit_type == "On Site"
		)
		sign = _("Let the customer sign the report, or say under {0} why it is not signed.").format(
			_(self.meta.get_label("unsigned_reason"), context=self.doctype)
		)
		if missing:
			# all that is missing is said at once
			fill_in = _("Before submitting the report, please fill in: {0}.").format(", ".join(missing))
			frappe.throw(f"{fill_in}<br>{sign}" if unsigned else fill_in, VisitIncompleteError)
		if self.arrived_at and instants.lies_ahead(self.left_at or self.arrived_at):
			frappe.throw(
				_("Arrived and Left cannot be in the future. Correct the times."), VisitIncompleteError
			)
		if unsigned:
			frappe.throw(sign, VisitIncompleteError)

	def date_signature(self):
		if self.signature and not self.signed_at:
			self.signed_at = now_datetime()


def on_doctype_update():
	"""Add the indexes that the engineer's own list, the calendar and the connections of the case read by."""
	frappe.db.add_index("Engineer Visit", ["engineer_user", "docstatus", "planned_start"])
	frappe.db.add_index("Engineer Visit", ["team", "planned_start"])
	frappe.db.add_index("Engineer Visit", ["installed_unit", "planned_start"])
	# reports of a period
	frappe.db.add_index("Engineer Visit", ["docstatus", "left_at"])
	# the search bar, see erpnext_desk/search.py
	frappe.db.add_index("Engineer Visit", ["title", "engineer_name"], "service_search")
