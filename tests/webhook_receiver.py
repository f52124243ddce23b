"""A receiver of webhooks on loopback, webhooks that send to it, and what it was told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import frappe
import pytest

from support_service.service_api.webhooks import addresses, deliveries, events
from tests import factories
from tests.answering_server import Answering, Asked, Said, answering


class Receiver(Answering):
	"""Answers with `status`, or 500 for a request among `broken`. got: (headers, body, content) of what it took."""

	def __init__(self, address: str) -> None:
		super().__init__(address)
		self.url = f"http://{address}/hook"
		self.status = 200
		self.broken: set[str] = set()
		self.got: list[tuple[dict[str, str], bytes, dict[str, Any]]] = []

	def take(self, asked: Asked) -> Said:
		self.asked.append(asked)
		content = json.loads(asked.body)
		status = 500 if content["request"]["name"] in self.broken else self.status
		if status < 300:
			self.got.append((asked.headers, asked.body.encode(), content))
		return Said("<b>answer</b>", status, {"Location": "http://127.0.0.1:1/"} if status == 302 else {})


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
	"""A receiver; the site allows to send there, and no other webhook is active."""
	monkeypatch.setitem(frappe.conf, addresses.ANYWHERE, 1)
	_switch_all_off()
	with answering(Receiver) as made:
		yield made
	frappe.db.rollback()
	_switch_all_off()
	frappe.db.commit()


def _switch_all_off() -> None:
	frappe.db.set_value("Service Webhook", {"active": 1}, "active", 0)
	events.forget_active()


def make_webhook(receiver: Receiver, **overrides: Any) -> Any:
	"""A webhook that sends everything to the receiver."""
	values = {"webhook_name": factories.unique("Webhook"), "url": receiver.url, "secret": "our secret"}
	return factories.insert(
		"Service Webhook", {**values, **dict.fromkeys(events.EVENTS.values(), 1)}, overrides
	)


def make_case(**overrides: Any) -> Any:
	return factories.make_service_request(customer=factories.make_customer().name, **overrides)


def told(receiver: Receiver, case: Any) -> list[str]:
	"""The events of a request that the receiver took, in their order."""
	return [
		content["event"]
		for _headers, _body, content in receiver.got
		if content["request"]["name"] == case.name
	]


def run() -> None:
	frappe.db.commit()
	while deliveries.run():
		pass


def make_due(**filters: Any) -> None:
	frappe.db.set_value(events.DELIVERY, {"status": "Queued", **filters}, "due_at", "2020-01-01")
