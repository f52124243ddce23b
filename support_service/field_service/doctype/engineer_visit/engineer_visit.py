from typing import Any

import frappe
from frappe import _
from frappe.contacts.doctype.address.address import get_address_display
from frappe.model.document import Document
from frappe.utils import get_datetime, now_datetime, strip_html

from support_service.field_service import case_effects, lending, steps, submission
from support_service.field_service.copies import title_of
from support_service.field_service.errors import EngineerNotFitError, VisitIncompleteError, VisitWindowError
from support_service.foundation import instants, typed
from support_service.foundation.posting import Posting
from support_service.support_service.lifecycle import BY_ACTION, FINAL_STATES, Status, may_make
from support_service.support_service.messaging import recipients

# Facts a visit takes over from its case, so that lists and permissions need no join.
FROM_CASE = ("customer", "customer_name", "company", "department_queue")

DRAWN = ("stock_entry", "parts_cost")
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
	# what the steps of the submission under way hand to one another, see steps.py
	posting: Posting

	def __init__(self, *args, **kwargs):
		super().__init__(*args, **kwargs)
		self.posting = Posting()

	def insert(self, *args, **kwargs):
		"""A new visit has drawn nothing yet, whatever its sender copied; here, because the first step checks links."""
		self.posting = Posting()  # whatever its sender calls so
		self.forget_stock()
		return super().insert(*args, **kwargs)

	def save(self, *args, **kwargs):
		"""Submitting and cancelling move stock: each is a transaction of its own, see `submission.py`."""
		plain_save = super().save
		return submission.save(self, lambda: plain_save(*args, **kwargs))

	def forget_stock(self):
		self.set("__islocal", True)  # Frappe says so only in its own insert
		typed.refuse_given(self, DRAWN)
		"""The desk's Amend copies no_copy fields too. A signature stays: it was given, and when is part of it."""
		self.update({"stock_entry": None, "parts_cost": 0})
		for row in self.parts:
			row.update({"valuation_rate": 0, "amount": 0})

	def validate(self):
		with typed.must_result(self, FILLED):
			lending.keep_share(self)
			self.take_over_from_case()
			self.take_over_from_engineer()
			self.check_engineer()
			self.stamp_instants()
			self.check_times()
			self.check_arrival()
			self.set_status()

	def on_update(self):
		lending.follow(self)
		case_effects.report_arrival(self)

	def before_submit(self):
		self.check_report()
		self.stamp_signature()
		steps.run(self, "before_submit")

	def on_submit(self):
		steps.run(self, "on_submit")

	def before_cancel(self):
		self.status = "Cancelled"

	def on_cancel(self):
		steps.run(self, "on_cancel")

	def on_trash(self):
		lending.end(self)

	def take_over_from_case(self):
		case = frappe.db.get_value(
			"Service Request",
			self.service_request,
			[*FROM_CASE, "installed_unit", "site_address", "site_address_display", "status", "team"],
			as_dict=True,
		)
		if not case:
			return  # the link check that follows says so
		if self.is_new() and case.status in FINAL_STATES and not self.corrects_visit_of_case():
			frappe.throw(
				_("Request {0} is {1}. Open a new request for a new visit.").format(
					self.service_request, _(case.status, context="Service Request")
				),
				VisitWindowError,
			)
		self.check_case_is_assigned(case.status)
		for fieldname in FROM_CASE:
			self.set(fieldname, case.get(fieldname))
		self.installed_unit = self.installed_unit or case.installed_unit
		if not self.site_address:
			self.site_address, self.site_address_display = case.site_address, case.site_address_display
		elif self.has_value_changed("site_address"):
			self.site_address_display = strip_html(get_address_display(self.site_address) or "")
		else:
			# a form that was opened before the address was corrected still shows the old one
			self.site_address_display = self.get_doc_before_save().site_address_display
		self.title = title_of(self.customer_name, self.service_request)

	def check_case_is_assigned(self, status: str):
		"""A visit sends its engineer, so on a case nobody was assigned to only a lead may plan one."""
		if (
			self.is_new()
			and status == Status.NEW
			and not may_make(BY_ACTION["assign"], frappe.get_roles(), False)
		):
			frappe.throw(
				_("Request {0} has no engineer yet. Ask the After-Sales Lead to assign one first.").format(
					self.service_request
				),
				VisitWindowError,
			)

	def corrects_visit_of_case(self) -> bool:
		"""A mistake in a report may be noticed after the case is closed; a visit that took place can be amended."""
		return bool(self.amended_from) and self.service_request == frappe.db.get_value(
			"Engineer Visit", self.amended_from, "service_request"
		)

	def take_over_from_engineer(self):
		engineer = frappe.db.get_value(
			"Service Engineer", self.engineer, ["user", "team", "van_warehouse"], as_dict=True
		)
		if not engineer:
			return
		self.engineer_user, self.team = engineer.user, engineer.team
		other_engineer = self.has_value_changed("engineer") and not self.is_new()
		if not self.warehouse or (other_engineer and not self.has_value_changed("warehouse")):
			self.warehouse = engineer.van_warehouse

	def stamp_instants(self):
		"""When it was, in UTC: in the night the clock is set back, what was typed means one hour of two."""
		before = self.get_doc_before_save() or frappe._dict()
		earliest = None
		for name in ("departed", "arrived", "left"):
			at, column, instant = self.get(f"{name}_at"), f"{name}_utc", None
			if at:
				stored = before.get(column) if _same_time(before.get(f"{name}_at"), at) else None
				instant = instants.of_utc_column(stored)
				if instant is None or (earliest is not None and instant < earliest):
					instant = instants.entered(at, after=self.raised() if earliest is None else earliest)
				earliest = instant
			self.set(column, instants.utc_column(instant))

	def raised(self) -> int | None:
		"""Nobody sets off for a case before it is there."""
		raised_on = frappe.db.get_value("Service Request", self.service_request, "raised_on")
		return instants.to_utc(raised_on) if raised_on else None

	def check_engineer(self):
		"""Nobody plans a visit of somebody who left; a visit that took place stays theirs."""
		chosen = self.is_new() or self.has_value_changed("engineer")
		if self.docstatus or self.left_at or self.amended_from or not chosen:
			return
		if not recipients.able_engineers([self.engineer]):
			frappe.throw(
				_(
					"{0} cannot go: the engineer is not active, or their user cannot log in or has lost the role. Choose another one."
				).format(self.engineer_name or self.engineer),
				EngineerNotFitError,
			)

	def check_times(self):
		order = (
			("planned_start", "planned_end"),
			("departed_at", "arrived_at"),
			("arrived_at", "left_at"),
		)
		for first, second in order:
			if (
				self.get(first)
				and self.get(second)
				and instants.elapsed(self.get(first), self.get(second)) < 0
			):
				frappe.throw(
					_("{0} must not be later than {1}.").format(
						_(self.meta.get_label(first), context=self.doctype),
						_(self.meta.get_label(second), context=self.doctype),
					),
					VisitWindowError,
				)

	def check_arrival(self):
		"""An arrival keeps promises the moment it is saved, so it must have happened."""
		if self.arrived_at and self.has_value_changed("arrived_at") and instants.lies_ahead(self.arrived_at):
			frappe.throw(_("Arrived and Left cannot be in the future. Correct the times."), VisitWindowError)

	def set_status(self):
		"""Derived from what has happened, never chosen."""
		if self.docstatus.is_cancelled():
			self.status = "Cancelled"
		elif self.docstatus.is_submitted():
			self.status = "Completed"
		elif self.arrived_at:
			self.status = "On Site"
		else:
			self.status = "On the Way" if self.departed_at else "Planned"

	def check_report(self):
		needed = ["outcome", "work_done", "arrived_at", "left_at"]
		if self.outcome == "Solved":
			needed.append("findings")
		if self.outcome == "Customer Not There":
			needed = ["outcome"]
		missing = [
			_(self.meta.get_label(name), context=self.doctype) for name in needed if not self.get(name)
		]
		if missing:
			frappe.throw(
				_("Before submitting the report, please fill in: {0}.").format(", ".join(missing)),
				VisitIncompleteError,
			)
		if self.arrived_at and instants.lies_ahead(self.left_at or self.arrived_at):
			frappe.throw(
				_("Arrived and Left cannot be in the future. Correct the times."), VisitIncompleteError
			)
		if (
			not (self.signature and self.signed_by)
			and not self.unsigned_reason
			and self.visit_type == "On Site"
		):
			frappe.throw(
				_("Let the customer sign the report, or say under {0} why it is not signed.").format(
					_(self.meta.get_label("unsigned_reason"))
				),
				VisitIncompleteError,
			)

	def stamp_signature(self):
		if self.signature and not self.signed_at:
			self.signed_at = now_datetime()


def _same_time(one: Any, other: Any) -> bool:
	return bool(one and other) and get_datetime(one) == get_datetime(other)


def on_doctype_update():
	"""Indexes of the engineer's own list, the calendar and the case's connections."""
	frappe.db.add_index("Engineer Visit", ["engineer_user", "docstatus", "planned_start"])
	frappe.db.add_index("Engineer Visit", ["team", "planned_start"])
	frappe.db.add_index("Engineer Visit", ["installed_unit", "planned_start"])
	# the search bar, see erpnext_desk/search.py
	frappe.db.add_index("Engineer Visit", ["title", "engineer_name"], "service_search")
