"""Mail to the customer through a real SMTP server."""

import email
import re
import socket
from email.policy import default

import frappe
import pytest
from aiosmtpd.controller import Controller

from support_service.service_feedback import surveys
from support_service.support_service import api
from support_service.support_service.messaging import mail_outage, messages, notify
from support_service.support_service.moves import apply_move
from tests.factories import make_email_account, make_service_engineer, make_service_request


class Inbox:
	"""An SMTP server's handler that keeps what arrives."""

	def __init__(self):
		self.mails = []

	async def handle_DATA(self, server, session, envelope):
		self.mails.append(email.message_from_bytes(envelope.content, policy=default))
		return "250 kept"


@pytest.fixture
def inbox():
	handler = Inbox()
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		port = probe.getsockname()[1]
	controller = Controller(handler, hostname="127.0.0.1", port=port)
	controller.start()
	frappe.local.outgoing_email_account = {}  # Frappe remembers the account for the length of a request
	make_email_account(smtp_port=port)
	frappe.flags.mute_emails = False
	frappe.flags.testing_email = True  # Frappe keeps mail back in tests unless they are about mail
	yield handler
	frappe.flags.testing_email = False
	controller.stop()


def deliver(case: str) -> None:
	"""The sweep and Frappe's mail queue for one case, within this test's transaction."""
	for name in frappe.get_all(
		"Service Request Move", {"request": case, "told": 0}, order_by="creation", pluck="name"
	):
		notify.notify(name)
	for name in frappe.get_all("Service Message", {"request": case, "status": "Queued"}, pluck="name"):
		messages.send(name)
	for name in frappe.get_all("Email Queue", {"reference_name": case, "status": "Not Sent"}, pluck="name"):
		frappe.get_doc("Email Queue", name).send()


def test_the_customer_gets_progress_and_a_survey_link_that_works(inbox):
	engineer = make_service_engineer()
	case = make_service_request(contact_email="li.wei@example.com", contact_name="Li Wei", team=engineer.team)
	apply_move(case.name, "assign", engineer=engineer.name)
	apply_move(case.name, "start")
	apply_move(
		case.name,
		"resolve",
		values={"cause": "Fan", "solution": "Cleaned", "resolution": "The fan turns again."},
	)
	deliver(case.name)
	mails = [mail for mail in inbox.mails if mail["to"] == "li.wei@example.com"]
	# received, assigned, started; the result and the question come in one
	assert len(mails) == 4 and all(f"[{case.name}]" in mail["subject"] for mail in mails)
	bodies = "\n".join(mail.get_body(("html",)).get_content() for mail in mails)
	assert engineer.engineer_name in bodies and "The fan turns again." in bodies
	token = re.search(r"service-survey\?token=([\w-]+)", bodies).group(1)
	assert surveys.find_by_token(token).service_request == case.name


def test_markup_in_a_reason_stays_text(inbox):
	case = make_service_request(contact_email="li.wei@example.com")
	apply_move(case.name, "assign", engineer=make_service_engineer(team=case.team).name)
	apply_move(case.name, "start")
	apply_move(case.name, "wait_for_customer", reason="Which <script>alert(1)</script> model?")
	deliver(case.name)
	bodies = [mail.get_body(("html",)).get_content() for mail in inbox.mails]
	assert any("model?" in body for body in bodies)
	assert not any("<script>" in body for body in bodies)


def test_a_failed_message_can_be_sent_again(inbox):
	case = make_service_request(contact_email="li.wei@example.com")
	name = messages.queue(case, subject="s", body="b", key=f"again:{case.name}")
	frappe.db.set_value("Service Message", name, {"status": "Failed", "attempts": 8})
	messages.send_again(frappe.get_doc("Service Message", name))
	deliver(case.name)
	assert frappe.db.get_value("Service Message", name, "status") == "Sent"


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return probe.getsockname()[1]


class Unwilling(Inbox):
	"""An SMTP server that refuses each recipient with `answer`."""

	def __init__(self, answer: str):
		super().__init__()
		self.answer = answer

	async def handle_RCPT(self, server, session, envelope, address, options):
		return self.answer


