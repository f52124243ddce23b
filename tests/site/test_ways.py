"""How customers hear from us: text messages and group chats over real HTTP, what follows where a way fails, limits, quiet
hours. The gateways answer what theirs answer, from a server on loopback."""

import json
from datetime import timedelta
from typing import Any

import frappe
import pytest
from frappe.utils import get_datetime, now_datetime

from support_service.support_service import api
from support_service.support_service.messaging import messages
from support_service.support_service.messaging.ways import handing_over, robot_forms, robots
from tests.answering_server import Answering, Said, answering
from tests.factories import insert, make_customer, make_service_request, make_user, unique

PHONE = "+86 711 385 0303"
OK = '{"errcode":0,"errmsg":"ok"}'


@pytest.fixture(autouse=True)
def nobody_written_yet():
	"""Messages of other tests to the same number do not count for its limit of an hour."""
	frappe.db.delete("Service Message", {"recipient": PHONE})


@pytest.fixture
def server(monkeypatch):
	with answering() as started:
		monkeypatch.setitem(frappe.local.conf, robots.MORE_HOSTS, [started.address])
		yield started


@pytest.fixture
def settings():
	"""Support Service Settings as they were, after the test."""
	doc = frappe.get_single("Support Service Settings")
	fields = ("messages_per_hour", "quiet_from", "quiet_to", "sms_taken_if")
	kept = {field: doc.get(field) for field in fields}
	yield lambda **values: frappe.db.set_single_value(doc.doctype, values)
	frappe.db.rollback()
	frappe.db.set_single_value(doc.doctype, kept)
	frappe.db.commit()


@pytest.fixture
def gateway(server):
	doc = frappe.get_single("SMS Settings")
	kept = doc.as_dict()
	doc.update(
		{
			"sms_gateway_url": f"http://{server.address}/send",
			"message_parameter": "text",
			"receiver_parameter": "to",
			"use_post": 1,
			"parameters": [
				{"parameter": "user", "value": "acme"},
				{"parameter": "X-Key", "value": "k", "header": 1},
			],
		}
	)
	doc.save()
	frappe.db.commit()
	yield server
	frappe.db.rollback()
	for field in ("sms_gateway_url", "message_parameter", "receiver_parameter", "use_post"):
		frappe.db.set_single_value("SMS Settings", field, kept.get(field))
	frappe.db.delete("SMS Parameter", {"parent": "SMS Settings"})
	frappe.db.commit()


def make_robot(server: Answering, customer: str, kind: str = "WeCom", **values: Any) -> str:
	url = f"http://{server.address}/send?key=s3cret"
	robot = {"robot_name": unique("Chat"), "kind": kind, "customer": customer, "webhook_url": url}
	return insert("Service Robot", robot, values).name


def write(case: Any, key: str = "one", **values: Any) -> str:
	text = {"subject": f"[{case.name}] News", "body": "<p>Fan &amp; belt<br>are here</p>", **values}
	return messages.queue(case, key=f"{case.name}|{key}", **text)


def send(*names: str) -> list[Any]:
	"""What the sweep makes of these messages and of nobody else's."""
	frappe.db.commit()
	others = frappe.get_all(
		"Service Message", {"name": ("not in", names), "status": "Queued"}, pluck="name", limit=0
	)
	for name in others:
		frappe.db.set_value("Service Message", name, "status", "Skipped")
	messages.send_due()
	for name in others:
		frappe.db.set_value("Service Message", name, "status", "Queued")
	frappe.db.commit()
	return [frappe.get_doc("Service Message", name) for name in names]


def following(name: str) -> Any:
	found = frappe.get_all("Service Message", {"in_place_of": name}, pluck="name")
	assert len(found) <= 1, "more than one took its place"
	return frappe.get_doc("Service Message", found[0]) if found else None


def due_now(*names: str) -> None:
	for name in names:
		frappe.db.set_value("Service Message", name, "due_at", now_datetime())


