from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import validate_email_address

from support_service.foundation import typed
from support_service.support_service.messaging import outgoing

# a change of these begins anew on another server
PLACE = ("protocol", "server", "port", "login", "folder")
# where and as whom a login is used
LOGIN = (
	"protocol",
	"server",
	"port",
	"security",
	"login",
	"email_id",
	"auth_method",
	"connected_app",
	"connected_user",
)
STATE = ("last_pull", "next_pull", "failures", "last_error", "started_on", "uid_validity", "last_uid")


class AddressTakenError(frappe.ValidationError):
	"""Another mailbox has this address."""


class ForeignLoginError(frappe.PermissionError):
	"""Somebody else's connection would be used."""


class PasswordNeededError(frappe.ValidationError):
	"""A stored password would go to a server that it was not entered for."""


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
		self.keep_logins_from_other_servers()
		self.begin_anew_on_another_server()

	def refuse_taken_addresses(self):
		own = set(outgoing.addresses_of(self))
		for address in own:
			validate_email_address(address, throw=True)
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

	def keep_logins_from_other_servers(self):
		"""Nobody may send a login that they do not know to a server of their choice."""
		stored = self.get_doc_before_save()
		changed = not stored or any((self.get(name) or "") != (stored.get(name) or "") for name in LOGIN)
		if not changed:
			return
		if self.auth_method == "OAuth":
			if self.connected_user != frappe.session.user and "System Manager" not in frappe.get_roles():
				frappe.throw(
					_(
						"Only {0} or a System Manager may use this connection, or send it to another server."
					).format(self.connected_user),
					ForeignLoginError,
				)
		elif stored and self.password and self.is_dummy_password(self.password):
			frappe.throw(
				_("Enter the password again, as the mail server or the login was changed."),
				PasswordNeededError,
			)

	def begin_anew_on_another_server(self):
		stored = self.get_doc_before_save()
		if not stored:
			typed.refuse_given(self, STATE)
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
