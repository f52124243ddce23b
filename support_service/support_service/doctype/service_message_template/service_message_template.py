"""The company's own text of a message to customers, for one event in one language."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import append_number_if_name_exists
from frappe.utils import escape_html, get_link_to_form

from support_service.foundation import typed
from support_service.support_service.messaging.texts import preview
from support_service.support_service.messaging.texts.rendering import BrokenTemplateError


class MessageTemplateError(frappe.ValidationError):
	"""The template cannot be filled in."""


class OtherTemplateError(frappe.ValidationError):
	"""Another template is in use for the same event and language."""


class ServiceMessageTemplate(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		disabled: DF.Check
		event: DF.Autocomplete
		failed_on: DF.Datetime | None
		language: DF.Link
		last_error: DF.SmallText | None
		mail: DF.TextEditor | None
		mail_html: DF.Code | None
		short_text: DF.SmallText | None
		subject: DF.Data | None
		use_html: DF.Check
	# end: auto-generated types

	def autoname(self) -> None:
		"""As people look for it; an older one of the same kind may be kept disabled."""
		self.name = append_number_if_name_exists(
			self.doctype, f"{self.event} ({self.language})", separator=" "
		)

	def validate(self) -> None:
		self.check_text()
		self.check_only_one()
		typed.refuse_given(self, ["failed_on", "last_error"])
		self.last_error = self.failed_on = None

	def check_only_one(self) -> None:
		same = {"event": self.event, "language": self.language, "disabled": 0, "name": ("!=", self.name)}
		other = None if self.disabled else frappe.db.get_value(self.doctype, same)
		if other:
			frappe.throw(
				_("{0} is in use for this event and language. Change it, or disable it first.").format(
					get_link_to_form(self.doctype, other)
				),
				OtherTemplateError,
			)

	def check_text(self) -> None:
		"""Refuse what cannot be filled in with examples, now rather than when a customer is to be written."""
		try:
			preview.try_out(self)
		except BrokenTemplateError as error:
			frappe.throw(
				_("{0}. Use only the fields that are listed under {1}.").format(
					escape_html(str(error)), _("Fields That May Be Used")
				),
				MessageTemplateError,
			)


def on_doctype_update():
	# asked for every message
	frappe.db.add_index("Service Message Template", ["event", "language"])