class TestTextMessages:
	def make(self, **values: Any) -> Any:
		return make_service_request(preferred_channel="SMS", contact_phone=PHONE, **values)

	def test_leaves_once_with_the_words_of_the_mail(self, gateway):
		(message,) = send(write(self.make()))
		assert message.status == "Sent"
		(asked,) = gateway.asked
		assert asked.method == "POST" and asked.headers["X-Key"] == "k"
		assert asked.body == "user=acme&text=Fan+%26+belt%0Aare+here&to=%2B867113850303"
		send(message.name)
		assert len(gateway.asked) == 1

	@pytest.mark.parametrize(
		("said", "reason"),
		[
			(Said("ERROR:14"), "ERROR:14"),
			(Said('{"errcode":310000,"errmsg":"no credit"}'), "no credit"),
			(Said("wrong key", 401), "HTTP 401 wrong key"),
		],
	)
	def test_refused_with_its_reason_it_goes_by_mail(self, gateway, said, reason):
		gateway.says(said)
		case = self.make(contact_email="li@customer.example")
		(message,) = send(write(case))
		assert message.status == "Failed" and reason in message.error
		instead = following(message.name)
		assert (instead.sender, instead.recipient, instead.status) == (
			"Email",
			"li@customer.example",
			"Queued",
		)
		assert instead.body == message.body

	def test_without_another_way_it_has_failed(self, gateway):
		gateway.says(Said("ERROR:14"))
		(message,) = send(write(self.make()))
		assert message.status == "Failed" and following(message.name) is None

	@pytest.mark.parametrize("said", [Said("down", 500), Said("", 429), Said("O", cut_off=True)])
	def test_trouble_passes(self, gateway, said):
		gateway.says(said, Said("ID: 1"))
		(message,) = send(write(self.make(contact_email="li@customer.example")))
		assert message.status == "Queued" and message.attempts == 1 and message.error
		assert get_datetime(message.due_at) > now_datetime()
		due_now(message.name)
		(message,) = send(message.name)
		assert message.status == "Sent" and following(message.name) is None

	def test_trouble_for_hours_goes_by_mail(self, gateway):
		gateway.says(Said("down", 500))
		name = write(self.make(contact_email="li@customer.example"))
		for _attempt in range(7):
			assert following(name) is None
			due_now(name)
			send(name)
		assert frappe.db.get_value("Service Message", name, "status") == "Failed"
		assert following(name).sender == "Email"

	def test_nobody_there(self, gateway, monkeypatch):
		frappe.db.set_single_value("SMS Settings", "sms_gateway_url", "http://127.0.0.1:9/send")
		(message,) = send(write(self.make()))
		assert message.status == "Queued" and "does not answer" in message.error

	def test_slow_is_not_for_ever(self, gateway, monkeypatch):
		monkeypatch.setattr(handing_over, "TIMEOUT", (1, 0.2))
		gateway.says(Said("ID: 1", slow=1))
		(message,) = send(write(self.make()))
		assert message.status == "Queued" and "does not answer" in message.error

	def test_the_admin_says_what_a_success_is(self, gateway, settings):
		settings(sms_taken_if="ID:")
		gateway.says(Said("balance: 0"))
		(message,) = send(write(self.make()))
		assert message.status == "Failed" and "balance: 0" in message.error

	def test_a_colleague_s_text_message_goes_to_no_customer(self, gateway):
		gateway.says(Said("ERROR:14"))
		case = self.make(contact_email="li@customer.example")
		(message,) = send(write(case, sender="SMS", recipient="+49 30 1"))
		assert message.status == "Failed" and following(message.name) is None


