"""ERPNext's mailboxes, which also read who wrote: headers are read where a mail comes in, for nobody keeps them.

Built on whatever class the site has for mailboxes and for their mails, its own or another app's (`foundation/replaced.py`).
Follows Frappe's `EmailAccount.get_inbound_mails` and `InboundMail.as_dict`, `.process`; tests/site/test_automatic_mail.py
pins them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from frappe.email.doctype.email_account.email_account import EmailAccount

from support_service.foundation import automatic_mail, replaced
from support_service.foundation.own import is_ours


class KnowsMachines:
	"""Part of the class of a mail that came in. One about a document of ours that is nobody's message is kept as an Automated
	Message: it tells nobody and ends nothing. It, and what a machine passed on, is answered by nobody. Mail about other
	documents goes on as ever."""

	@property
	def automatic_kind(self) -> str | None:
		return automatic_mail.kind_of(self.mail)

	@property
	def is_on_ours(self) -> bool:
		return is_ours(getattr(self.reference_document() or None, "doctype", None))

	def as_dict(self) -> dict[str, Any]:
		values = super().as_dict()
		if kind := self.automatic_kind:
			values[automatic_mail.BY_MACHINE] = kind
			if kind == automatic_mail.NOBODYS and self.is_on_ours:
				values["communication_type"] = automatic_mail.AUTOMATED
		return values

	def process(self) -> Any:
		communication = super().process()
		if communication and self.automatic_kind and self.is_on_ours:
			# what Frappe does with new ones: its own automatic answer, and mails to who is assigned
			self.flags.is_new_communication = False
		return communication


class ReadsHeaders:
	"""Part of the class of a mailbox."""

	def get_inbound_mails(self) -> list[Any]:
		mails = super().get_inbound_mails()
		for mail in mails:
			mail.__class__ = mail_class(type(mail))
		return mails


@cache
def mail_class(theirs: type) -> type:
	return type("ServiceMail", (KnowsMachines, theirs), {})


@cache
def mailbox_class(theirs: type) -> type:
	return type("ServiceEmailAccount", (ReadsHeaders, theirs), {"__module__": __name__})


# sites of one process differ in their apps, so the class is made for the site it is asked for on
ServiceEmailAccount: type[EmailAccount]


def __getattr__(name: str) -> Any:
	if name == "ServiceEmailAccount":
		return mailbox_class(replaced.class_beneath("Email Account", EmailAccount))
	raise AttributeError(name)
