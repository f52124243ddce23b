"""What we put in the place of Frappe's own builds on what an app installed earlier had put there."""

from __future__ import annotations

import frappe
import pytest
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.email.receive import InboundMail
from frappe.tests.utils import patch_hooks

from support_service import hooks
from support_service.foundation import automatic_mail, replaced
from support_service.overrides import email_account
from support_service.setup.ownership import warn_of_displaced
from tests import factories

THEIRS = "tests.site.test_replaced.their"
OURS = hooks.override_whitelisted_methods


def their(*_args: object, **asked: object) -> dict[str, object]:
	"""The other app's function, whichever it replaces."""
	frappe.local.response["_link_titles"] = {}
	return {"theirs": asked, "count": []}


class TheirMail(InboundMail):
	pass


class TheirMailbox(EmailAccount):
	def get_inbound_mails(self) -> list[InboundMail]:
		raw = b"From: a@b.example\nAuto-Submitted: auto-replied\n\nAway"
		return [TheirMail(raw, self)]


@pytest.fixture(autouse=True)
def of_no_app(monkeypatch: pytest.MonkeyPatch) -> None:
	"""Frappe takes functions of installed apps only, except while it installs one: these tests are no app."""
	monkeypatch.setitem(frappe.local.flags, "in_install", "tests")


@pytest.mark.parametrize("path", OURS)
def test_an_earlier_apps_function_answers_for_what_is_not_ours(path: str) -> None:
	todo = factories.insert("ToDo", {"description": "Call"}, {})
	asked = {
		"frappe.utils.global_search.search": {"text": "Call", "start": 0, "limit": 5, "doctype": "ToDo"},
		"frappe.desk.search.get_link_title": {"doctype": "ToDo", "docname": todo.name},
		"frappe.desk.form.load.getdoc": {"doctype": "ToDo", "name": todo.name},
		"frappe.desk.form.load.get_docinfo": {"doctype": "ToDo", "name": todo.name},
		"frappe.desk.form.assign_to.add_multiple": {"args": {"doctype": "ToDo", "name": "[]"}},
		"frappe.desk.notifications.get_open_count": {"doctype": "ToDo", "name": todo.name, "items": "[]"},
	}[path]
	ours = frappe.get_attr(OURS[path])
	with patch_hooks({replaced.FUNCTIONS: {path: [THEIRS, OURS[path]]}}):
		if path == "frappe.utils.global_search.search":
			with pytest.raises(TypeError):  # their rows have no doctype: it was they who were asked
				ours(**asked)
		else:
			assert "theirs" in ours(**asked)
		assert not replaced.displaced()
	assert replaced.function_beneath(path) is frappe.get_attr(path)


def test_a_later_app_is_named(capsys: pytest.CaptureFixture[str]) -> None:
	path = "frappe.desk.form.load.getdoc"
	with patch_hooks({replaced.FUNCTIONS: {path: [OURS[path], THEIRS]}, replaced.CLASSES: {}}):
		assert replaced.displaced() == [(path, THEIRS)]
		warn_of_displaced()
	assert THEIRS in capsys.readouterr().out
	warn_of_displaced()
	assert not capsys.readouterr().out


def test_another_apps_mailbox_and_its_mails_stay_theirs_and_know_machines() -> None:
	mailboxes = ["tests.site.test_replaced.TheirMailbox", hooks.override_doctype_class["Email Account"]]
	with patch_hooks({replaced.CLASSES: {"Email Account": mailboxes}}):
		kind = email_account.ServiceEmailAccount
	assert issubclass(kind, TheirMailbox)
	(mail,) = kind({"doctype": "Email Account"}).get_inbound_mails()
	assert isinstance(mail, TheirMail) and mail.automatic_kind == automatic_mail.NOBODYS
	assert email_account.ServiceEmailAccount is email_account.mailbox_class(EmailAccount)
