"""ERPNext's mailboxes with an ear for automatic mail: its headers are read where a mail comes in, for nobody keeps them.

Follows Frappe's `EmailAccount.get_inbound_mails` and `InboundMail.as_dict`, `.process`; tests/site/test_automatic_mail.py
pins them.
"""

from __future__ import annotations

from typing import Any

from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.email.receive import InboundMail

from support_service.foundation import automatic_mail


class ServiceEmailAccount(EmailAccount):
	def get_inbound_mails(self) -> list[InboundMail]:
		return [
			ServiceMail(mail.raw_message, mail.email_account, mail.uid, mail.seen_status, mail.append_to)
			for mail in super().get_inbound_mails()
		]


class ServiceMail(InboundMail):
	"""A mail that came in. One about a document of ours that is nobody's message is kept as an Automated Message: it tells
	nobody and ends nothing. It, and what a machine passed on, is answered by nobody. Mail about other documents goes on as
	ever."""

	@property
	def kind(self) -> str | None:
		return automatic_mail.kind_of(self.mail)

	@property
	def is_on_ours(self) -> bool:
		return automatic_mail.is_ours(getattr(self.reference_document() or None, "doctype", None))

	def as_dict(self) -> dict[str, Any]:
		values = super().as_dict()
		if kind := self.kind:
			values[automatic_mail.BY_MACHINE] = kind
			if kind == automatic_mail.NOBODYS and self.is_on_ours:
				values["communication_type"] = automatic_mail.AUTOMATED
		return values

	def process(self) -> Any:
		communication = super().process()
		if communication and self.kind and self.is_on_ours:
			# what Frappe does with new ones: its own automatic answer, and mails to who is assigned
			self.flags.is_new_communication = False
		return communication
