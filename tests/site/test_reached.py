"""The request says what reached whom, by which way and when, what waits and why; a click sends again what failed."""

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from support_service.patches.v0_8 import messages_to_customers
from support_service.support_service import api
from support_service.support_service.messaging import messages
from tests.answering_server import Said
from tests.factories import make_service_engineer, make_service_request, make_user
from tests.site.stored_name_world import bare
from tests.site.test_ways import (  # noqa: F401 - fixtures
	PHONE,
	gateway,
	nobody_written_yet,
	send,
	server,
	settings,
	write,
)


def make_case(**values):
	return make_service_request(contact_phone=PHONE, preferred_channel="SMS", **values)


def shown(case, name):
	return next(row for row in api.messages_of(case.name) if row["name"] == name)


def test_sent(gateway):  # noqa: F811
	case = make_case()
	(message,) = send(write(case))
	row = shown(case, message.name)
	assert (row["way"], row["recipient"], row["status"]) == ("SMS", PHONE, "Sent")
	assert row["at"] == message.sent_on and not row["says"] and not row["again"]


def test_it_leaves_within_a_minute():
	case = make_case()
	row = shown(case, write(case))
	assert row["status"] == "Queued" and "within a minute" in row["says"]


def test_the_other_end_is_down(gateway):  # noqa: F811
	gateway.says(Said("down", 500))
	case = make_case()
	(message,) = send(write(case))
	row = shown(case, message.name)
	assert row["status"] == "Queued" and "down" in row["says"] and "1" in row["says"]


def test_quiet_hours(settings, time_machine):  # noqa: F811
	settings(quiet_from="22:00", quiet_to="07:00")
	case = make_case()
	time_machine.move_to("2027-03-02T15:30:00+00:00", tick=False)
	assert "quiet hours" in shown(case, write(case))["says"]


def test_the_limit_of_an_hour(settings):  # noqa: F811
	settings(messages_per_hour=1)
	address = f"{frappe.generate_hash(length=8)}@customer.example"
	case = make_service_request(contact_email=address)
	write(case, "a")
	assert "an hour" in shown(case, write(case, "b"))["says"]


def test_failed_it_went_another_way(gateway):  # noqa: F811
	gateway.says(Said("ERROR:14"))
	case = make_case(contact_email="li@customer.example")
	(message,) = send(write(case))
	row = shown(case, message.name)
	assert row["status"] == "Failed" and "ERROR:14" in row["says"] and "Email" in row["says"]


def test_failed_one_click_sends_it_again(gateway):  # noqa: F811
	gateway.says(Said("ERROR:14"), Said("ID: 1"))
	case = make_case()
	(message,) = send(write(case))
	assert shown(case, message.name)["again"]
	assert api.send_again(message.name) == "Queued"
	(message,) = send(message.name)
	assert shown(case, message.name)["status"] == "Sent" and len(gateway.asked) == 2


@pytest.mark.parametrize(
	("mail", "status", "says"),
	[
		({"status": "Not Sent"}, "Queued", "waits for our mail server"),
		({"status": "Error", "error": "x\nConnectionRefusedError"}, "Queued", "ConnectionRefusedError"),
		({"status": "Sent"}, "Sent", ""),
	],
)
def test_a_mail_that_our_mail_server_has_not_taken(mail, status, says):
	case = make_service_request(contact_email="li@customer.example")
	name = write(case)
	queue = frappe.get_doc({"doctype": "Email Queue", "sender": "us@ours.example", "message": "x", **mail})
	queue.name = frappe.generate_hash(length=10)
	queue.db_insert()
	sent = {"status": "Sent", "sent_on": now_datetime(), "email_queue": queue.name}
	frappe.db.set_value("Service Message", name, sent)
	row = shown(case, name)
	assert row["status"] == status and says in row["says"]


def test_a_robot_that_asks_for_a_pause():
	case = make_case()
	name = write(case)
	waits = {"error": "Chat takes no more messages now.", "due_at": add_to_date(now_datetime(), minutes=5)}
	frappe.db.set_value("Service Message", name, waits)
	assert "takes no more" in shown(case, name)["says"]


def test_an_engineer_sees_what_the_customer_read_and_sends_nothing():
	engineer = make_service_engineer()
	case = make_case(team=engineer.team)
	case.db_set({"engineer": engineer.name, "engineer_user": engineer.user}, update_modified=False)
	to_customer = write(case)
	to_us = messages.queue(case, subject="Late", body="x", key=f"{case.name}|us", sender="SMS", recipient="1")
	frappe.db.set_value("Service Message", to_customer, "status", "Failed")
	frappe.set_user(engineer.user)
	rows = {row["name"]: row for row in api.messages_of(case.name)}
	assert to_customer in rows and to_us not in rows
	assert not rows[to_customer]["again"] and "body" not in rows[to_customer]


def test_who_may_not_see_the_request_sees_none():
	case = make_case()
	frappe.set_user(make_user().name)
	with pytest.raises(frappe.PermissionError):
		api.messages_of(case.name)


def test_messages_of_earlier_versions_went_to_the_customer():
	case = make_case()
	old, ours = (
		bare("Service Message", request=case.name, sender="SMS", recipient="1", message_key=key).name
		for key in (f"move:{case.name}", f"escalation:{case.name}")
	)
	new = messages.tell(case, "Work Started", {}, key=f"{case.name}|new")
	for _again in range(2):
		messages_to_customers.execute()
		marked = {
			name: frappe.db.get_value("Service Message", name, "to_customer") for name in (old, ours, new)
		}
		assert marked == {old: 1, ours: 0, new: 1}


def test_the_ways_that_can_be_chosen():
	assert {"Email", "SMS", "Group Chat", "Phone", "Portal"} <= {way["value"] for way in api.message_ways()}
