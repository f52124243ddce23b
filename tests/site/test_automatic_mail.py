"""Mail that no person writes, out through a real SMTP server and in through a real POP3 one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from email.message import EmailMessage
from types import SimpleNamespace

import frappe
import pytest
from frappe.core.doctype.communication.email import make
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.email.receive import InboundMail

from support_service.customer_portal import case_page as portal_case
from support_service.customer_portal import messages as portal_messages
from support_service.foundation import automatic_mail
from support_service.overrides.email_account import FetchesRecognisingMails, RecognisesAutomaticMail
from support_service.support_service.moves import apply_move
from tests.factories import (
	give_portal_access,
	insert,
	make_contact,
	make_customer,
	make_email_account,
	make_service_engineer,
	make_service_request,
	make_user,
	unique,
)
from tests.mailbox import Mailbox
from tests.site.test_mail import deliver, inbox  # noqa: F401 - a fixture

CASE = "Service Request"


@pytest.fixture
def world() -> SimpleNamespace:
	"""A case that waits for its customer, who has an address."""
	customer = make_customer().name
	found = SimpleNamespace(customer=customer, address=f"{frappe.generate_hash(length=8)}@customer.example")
	make_contact(customer, found.address)
	found.engineer = make_service_engineer()
	found.case = make_service_request(
		customer=customer, team=found.engineer.team, contact_email=found.address
	).name
	apply_move(found.case, "assign", engineer=found.engineer.name)
	apply_move(found.case, "start")
	apply_move(found.case, "wait_for_customer", reason="Which model?")
	return found


# out


def test_what_the_app_sends_says_so_and_what_a_person_writes_does_not(inbox, world):  # noqa: F811
	make(
		doctype=CASE,
		name=world.case,
		recipients=world.address,
		subject="By hand",
		content="Dear customer",
		send_email=True,
	)
	deliver(world.case)
	to_customer = [mail for mail in inbox.mails if world.address in mail["to"]]
	assert len(to_customer) > 3
	by_hand = [mail for mail in inbox.mails if mail["subject"] == "By hand"]
	assert by_hand and not any(mail["Auto-Submitted"] or mail["X-Auto-Response-Suppress"] for mail in by_hand)
	for mail in to_customer:
		if mail not in by_hand:
			assert mail["Auto-Submitted"] == "auto-generated", mail["subject"]
			assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
			assert mail["from"] and mail.get_body(("html",)), "the rest of the mail is as it was"


def test_mail_about_other_documents_is_as_ever(inbox):  # noqa: F811
	frappe.sendmail(
		recipients=["li.wei@example.com"],
		subject="A quotation",
		message="m",
		reference_doctype="Customer",
		reference_name=make_customer().name,
	)
	frappe.get_last_doc("Email Queue").send()
	(mail,) = (mail for mail in inbox.mails if mail["subject"] == "A quotation")
	assert not mail["Auto-Submitted"] and not mail["X-Auto-Response-Suppress"]


@pytest.fixture
def notification() -> Iterator[str]:
	"""A rule of the admin's that mails the address of a case when it is saved. A mail commits, so it is taken away again."""
	rule = insert(
		"Notification",
		{
			"name": unique("Notice"),
			"subject": "A rule of the admin's",
			"document_type": CASE,
			"event": "Save",
			"channel": "Email",
			"message": "m",
			"recipients": [{"receiver_by_document_field": "contact_email"}],
		},
		{},
	)
	yield rule.subject
	frappe.db.rollback()
	for name in frappe.get_all("Notification", {"subject": rule.subject}, pluck="name"):
		frappe.delete_doc("Notification", name)
	frappe.db.commit()
	frappe.cache.delete_value("notifications")


def test_an_admins_own_notification_on_a_case_says_so(inbox, world, notification):  # noqa: F811
	frappe.flags.notifications_executed = []
	frappe.cache.delete_value("notifications")
	case = frappe.get_doc(CASE, world.case)
	case.subject = unique("Changed")
	case.save()
	deliver(world.case)
	sent = [mail for mail in inbox.mails if mail["subject"] == notification]
	assert sent and all(mail["Auto-Submitted"] == "auto-generated" for mail in sent)


# in


