import frappe
from frappe import _
from frappe.contacts.doctype.address.address import get_address_display
from frappe.model.document import Document

from support_service.constants.roles import LEAD, MANAGER, STAFF
from support_service.foundation import first_read, locks, typed
from support_service.support_service import intake_defaults, kept_columns, moves, promises, removal
from support_service.support_service.errors import ArchivedCaseError
from support_service.support_service.lifecycle import RESULT_FIELDS, Status
from support_service.support_service.messaging import customer_people, held_messages, recipients
from support_service.support_service.past_cases import imported


class ServiceRequest(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		agreed_calendar: DF.Link | None
		archived: DF.Check
		assigned_on: DF.Datetime | None
		business_restored_on: DF.Datetime | None
		cause: DF.TextEditor | None
		channel: DF.Link
		clock_state: DF.Literal["", "On Track", "Warning", "Overdue", "Paused", "Met", "Missed"]
		closed_on: DF.Datetime | None
		company: DF.Link
		contact: DF.Link | None
		contact_email: DF.Data | None
		contact_email_by: DF.Link | None
		contact_email_confirmed_by: DF.Link | None
		contact_name: DF.Data | None
		contact_phone: DF.Data | None
		coverage: DF.Literal["", "Covered", "Partly Covered", "Charged"]
		coverage_decision: DF.Link | None
		coverage_decisions: DF.Int
		customer: DF.Link | None
		customer_answered_on: DF.Datetime | None
		customer_name: DF.Data | None
		department_queue: DF.Literal["", "Pre-Sales", "After-Sales", "Technical Support"]
		description: DF.TextEditor | None
		engineer: DF.Link | None
		engineer_name: DF.Data | None
		engineer_user: DF.Link | None
		first_response_on: DF.Datetime | None
		impact: DF.Literal["High", "Medium", "Low"]
		imported: DF.Check
		installed_unit: DF.Link | None
		intake_key: DF.Data | None
		item_code: DF.Link | None
		merged_into: DF.Link | None
		merges: DF.Int
		naming_series: DF.Literal["SR-.YYYY.-.#####"]
		next_due_at: DF.Datetime | None
		next_due_kind: DF.Data | None
		pick_requested_by: DF.Link | None
		preferred_channel: DF.Autocomplete | None
		prevention: DF.TextEditor | None
		previous_request: DF.Link | None
		priority: DF.Literal["", "Critical", "High", "Medium", "Low"]
		priority_reason: DF.SmallText | None
		project: DF.Link | None
		proof_of_purchase: DF.Attach | None
		raised_on: DF.Datetime
		reopen_count: DF.Int
		reply_from: DF.Data | None
		report_delivered_on: DF.Datetime | None
		request_type: DF.Literal[
			"Fault",
			"Inquiry",
			"Repair",
			"Installation",
			"Training",
			"Complaint",
			"Change Request",
			"Upgrade",
			"Spare Part",
		]
		resolution: DF.SmallText | None
		resolved_on: DF.Datetime | None
		routing_reason: DF.SmallText | None
		serial_label: DF.Data | None
		service_contract: DF.Link | None
		service_level_policy: DF.Link | None
		site_address: DF.Link | None
		site_address_display: DF.SmallText | None
		solution: DF.TextEditor | None
		solution_plan: DF.TextEditor | None
		solution_plan_on: DF.Datetime | None
		source_doctype: DF.Link | None
		source_key: DF.Data | None
		source_name: DF.DynamicLink | None
		status: DF.Literal[
			"New",
			"Assigned",
			"In Progress",
			"Waiting for Customer",
			"Waiting for Parts",
			"Waiting for Vendor",
			"Resolved",
			"Closed",
			"Cancelled",
		]
		subject: DF.Data
		team: DF.Link | None
		urgency: DF.Literal["High", "Medium", "Low"]
		vendor: DF.Link | None
		vendor_case: DF.Data | None
		wished_times: DF.SmallText | None

	# end: auto-generated types
	def insert(self, *args, **kwargs):
		"""A case that was deleted comes back with promises and decisions of its own; here, because the first step checks links."""
		self.set("__islocal", True)  # Frappe says so only in its own insert
		if typed.is_restored(self):
			self.forget_what_followed()
		return super().insert(*args, **kwargs)

	def save_for_app(self):
		"""Save what follows from a step that the caller was allowed to take, or that the app takes by itself."""
		# the single writer past the user's rights to the case; callers say why
		return self.save(ignore_permissions=True)

	def before_insert(self):
		locks.latest()  # two requests at the same moment both get a number
		first_read.begin(self)
		# a customer may not read these, but a case the customer opens is filled with them by the app all the same
		self.flags.ignore_permlevel_for_fields = ["intake_key", "routing_reason"]
		imported.recognise(self)
		self.refuse_what_the_app_fills()
		intake_defaults.fill(self)

	def validate(self):
		self.refuse_change_of_archived_case()
		moves.guard(self)
		imported.check(self)
		intake_defaults.check_raised_on(self)
		kept_columns.keep(self)
		intake_defaults.take_customer_of_unit(self)
		intake_defaults.set_priority(self)
		self.set_site_display()
		customer_people.note_who_entered(self)

	def after_insert(self):
		if self.imported:
			imported.record(self)
		else:
			# split off from another case: promised from when its messages were written
			begun = self.flags.begun_at
			moves.append_row(self, action="create", source=None, target=self.status, at=begun)
			# nothing is left, unless Frappe still has the hooks of an older release
			kept_columns.write_put(self)
		first_read.end(self)

	def on_update(self):
		promises.settle(self, moved=moves.record(self))
		held_messages.release(self)

	def on_trash(self):
		if frappe.flags.in_uninstall:
			return
		removal.check(self)
		removal.remove_what_hangs_on(self)
		# Frappe would give the number of the last one again; somebody may know it
		self.naming_series = None

	def before_print(self, settings=None):
		"""A customer's print shows no result before the case is resolved, as the portal does."""
		if set(STAFF).isdisjoint(frappe.get_roles()) and self.status not in (Status.RESOLVED, Status.CLOSED):
			for fieldname in RESULT_FIELDS:
				self.set(fieldname, None)

	def refuse_what_the_app_fills(self):
		"""A client that brings a promise or a decision along gets neither, and hears of it."""
		names = (*kept_columns.COLUMNS, "priority_reason", *customer_people.COLUMNS)
		typed.refuse_given(self, names)
		if not (self.imported or self.site_address):
			typed.refuse_given(
				self, ["site_address_display"], _("choose the address instead, it is shown from there.")
			)

	def forget_what_followed(self):
		customer_people.keep_who_entered(self)
		self.refuse_what_the_app_fills()
		if not self.imported:
			self.priority = None  # it follows from impact and urgency

	def refuse_change_of_archived_case(self):
		stored = self.get_doc_before_save()
		if not stored or stored.status != Status.CLOSED or moves.carries_move(self):
			return
		if {LEAD, MANAGER}.isdisjoint(frappe.get_roles()):
			frappe.throw(
				_(
					"{0} is closed and archived. Open a new request, or ask the After-Sales Lead to amend it."
				).format(self.name),
				ArchivedCaseError,
			)

	def get_notification_email(self) -> str | None:
		"""Whom Frappe mails what came in by mail, else it would be the owner: a customer, or somebody who left."""
		users = recipients.users_for(self, recipients.ENGINEER)
		return frappe.db.get_value("User", users[0], "email") if users else None

	def set_site_display(self):
		if not self.site_address:
			if not imported.is_new_history(self):  # a place that has no Address any more
				self.site_address_display = None
		elif self.has_value_changed("site_address"):
			address = frappe.get_cached_doc("Address", self.site_address)
			if not self.is_own_site(address):
				address.check_permission("read")
			self.site_address_display = frappe.utils.strip_html(get_address_display(address.as_dict()) or "")
		else:
			# a form that was opened before the address was corrected still shows the old one
			self.site_address_display = self.get_doc_before_save().site_address_display

	def is_own_site(self, address) -> bool:
		"""A customer on the portal has no right to Address, but may well name the site of their own case."""
		if self.customer and address.has_link("Customer", self.customer):
			return True
		return bool(self.installed_unit) and address.name == frappe.db.get_value(
			"Installed Unit", self.installed_unit, "site_address"
		)


def on_doctype_update():
	"""Indexes for the reads that must not grow with the number of closed cases."""
	# the list and the board: open cases by age; a team's and an engineer's own list
	frappe.db.add_index("Service Request", ["status", "modified"])
	frappe.db.add_index("Service Request", ["engineer_user", "status"])
	frappe.db.add_index("Service Request", ["team", "status"])
	# lists by colour of time left: what is late or about to be, the most pressing first
	frappe.db.add_index("Service Request", ["clock_state", "next_due_at"])
	# hotline and unit form: the latest cases of a customer and of a unit
	frappe.db.add_index("Service Request", ["customer", "status", "raised_on"])
	frappe.db.add_index("Service Request", ["installed_unit", "status", "raised_on"])
	# the search bar, see erpnext_desk/search.py
	frappe.db.add_index("Service Request", ["subject", "serial_label", "customer_name"], "service_search")
