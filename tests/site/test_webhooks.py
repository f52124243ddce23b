"""Webhooks: what other systems are told of requests, in which order, signed, how often, and where nothing is sent."""

from __future__ import annotations

import socket

import frappe
import pytest
import requests

from support_service.service_api.webhooks import addresses, api, deliveries, events
from support_service.support_service import moves
from tests import factories
from tests.webhook_receiver import make_case, make_due, make_webhook, receiver, run, told  # noqa: F401 - one is a fixture

DELIVERY = events.DELIVERY


def write(case, direction: str) -> None:
	values = {
		"doctype": "Communication",
		"communication_type": "Communication",
		"communication_medium": "Other",
		"sent_or_received": direction,
		"content": "<script>alert(1)</script>It smokes",
		"subject": "x",
		"sender": "somebody@example.com",
		"reference_doctype": "Service Request",
		"reference_name": case.name,
	}
	frappe.get_doc(values).insert(ignore_permissions=True)


def test_everything_that_happens_is_told_in_its_order(receiver):  # noqa: F811
	make_webhook(receiver)
	case = make_case()
	write(case, "Received")
	engineer = factories.make_service_engineer().name
	moves.apply_move(case.name, "assign", engineer=engineer)
	factories.make_engineer_visit(service_request=case.name, engineer=engineer)
	write(case, "Sent")
	moves.apply_move(case.name, "start")
	run()
	assert told(receiver, case) == [
		"request.created",
		"message.from_customer",
		"request.status_changed",
		"visit.planned",
		"message.to_customer",
		"request.status_changed",
	]
	assert "<script" not in str(receiver.got)


def test_a_delivery_is_signed(receiver):  # noqa: F811
	make_webhook(receiver)
	make_case()
	run()
	headers, body, content = receiver.got[-1]
	signed = deliveries.signature("our secret", headers["X-Service-Timestamp"], body)
	assert headers["X-Service-Signature"] == f"sha256={signed}"
	assert headers["X-Service-Delivery"] == content["id"] and headers["X-Service-Event"] == content["event"]


def test_only_what_was_asked_for(receiver):  # noqa: F811
	customer = factories.make_customer().name
	asked = {**dict.fromkeys(events.EVENTS.values(), 0), "on_request_created": 1}
	make_webhook(receiver, customer=customer, **asked)
	mine = factories.make_service_request(customer=customer)
	other = make_case()
	moves.apply_move(mine.name, "cancel", reason="x")
	run()
	assert told(receiver, mine) == ["request.created"] and told(receiver, other) == []


def test_what_is_undone_is_not_told(receiver):  # noqa: F811
	make_webhook(receiver)
	frappe.db.commit()
	case = make_case()
	frappe.db.rollback()
	run()
	assert told(receiver, case) == []


def test_a_receiver_that_is_busy_is_left_alone_and_then_told_in_order(receiver):  # noqa: F811
	webhook = make_webhook(receiver)
	first, second = make_case(), make_case()
	moves.apply_move(first.name, "cancel", reason="x")
	receiver.status = 503
	run()
	assert len(receiver.asked) == 1, "it was asked no more after it had said that it is busy"
	row = frappe.get_doc(DELIVERY, {"service_request": first.name, "event": "request.created"})
	assert (row.status, row.attempts, row.answer_status, row.answer) == ("Queued", 1, 503, "<b>answer</b>")
	assert not frappe.get_all(
		DELIVERY, {"webhook": webhook.name, "status": "Queued", "due_at": ("<", row.due_at)}
	)
	receiver.status = 200
	make_due(webhook=webhook.name)
	run()
	assert told(receiver, first) == ["request.created", "request.status_changed"]
	assert told(receiver, second) == ["request.created"]


def test_a_receiver_that_does_not_answer_is_asked_once_a_sweep(receiver):  # noqa: F811
	with socket.socket() as closed:
		closed.bind(("127.0.0.1", 0))  # taken, and nobody listens
		dead = make_webhook(receiver, url=f"http://127.0.0.1:{closed.getsockname()[1]}/")
		alive = make_webhook(receiver)
		cases = [make_case() for _number in range(3)]
		run()
	tried = frappe.get_all(DELIVERY, {"webhook": dead.name}, pluck="attempts")
	assert sorted(tried) == [0, 0, 1]
	assert [told(receiver, case) for case in cases] == [["request.created"]] * 3
	assert set(frappe.get_all(DELIVERY, {"webhook": alive.name}, pluck="status")) == {"Sent"}