@pytest.fixture
def mailbox() -> Iterator[SimpleNamespace]:
	"""An account that fetches from a POP3 server of this machine; it answers automatically what comes in."""
	with Mailbox() as server:
		account = make_email_account(
			default_outgoing=0,
			enable_outgoing=0,
			email_sync_option="ALL",
			login_id_is_different=0,
			awaiting_password=1,
		)
		values = {
			"enable_incoming": 1,
			"email_server": "127.0.0.1",
			"use_ssl": 0,
			"use_imap": 0,
			"incoming_port": server.port,
			"append_to": CASE,
		}
		frappe.db.set_value("Email Account", account.name, values)
		frappe.clear_document_cache("Email Account", account.name)
		account = frappe.get_doc("Email Account", account.name)
		yield SimpleNamespace(account=account, mails=server.mails)


def compose(world: SimpleNamespace, content: str = "The big one", **headers: str) -> EmailMessage:
	mail = EmailMessage()
	mail["From"] = headers.pop("From", f"Li Na <{world.address}>")
	mail["To"] = "service@example.com"
	mail["Subject"] = f"Re: Which model? (#{world.case})"
	mail["Message-ID"] = f"<{frappe.generate_hash(length=12)}@customer.example>"
	for name, value in headers.items():
		mail[name.replace("_", "-")] = value
	mail.set_content(content)
	return mail


def fetch(box: SimpleNamespace, *mails: EmailMessage) -> list[tuple[RecognisesAutomaticMail, object]]:
	"""What Frappe's scheduler does with a mailbox, within this test's transaction: (mail, Communication)."""
	box.mails[:] = [mail.as_bytes() for mail in mails]
	return [(mail, mail.process()) for mail in box.account.get_inbound_mails()]


def answered(world: SimpleNamespace) -> bool:
	return bool(frappe.db.get_value(CASE, world.case, "customer_answered_on"))


def told(world: SimpleNamespace) -> int:
	return frappe.db.count("Notification Log", {"document_name": world.case})


def on_the_page(world: SimpleNamespace) -> str:
	return str(portal_case.view(frappe.get_doc(CASE, world.case))["messages"])