class TestGroupChats:
	def make(self, server: Answering, kind: str = "WeCom", **values: Any) -> tuple[Any, str]:
		customer = make_customer().name
		robot = make_robot(server, customer, kind, **values)
		return make_service_request(customer=customer, preferred_channel="Group Chat"), robot

	@pytest.mark.parametrize("kind", sorted(robot_forms.FORMS))
	def test_each_kind_takes_it(self, server, kind):
		server.says(Said({"Slack": "ok", "Feishu": '{"code":0,"msg":"success"}'}.get(kind, OK)))
		case, robot = self.make(server, kind, secret="SEC" if kind in ("DingTalk", "Feishu") else None)
		(message,) = send(write(case))
		assert (message.status, message.recipient) == ("Sent", robot)
		(asked,) = server.asked
		assert "Fan &" in asked.body and case.name in asked.body
		assert json.loads(asked.body)
		assert ("sign" in asked.body + asked.path) == (kind in ("DingTalk", "Feishu"))

	def test_http_200_is_no_success(self, server):
		server.says(Said('{"errcode":310000,"errmsg":"sign not match"}'))
		case, _robot = self.make(server, "DingTalk")
		case.db_set("contact_email", "li@customer.example")
		(message,) = send(write(case))
		assert message.status == "Failed" and "310000 sign not match" in message.error
		assert following(message.name).sender == "Email"

	def test_its_limit_a_minute_is_kept(self, server, monkeypatch):
		server.says(Said(OK))
		case, _robot = self.make(server)
		names = [write(case, str(number)) for number in range(23)]
		sent = send(*names)
		assert [message.status for message in sent].count("Sent") == 20 == len(server.asked)
		waiting = [message for message in sent if message.status == "Queued"]
		assert len(waiting) == 3 and not any(message.attempts for message in waiting)
		latest = now_datetime() + timedelta(seconds=65)
		assert all(now_datetime() < get_datetime(message.due_at) < latest for message in waiting)

	def test_asked_for_a_pause_nothing_is_sent_meanwhile(self, server):
		server.says(Said('{"errcode":130101,"errmsg":"send too fast"}'))
		case, robot = self.make(server, "DingTalk")
		first, second = send(write(case, "a"), write(case, "b"))
		assert len(server.asked) == 1
		assert (first.status, second.status) == ("Queued", "Queued")
		assert "send too fast" in first.error
		until = get_datetime(frappe.db.get_value("Service Robot", robot, "paused_until"))
		assert timedelta(minutes=9) < until - now_datetime() < timedelta(minutes=11)

	def test_trouble_names_no_key(self, server):
		case, robot = self.make(server)
		doc = frappe.get_doc("Service Robot", robot)
		frappe.local.conf[robots.MORE_HOSTS] = ["127.0.0.1:9"]
		doc.webhook_url = "http://127.0.0.1:9/send?key=s3cret"
		doc.save()
		(message,) = send(write(case))
		assert message.status == "Queued" and "s3cret" not in message.error

	def test_switched_off(self, server):
		case, robot = self.make(server)
		name = write(case)
		frappe.db.set_value("Service Robot", robot, "disabled", 1)
		(message,) = send(name)
		assert message.status == "Failed" and not server.asked

	@pytest.mark.parametrize(
		"url",
		[
			"http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
			"https://qyapi.weixin.qq.com.evil.example/send",
			"https://evil.example@127.0.0.1/",
			"https://qyapi.weixin.qq.com:8443/send",
			"file:///etc/passwd",
		],
	)
	def test_an_address_that_is_not_its_maker_s_is_refused(self, url):
		with pytest.raises(robots.RobotAddressError):
			insert(
				"Service Robot",
				{"robot_name": unique("Chat"), "kind": "WeCom", "customer": make_customer().name},
				{"webhook_url": url},
			)

	def test_the_maker_s_own_is_taken(self):
		robot = insert(
			"Service Robot",
			{"robot_name": unique("Chat"), "kind": "Feishu", "customer": make_customer().name},
			{"webhook_url": "https://open.feishu.cn/open-apis/bot/v2/hook/1234"},
		)
		robot.reload()
		assert set(robot.webhook_url) == {"*"}
		robot.disabled = 1
		robot.save()
		assert robot.get_password("webhook_url").endswith("/1234")

	def test_a_manager_tries_it_out(self, server):
		_case, robot = self.make(server)
		server.says(Said(OK))
		assert api.test_robot(robot)
		server.says(Said('{"errcode":93000,"errmsg":"invalid webhook url"}'))
		with pytest.raises(handing_over.RefusedError, match="93000 invalid webhook url"):
			api.test_robot(robot)
		frappe.set_user(make_user("Service Desk Agent").name)
		with pytest.raises(frappe.PermissionError):
			api.test_robot(robot)


