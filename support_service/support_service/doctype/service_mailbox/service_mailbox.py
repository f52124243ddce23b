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
