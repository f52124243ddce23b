"""Another app plugs in through the documented hook keys: really put on the bench, installed, used, uninstalled."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe
import pytest

from support_service.service_intake.intake import IntakePayload, UnknownChannelError, accept
from support_service.service_level.clock import escalation, registry
from support_service.support_service.messaging import messages, notify
from tests.factories import make_service_level_policy, make_service_request, unique
from tests.site.bare_site import SITES
from tests.site.ladder_world import always_open, escalations, play
from tests.site.other_app import look_again, on_bench

APP = "support_service_example"
SOURCE = Path(__file__).resolve().parents[1] / "example_app"


@contextmanager
def installed(name: str) -> Iterator[None]:
	"""The app on a bench and on the site."""
	with on_bench(name, APP, SOURCE) as site:
		try:
			site.bench("install-app", APP)
			look_again()
			yield
		finally:
			frappe.db.rollback()  # our own open transaction would make the uninstall wait for its locks
			site.bench("uninstall-app", APP, "--yes", "--no-backup")
			look_again()


def test_an_app_adds_a_channel_and_a_sender(site):
	with installed(site):
		_channel_opens_cases()
		case = _sender_sends_once()
		waiting = _queue_one_more(case)
		_clock_runs_and_action_acts()
	_gone_with_the_app(waiting)


def _channel_opens_cases() -> None:
	channel = frappe.get_doc("Service Channel", "WeChat Work")
	assert (channel.enabled, channel.source_app) == (1, APP)
	receive = frappe.get_attr("support_service_example.wechat.receive")
	message = {
		"MsgId": unique("msg"),
		"Content": "打印机卡纸\n7 号线",
		"From": "吴刚",
		"Phone": "+86 711 385 0303",
	}
	case = receive(message)
	assert receive(message) == case
	assert frappe.db.get_value("Service Request", case, ["channel", "subject", "contact_name"]) == (
		"WeChat Work",
		"打印机卡纸",
		"吴刚",
	)


def _sender_sends_once() -> str:
	case = make_service_request(preferred_channel="Text Message", contact_phone="+86 711 385 0303")
	frappe.db.commit()
	notify.notify_due(limit=5000)
	notify.notify_due(limit=5000)
	messages.send_due()
	row = frappe.get_doc("Service Message", {"request": case.name})
	assert (row.sender, row.recipient) == ("Text Message", "+86 711 385 0303")
	assert row.status == "Sent", row.error
	texts = frappe.get_all("Example Text Message", {"service_request": case.name}, ["message_key", "text"])
	assert [text.message_key for text in texts] == [row.message_key]
	assert case.name in texts[0].text
	return case.name


def _queue_one_more(case: str) -> str:
	request = frappe.get_doc("Service Request", case)
	name = messages.queue(request, subject="One more", body="", key=unique("key"))
	frappe.db.commit()
	return name


def _clock_runs_and_action_acts() -> None:
	point = {"clock": "Call Back", "point": "Percent Used", "value": 50, "whom": "Team Lead"}
	policy = make_service_level_policy(
		calendar=always_open().name,
		targets=[{"clock": "Call Back", "target": 4, "unit": "Hours"}],
		ladder=[{**point, "action": "Chat Robot"}],
	)
	case = make_service_request(customer=policy.customer)
	assert frappe.db.get_value("Service Clock", f"{case.name}-CB", "state") == "Running"
	play(2.1)
	play(2.1)
	(row,) = escalations(f"{case.name}-CB")
	assert (row.told, row.told_to) == (1, "room:service-desk"), row.reason
	texts = frappe.get_all("Example Text Message", {"service_request": case.name}, pluck="message_key")
	assert texts == [row.name]


def _gone_with_the_app(waiting: str) -> None:
	assert not frappe.db.exists("DocType", "Example Text Message")
	assert frappe.db.get_value("Service Channel", "WeChat Work", "enabled") == 0
	with pytest.raises(UnknownChannelError, match="switched off"):
		accept("WeChat Work", IntakePayload(subject="Too late"))
	assert "Text Message" not in messages.registered()
	assert "Chat Robot" not in escalation.registered()
	assert "Call Back" not in registry.registered()
	messages.send_due(limit=5000)
	message = frappe.get_doc("Service Message", waiting)
	assert (
		message.status == "Queued" and "Text Message" in message.error
	)  # kept for the day the app comes back


def test_the_tests_bench_never_lists_the_app(site):
	before = frappe.get_all_apps()
	with pytest.raises(RuntimeError), on_bench(site, APP, SOURCE):
		assert frappe.get_all_apps() == [*before, APP]
		assert APP not in frappe.get_all_apps(sites_path=str(SITES))
		raise RuntimeError
	assert frappe.get_all_apps() == before
	assert str(SOURCE) not in sys.path