class TestOnItsWay:
	def test_what_nobody_knows_is_not_sent_again_by_itself(self, server):
		customer = make_customer().name
		make_robot(server, customer)
		name = write(make_service_request(customer=customer, preferred_channel="Group Chat"))
		values = {"status": "Sending", "sending_since": now_datetime() - timedelta(minutes=16)}
		frappe.db.set_value("Service Message", name, values)
		(message,) = send(name)
		assert message.status == "Failed" and "not known" in message.error and not server.asked
		server.says(Said(OK))
		messages.send_again(message)
		(message,) = send(name)
		assert message.status == "Sent" and len(server.asked) == 1

	def test_what_is_on_its_way_is_left_alone(self, server):
		name = write(make_service_request(preferred_channel="SMS", contact_phone=PHONE))
		frappe.db.set_value("Service Message", name, {"status": "Sending", "sending_since": now_datetime()})
		(message,) = send(name)
		assert message.status == "Sending"


class TestWhatTheCustomerWants:
	def test_the_case_then_the_customer_then_mail(self):
		customer = make_customer(service_channel="SMS").name
		named = {"customer": customer, "contact_phone": PHONE, "contact_email": "li@customer.example"}
		senders = [
			frappe.db.get_value("Service Message", write(make_service_request(**case)), "sender")
			for case in (
				named,
				{**named, "preferred_channel": "Email"},
				{**named, "customer": make_customer().name},
			)
		]
		assert senders == ["SMS", "Email", "Email"]
		frappe.db.set_value("Customer", customer, "service_channel", "Phone")
		assert write(make_service_request(**named)) is None

	def test_quiet_hours(self, settings, time_machine):
		settings(quiet_from="22:00", quiet_to="07:00")
		customer = make_customer().name
		named = {"customer": customer, "contact_phone": PHONE, "contact_email": "li@customer.example"}
		text, mail = (make_service_request(**named, preferred_channel=way) for way in ("SMS", "Email"))
		# 23:30 in Asia/Shanghai
		time_machine.move_to("2027-03-02T15:30:00+00:00", tick=False)
		due = {
			way: str(frappe.db.get_value("Service Message", write(case, "night"), "due_at"))
			for way, case in (("text", text), ("mail", mail))
		}
		assert due == {"text": "2027-03-03 07:00:00", "mail": "2027-03-02 23:30:00"}
		# their own
		frappe.db.set_value(
			"Customer", customer, {"service_quiet_from": "23:00", "service_quiet_to": "09:00"}
		)
		due = frappe.db.get_value("Service Message", write(text, "own"), "due_at")
		assert str(due) == "2027-03-03 09:00:00"

	def test_nobody_is_flooded(self, settings):
		settings(messages_per_hour=3)
		case = make_service_request(contact_email=f"{frappe.generate_hash(length=8)}@customer.example")
		names = [write(case, str(number)) for number in range(7)]
		rows = [frappe.db.get_value("Service Message", name, ["due_at", "waits_for"]) for name in names]
		assert [waits_for for _due, waits_for in rows] == [""] * 3 + ["Hourly Limit"] * 4
		dues = [get_datetime(due) for due, _waits_for in rows]
		hour, slack = timedelta(hours=1), timedelta(minutes=1)
		assert all(due - dues[0] < slack for due in dues[:3])
		assert all(hour <= due - dues[0] < hour + slack for due in dues[3:6])
		assert 2 * hour <= dues[6] - dues[0] < 2 * hour + slack
		other = make_service_request(contact_email=f"{frappe.generate_hash(length=8)}@customer.example")
		due = get_datetime(frappe.db.get_value("Service Message", write(other), "due_at"))
		assert due - now_datetime() < slack