def test_what_is_refused_holds_up_its_own_request_only(receiver):  # noqa: F811
	make_webhook(receiver)
	broken, sound = make_case(), make_case()
	moves.apply_move(broken.name, "cancel", reason="x")
	moves.apply_move(sound.name, "cancel", reason="x")
	receiver.broken = {broken.name}
	for _turn in range(3):
		run()
		assert told(receiver, broken) == []
		assert told(receiver, sound) == ["request.created", "request.status_changed"]
		make_due()
	receiver.broken = set()
	run()
	assert told(receiver, broken) == ["request.created", "request.status_changed"]


def test_webhooks_take_turns(receiver):  # noqa: F811
	busy = make_webhook(receiver, webhook_name="A " + factories.unique("Webhook"))
	cases = [make_case() for _number in range(4)]
	frappe.db.set_value("Service Webhook", busy.name, "active", 0)
	events.forget_active()
	quiet = make_webhook(receiver, webhook_name="B " + factories.unique("Webhook"))
	late = make_case()
	frappe.db.set_value("Service Webhook", busy.name, "active", 1)
	frappe.db.commit()
	assert deliveries.run(limit=2) == 2
	sent = frappe.get_all(DELIVERY, {"status": "Sent", "webhook": ("in", (busy.name, quiet.name))}, ["*"])
	assert {row.service_request for row in sent} == {cases[0].name, late.name}
	run()


def test_after_a_fortnight_a_person_sends_it_again(receiver):  # noqa: F811
	make_webhook(receiver)
	case = make_case()
	receiver.status = 500
	name = frappe.db.get_value(DELIVERY, {"service_request": case.name})
	frappe.db.set_value(DELIVERY, name, "attempts", deliveries.MAX_ATTEMPTS - 1)
	run()
	assert frappe.db.get_value(DELIVERY, name, "status") == "Failed"
	receiver.status = 200
	api.send_again(name)
	run()
	assert told(receiver, case) == ["request.created"]
	with pytest.raises(deliveries.NotFailedError):
		api.send_again(name)


def test_a_redirect_is_not_followed(receiver):  # noqa: F811
	make_webhook(receiver)
	receiver.status = 302
	case = make_case()
	run()
	assert frappe.db.get_value(DELIVERY, {"service_request": case.name}, ["status", "answer_status"]) == (
		"Queued",
		302,
	)


@pytest.mark.parametrize(
	"url",
	[
		"http://example.com/",
		"ftp://example.com/",
		"file:///etc/passwd",
		"https://user:password@example.com/",
		"https://",
		"https://[::1",
		"javascript:alert(1)",
		"",
	],
)
def test_addresses_that_are_not_taken(url):
	with pytest.raises((addresses.WebhookAddressError, frappe.MandatoryError)):
		factories.insert(
			"Service Webhook", {"webhook_name": factories.unique("Webhook"), "url": url, "secret": "x"}, {}
		)


@pytest.mark.parametrize(
	"host",
	[
		"127.0.0.1",
		"localhost",
		"10.1.2.3",
		"192.168.0.1",
		"172.16.0.1",
		"169.254.169.254",
		"0.0.0.0",
		"[::1]",
		"[::ffff:127.0.0.1]",
		"[fd00::1]",
		"[fe80::1]",
		"[2002:7f00:1::]",
		"224.0.0.1",
		"100.64.0.1",
		"2130706433",
		"0x7f.1",
	],
)
def test_nothing_connects_to_a_private_address(host, receiver, monkeypatch):  # noqa: F811
	monkeypatch.setitem(frappe.conf, addresses.ANYWHERE, 0)
	port = receiver.url.rpartition(":")[2].partition("/")[0]
	with addresses.session() as session, pytest.raises(requests.ConnectionError):
		session.post(f"http://{host}:{port}/", data=b"{}", timeout=5)
	assert not receiver.got


def test_a_name_that_leads_inside_later_gains_nothing(receiver, monkeypatch):  # noqa: F811
	"""The address that was looked at is the one that is connected to: there is no second look-up."""
	monkeypatch.setitem(frappe.conf, addresses.ANYWHERE, 0)
	looked_up = []
	answers = ["93.184.216.34", "127.0.0.1"]

	def look_up(host, port, *args, **kwargs):
		looked_up.append(host)
		address = host if host[:1].isdigit() else answers[min(len(looked_up), 2) - 1]
		return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

	monkeypatch.setattr(socket, "getaddrinfo", look_up)
	assert addresses.public_address("hooks.example.com", 443) == "93.184.216.34"
	with pytest.raises(OSError, match="public"):
		addresses.public_address("hooks.example.com", 443)
