"""Webhooks: what other systems are told of requests, in which order, signed, how often, and where nothing is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import frappe
import pytest
import requests

from support_service.service_api.webhooks import addresses, api, deliveries, events
from support_service.support_service import moves
from tests import factories

DELIVERY = events.DELIVERY


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
	"""A server on loopback that keeps what it gets and answers with `status`; the site allows to send there."""
	kept = SimpleNamespace(got=[], status=200, broken=set())

	class Handler(BaseHTTPRequestHandler):
		def do_POST(self) -> None:
			body = self.rfile.read(int(self.headers["Content-Length"]))
			status = 500 if json.loads(body)["request"]["name"] in kept.broken else kept.status
			if status < 300:
				kept.got.append((dict(self.headers), body, json.loads(body)))
			self.send_response(status)
			if status == 302:
				self.send_header("Location", "http://127.0.0.1:1/")
			self.end_headers()
			self.wfile.write(b"<b>answer</b>")

		def log_message(self, *_words: object) -> None:
			pass

	server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
	threading.Thread(target=server.serve_forever, daemon=True).start()
	kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
	monkeypatch.setitem(frappe.conf, addresses.ANYWHERE, 1)
	frappe.db.set_value("Service Webhook", {"active": 1}, "active", 0)
	events.forget_active()
	yield kept
	server.shutdown()
	frappe.db.rollback()
	frappe.db.set_value("Service Webhook", {"active": 1}, "active", 0)
	frappe.db.commit()
	events.forget_active()


def make_webhook(receiver: SimpleNamespace, **overrides):
	values = {"webhook_name": factories.unique("Webhook"), "url": receiver.url, "secret": "our secret"}
	return factories.insert(
		"Service Webhook", {**values, **dict.fromkeys(events.EVENTS.values(), 1)}, overrides
	)


def make_case(**overrides):
	return factories.make_service_request(customer=factories.make_customer().name, **overrides)


def told(receiver: SimpleNamespace, case) -> list[str]:
	return [
		content["event"]
		for _headers, _body, content in receiver.got
		if content["request"]["name"] == case.name
	]


def run() -> None:
	frappe.db.commit()
	while deliveries.run():
		pass


def make_due(**filters) -> None:
	frappe.db.set_value(DELIVERY, {"status": "Queued", **filters}, "due_at", "2020-01-01")


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


def test_everything_that_happens_is_told_in_its_order(receiver):
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


def test_a_delivery_is_signed(receiver):
	make_webhook(receiver)
	make_case()
	run()
	headers, body, content = receiver.got[-1]
	signed = deliveries.signature("our secret", headers["X-Service-Timestamp"], body)
	assert headers["X-Service-Signature"] == f"sha256={signed}"
	assert headers["X-Service-Delivery"] == content["id"] and headers["X-Service-Event"] == content["event"]


def test_only_what_was_asked_for(receiver):
	customer = factories.make_customer().name
	asked = {**dict.fromkeys(events.EVENTS.values(), 0), "on_request_created": 1}
	make_webhook(receiver, customer=customer, **asked)
	mine = factories.make_service_request(customer=customer)
	other = make_case()
	moves.apply_move(mine.name, "cancel", reason="x")
	run()
	assert told(receiver, mine) == ["request.created"] and told(receiver, other) == []


def test_what_is_undone_is_not_told(receiver):
	make_webhook(receiver)
	frappe.db.commit()
	case = make_case()
	frappe.db.rollback()
	run()
	assert told(receiver, case) == []


def test_one_that_fails_waits_with_all_behind_it_and_is_sent_in_order(receiver):
	make_webhook(receiver)
	first, second = make_case(), make_case()
	moves.apply_move(first.name, "cancel", reason="x")
	receiver.status = 503
	run()
	row = frappe.get_doc(DELIVERY, {"service_request": first.name, "event": "request.created"})
	assert (row.status, row.attempts, row.answer_status, row.answer) == ("Queued", 1, 503, "<b>answer</b>")
	assert not frappe.get_all(
		DELIVERY, {"webhook": row.webhook, "status": "Queued", "due_at": ("<", row.due_at)}
	)
	receiver.status = 200
	make_due(webhook=row.webhook)
	run()
	assert told(receiver, first) == ["request.created", "request.status_changed"]
	assert told(receiver, second) == ["request.created"]


def test_a_later_one_never_overtakes(receiver):
	make_webhook(receiver)
	broken, sound = make_case(), make_case()
	moves.apply_move(broken.name, "cancel", reason="x")
	receiver.broken = {broken.name}
	for _turn in range(3):
		make_due()
		run()
	make_due()
	run()
	assert told(receiver, broken) == [] and told(receiver, sound) == ["request.created"]
	receiver.broken = set()
	make_due()
	run()
	assert told(receiver, broken) == ["request.created", "request.status_changed"]


def test_after_a_fortnight_a_person_sends_it_again(receiver):
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


def test_a_redirect_is_not_followed(receiver):
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
def test_nothing_connects_to_a_private_address(host, receiver, monkeypatch):
	monkeypatch.setitem(frappe.conf, addresses.ANYWHERE, 0)
	port = receiver.url.rpartition(":")[2].partition("/")[0]
	with addresses.session() as session, pytest.raises(requests.ConnectionError):
		session.post(f"http://{host}:{port}/", data=b"{}", timeout=5)
	assert not receiver.got


def test_a_name_that_leads_inside_later_gains_nothing(receiver, monkeypatch):
	"""The address that was looked at is the one that is connected to: there is no second look-up."""
	import socket

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
