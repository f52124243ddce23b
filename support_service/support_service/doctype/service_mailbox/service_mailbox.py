from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.support_service.messaging import outgoing

# a change of these begins anew on another server
PLACE = ("protocol", "server", "port", "login", "folder")
STATE = ("last_pull", "next_pull", "failures", "last_error", "started_on", "uid_validity", "last_uid")


class AddressTakenError(frappe.ValidationError):
	"""Another mailbox has this address."""


class ServiceMailbox(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		after_storing: DF.Literal["Mark as Read", "Delete", "Leave"]
		aliases: DF.SmallText | None
		auth_method: DF.Literal["Password", "OAuth"]
		connected_app: DF.Link | None
		connected_user: DF.Link | None
		department_queue: DF.Literal["", "Pre-Sales", "After-Sales", "Technical Support"]
		email_id: DF.Data
		enabled: DF.Check
		failures: DF.Int
		folder: DF.Data | None
		hourly_limit: DF.Int
		join_closed_days: DF.Int
		last_error: DF.SmallText | None
		last_pull: DF.Datetime | None
		last_uid: DF.Int
		login: DF.Data | None
		mailbox_name: DF.Data
		max_file_mb: DF.Int
		max_files: DF.Int
		next_pull: DF.Datetime | None
		outgoing_account: DF.Link | None
		password: DF.Password | None
		port: DF.Int
		protocol: DF.Literal["IMAP", "POP3"]
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
		security: DF.Literal["SSL/TLS", "STARTTLS", "None"]
		server: DF.Data
		started_on: DF.Datetime | None
		take_existing: DF.Check
		team: DF.Link | None
		uid_validity: DF.Data | None

	# end: auto-generated types
	def validate(self):
		self.refuse_taken_addresses()
		self.begin_anew_on_another_server()

	def refuse_taken_addresses(self):
		own = set(outgoing.addresses_of(self))
		for other in frappe.get_all(
			"Service Mailbox", {"name": ("!=", self.name or "")}, ["name", "email_id", "aliases"]
		):
			if taken := own.intersection(outgoing.addresses_of(other)):
				frappe.throw(
					_("{0} belongs to the mailbox {1}. Take it out there first.").format(
						", ".join(sorted(taken)), other.name
					),
					AddressTakenError,
				)

	def begin_anew_on_another_server(self):
		stored = self.get_doc_before_save()
		if not stored:
			self.update(dict.fromkeys(STATE))
			return
		for fieldname in STATE:
			self.set(fieldname, stored.get(fieldname))  # written by the app only
		if any((self.get(name) or "") != (stored.get(name) or "") for name in PLACE):
			self.update(dict.fromkeys(STATE))
		elif self.has_value_changed("enabled") or self.has_value_changed("password"):
			self.update({"next_pull": None, "failures": 0})

	@property
	def user_name(self) -> str:
		"""What to log in with."""
		return self.login or self.email_id
