"""Frappe's Email Account, which also recognises automatic mail: by its headers, when it comes in, as Frappe does not store them.

Extends whatever class the site uses for Email Account and for incoming mails, Frappe's or another app's
(`foundation/replaced.py`). Relies on Frappe's `EmailAccount.get_inbound_mails` and `InboundMail.as_dict`, `.process`;
tests/site/test_automatic_mail.py fails when they change.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from frappe.email.doctype.email_account.email_account import EmailAccount

from support_service.foundation import automatic_mail, replaced
from support_service.foundation.own import is_ours


class RecognisesAutomaticMail:
	"""Mix-in for the class of incoming mails; concerns only mail about documents of ours.

	A mail that is no person's message is stored as an Automated Message, so nobody is notified and it counts as no answer. For it,
	and for mail passed on by another system, no automatic answer is sent.
	"""

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
			# else Frappe sends its automatic answer, and mails to whoever is assigned
			self.flags.is_new_communication = False
		return communication


class FetchesRecognisingMails:
	"""Mix-in for the class of Email Account: its incoming mails get RecognisesAutomaticMail."""

	def get_inbound_mails(self) -> list[Any]:
		mails = super().get_inbound_mails()
		for mail in mails:
			mail.__class__ = mail_class(type(mail))
		return mails


@cache
def mail_class(theirs: type) -> type:
	"""The class `theirs` of incoming mails, extended."""
	return type("ServiceMail", (RecognisesAutomaticMail, theirs), {})


@cache
def mailbox_class(theirs: type) -> type:
	"""The class `theirs` of Email Account, extended."""
	return type("ServiceEmailAccount", (FetchesRecognisingMails, theirs), {"__module__": __name__})


# `__getattr__` makes this class at each access, for the present site: sites of one process may have different apps
ServiceEmailAccount: type[EmailAccount]


def __getattr__(name: str) -> Any:
	if name == "ServiceEmailAccount":
		return mailbox_class(replaced.class_beneath("Email Account", EmailAccount))
	raise AttributeError(name)