@pytest.fixture
def server():
	"""Start a mail server on the port of the site's account, with a handler; nothing listens there before."""
	port, started = free_port(), []
	frappe.local.outgoing_email_account = {}
	make_email_account(smtp_port=port)
	frappe.flags.mute_emails = False
	frappe.flags.testing_email = True

	def start(handler):
		stop()
		started.append(Controller(handler, hostname="127.0.0.1", port=port))
		started[-1].start()
		return handler

	def stop():
		while started:
			started.pop().stop()

	yield start
	stop()
	frappe.flags.testing_email = False


def mail_of(case: str):
	return frappe.get_last_doc("Email Queue", {"reference_name": case})


def flush(case: str) -> None:
	"""What Frappe's own job does every few minutes with the mails of one case."""
	for row in frappe.get_all(
		"Email Queue",
		{"reference_name": case, "status": ("in", ("Not Sent", "Partially Sent"))},
		["name", "send_after"],
	):
		if row.send_after and row.send_after > frappe.utils.now_datetime():
			continue
		try:
			frappe.get_doc("Email Queue", row.name).send()
		except Exception:
			frappe.clear_messages()


def queue_one(recipient: str = "li.wei@example.com"):
	case = make_service_request(contact_email=recipient)
	frappe.db.delete("Service Request Move", {"request": case.name})
	name = messages.queue(
		case, subject="s", body=messages.SECRET_MARK, secret="the link", key=f"outage:{case.name}"
	)
	messages.send(name)
	return case.name, name


def pass_time(mail: str, minutes: int) -> None:
	"""The mail is so much older, and what it waited for is over."""
	created = frappe.db.get_value("Email Queue", mail, "creation")
	values = {"creation": frappe.utils.add_to_date(created, minutes=-minutes), "send_after": None}
	frappe.db.set_value("Email Queue", mail, values, update_modified=False)


def test_a_mail_server_that_is_down_for_two_days_loses_nothing(server):
	case, message = queue_one()
	mail = mail_of(case).name
	waited, rounds = 0, 0
	while waited < 48 * 60:
		for _attempt in range(5):
			flush(case)
		assert frappe.db.get_value("Email Queue", mail, "status") == "Error", "Frappe gave it up"
		mail_outage.follow()
		row = frappe.db.get_value("Email Queue", mail, ["status", "send_after"], as_dict=True)
		assert row.status == "Not Sent" and row.send_after > frappe.utils.now_datetime()
		minutes = max(1, round((row.send_after - frappe.utils.now_datetime()).total_seconds() / 60))
		pass_time(mail, minutes)
		waited, rounds = waited + minutes, rounds + 1
	assert 10 < rounds < 30, "the longer it is down, the less often"
	up = server(Inbox())
	flush(case)
	(arrived,) = up.mails
	assert "the link" in arrived.get_body(("html",)).get_content()
	assert frappe.db.get_value("Service Message", message, "status") == "Sent"


@pytest.mark.parametrize("answer", ["550 no such user", "451 try later"])
def test_what_the_server_refuses_for_good_is_shown_and_can_be_sent_again(server, answer):
	server(Unwilling(answer))
	case, message = queue_one()
	mail = mail_of(case).name
	for _attempt in range(5):
		flush(case)
	assert frappe.db.get_value("Email Queue", mail, "status") == "Error"
	mail_outage.follow()
	shown = frappe.db.get_value("Service Message", message, ["status", "error"], as_dict=True)
	if answer.startswith("4"):
		assert shown.status == "Sent" and frappe.db.get_value("Email Queue", mail, "status") == "Not Sent"
		return
	assert shown.status == "Failed" and "550" in shown.error
	up = server(Inbox())
	assert api.send_many_again([message]) == 1
	flush(case)
	assert len(up.mails) == 1 and "the link" in up.mails[0].get_body(("html",)).get_content()
	assert frappe.db.get_value("Service Message", message, "status") == "Sent"


def test_after_a_fortnight_a_mail_is_lost_for_all_to_see(server):
	case, message = queue_one()
	for _attempt in range(5):
		flush(case)
	pass_time(mail_of(case).name, 15 * 24 * 60)
	mail_outage.follow()
	assert frappe.db.get_value("Service Message", message, "status") == "Failed"


def test_a_link_that_is_no_longer_kept_is_not_sent_empty(server):
	case, message = queue_one()
	frappe.db.delete("Email Queue", {"name": mail_of(case).name})
	frappe.db.set_value("Service Message", message, "status", "Failed")
	with pytest.raises(messages.MessageNotFailedError, match="no longer kept"):
		messages.send_again(frappe.get_doc("Service Message", message))
