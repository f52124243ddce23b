"""Mail to the customer through a real SMTP server."""

import email
import re
import socket
from email.policy import default

import frappe
import pytest
from aiosmtpd.controller import Controller

from support_service.service_feedback import surveys
from support_service.support_service import messages, telling
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
		telling.tell(name)
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