AUTOMATIC = [
	{"Auto-Submitted": "auto-replied"},
	{"Auto-Submitted": "auto-replied (vacation)"},
	{"Auto-Submitted": "auto-replied; owner-email=li@customer.example"},
	{"Precedence": "auto_reply"},
	{"X-Autoreply": "yes"},
	{"X-Autorespond": "Re: Which model?"},
	{"X-Failed-Recipients": "li@customer.example"},
	{"Return-Path": "<>"},
	{"From": "Mail Delivery System <MAILER-DAEMON@customer.example>"},
	# Exchange's out-of-office text
	{"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Return-Path": "<>"},
]
# a ticket system of the customer's passes on what its users write
RELAYED = [
	{"Auto-Submitted": "auto-generated"},
	{"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
	{"Precedence": "bulk"},
	{"isnotification": "<notification>"},
]
BY_PEOPLE = [
	{},
	{"Auto-Submitted": "no"},
	# Exchange puts it on what people write (osTicket/osTicket#5320)
	{"X-Auto-Response-Suppress": "DR, OOF, AutoReply"},
	# people who write through a group's address (osTicket/osTicket#2256)
	{"Precedence": "list", "List-Id": "<service.customer.example>"},
	{"X-Autoreply": "no"},
	{"Return-Path": "<li@customer.example>"},
]


@pytest.mark.parametrize("headers", AUTOMATIC, ids=str)
def test_an_automatic_reply_ends_nothing_and_is_nobodys_words(world, mailbox, headers):
	before = told(world)
	((mail, message),) = fetch(mailbox, compose(world, "I am on holiday", **headers))
	assert (message.reference_name, message.communication_type) == (world.case, "Automated Message")
	assert not answered(world) and told(world) == before
	assert "I am on holiday" not in on_the_page(world)
	# Frappe neither answers it nor mails it on
	assert not mail.flags.is_new_communication


@pytest.mark.parametrize("headers", BY_PEOPLE, ids=str)
def test_what_a_person_writes_is_heard(world, mailbox, headers):
	before = told(world)
	((mail, message),) = fetch(mailbox, compose(world, **headers))
	assert (message.reference_name, message.communication_type) == (world.case, "Communication")
	assert answered(world) and told(world) > before
	assert "The big one" in on_the_page(world)
	assert mail.flags.is_new_communication


@pytest.mark.parametrize("headers", RELAYED, ids=str)
def test_what_a_machine_passes_on_is_heard_but_ends_nothing(world, mailbox, headers):
	before = told(world)
	((mail, message),) = fetch(mailbox, compose(world, **headers))
	assert (message.reference_name, message.communication_type) == (world.case, "Communication")
	assert told(world) > before and "The big one" in on_the_page(world)
	assert not answered(world)
	# neither do two machines answer each other
	assert not mail.flags.is_new_communication


@pytest.mark.parametrize("local", ["postmaster", "mailer-daemon"])
def test_who_writes_on_the_portal_is_a_person_whatever_their_address(world, local):
	user = make_user(
		"Customer", user_type="Website User", email=f"{local}@{frappe.generate_hash(length=8)}.example"
	)
	give_portal_access(world.customer, user.name)
	frappe.set_user(user.name)
	portal_messages.add(frappe.get_doc(CASE, world.case), "The big one")
	frappe.set_user("Administrator")
	assert "The big one" in on_the_page(world) and answered(world)


def test_whoever_fetches_the_mail_silences_nobody(world, mailbox):
	"""Frappe fetches as the user who presses the button."""
	agent, engineer = make_user("Accounts User").name, world.engineer.user
	for presses, seen in ((agent, False), (engineer, True)):
		frappe.db.set_value(CASE, world.case, "customer_answered_on", None)
		assert bool(frappe.has_permission(CASE, "read", world.case, user=presses)) is seen
		before = frappe.db.count("Notification Log", {"document_name": world.case, "for_user": engineer})
		frappe.set_user(presses)
		fetch(mailbox, compose(world))
		frappe.set_user("Administrator")
		assert answered(world), presses
		now = frappe.db.count("Notification Log", {"document_name": world.case, "for_user": engineer})
		assert now == before + 1, presses


def test_a_bounce_is_automatic_by_its_kind(world, mailbox):
	bounce = compose(world, "Your mail could not be delivered")
	bounce.replace_header("Content-Type", 'multipart/report; report-type=delivery-status; boundary="x"')
	raw = (
		bounce.as_bytes().replace(b"Your mail", b"--x\nContent-Type: text/plain\n\nYour mail") + b"\n--x--\n"
	)
	mailbox.mails[:] = [raw]
	(mail,) = mailbox.account.get_inbound_mails()
	assert mail.process().communication_type == "Automated Message"


@pytest.mark.parametrize(("headers", "answers"), [({"Auto-Submitted": "auto-replied"}, False), ({}, True)])
def test_a_mail_to_a_robot_is_no_first_response(world, mailbox, headers, answers):
	frappe.db.set_value(CASE, world.case, "first_response_on", None)
	fetch(mailbox, compose(world, From="writer@elsewhere.example", **headers))
	make(doctype=CASE, name=world.case, recipients="writer@elsewhere.example", subject="s", content="c")
	assert bool(frappe.db.get_value(CASE, world.case, "first_response_on")) is answers


def test_mail_about_other_documents_comes_in_as_ever(world, mailbox):
	todo = insert("ToDo", {"description": unique("Call")}, {})
	frappe.db.set_value("Email Account", mailbox.account.name, "append_to", "ToDo")
	mailbox.account.reload()
	mail = compose(world, **{"Auto-Submitted": "auto-replied"})
	mail.replace_header("Subject", f"Re (#{todo.name})")
	((incoming, message),) = fetch(mailbox, mail)
	assert (message.reference_name, message.communication_type) == (todo.name, "Communication")
	assert incoming.flags.is_new_communication


def test_the_mailbox_is_ours_and_follows_frappes():
	assert isinstance(frappe.new_doc("Email Account"), FetchesRecognisingMails)
	source = inspect.getsource(EmailAccount)
	assert "mail.process()" in source and "if communication and mail.flags.is_new_communication" in source
	assert "self.as_dict()" in inspect.getsource(InboundMail._build_communication_doc)
	assert list(inspect.signature(InboundMail.__init__).parameters)[1:] == [
		"content",
		"email_account",
		"uid",
		"seen_status",
		"append_to",
	]


def test_words_of_headers():
	mail = EmailMessage()
	assert automatic_mail.kind_of(mail) is None
	mail["AUTO-SUBMITTED"] = " Auto-Replied ; x=y"
	assert automatic_mail.kind_of(mail) == automatic_mail.NOBODYS
