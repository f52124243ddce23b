"""A customer and one of our people talk: on the phone and at the desk, over a lost connection and in a second tab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import frappe
import pytest
from playwright.sync_api import Page, expect

from support_service.service_intake import channels
from support_service.service_intake.chat import presence
from tests.browser import desk
from tests.factories import make_customer, make_customer_user, make_installed_unit, make_user
from tests.portal_client import forget_rate_limits

WIDE = {"width": 1440, "height": 900}
WAITS = {"en": "Please wait a moment", "zh": "请稍候"}
NOBODY = {"en": "Nobody of us is here now", "zh": "现在没有人在线"}


@pytest.fixture
def nobody_there(site: str) -> Iterator[None]:
	frappe.cache.delete_value(presence.KEY)
	forget_rate_limits()
	yield
	frappe.cache.delete_value(presence.KEY)
	forget_rate_limits()


def make_two(language: str) -> SimpleNamespace:
	channels.sync()
	customer = make_customer().name
	found = SimpleNamespace(
		unit=make_installed_unit(customer=customer),
		user=make_customer_user(customer).name,
		agent=make_user("Service Desk Agent").name,
	)
	for user in (found.user, found.agent):
		frappe.db.set_value("User", user, "language", language)
	frappe.db.commit()
	return found


def write(page: Page, text: str) -> None:
	page.locator("#sp-chat-text").fill(text)
	page.locator("#sp-chat-text").press("Enter")


def reply(page: Page, text: str) -> None:
	page.locator(".service-chats-form textarea").fill(text)
	page.locator(".service-chats-form textarea").press("Enter")


def lines(page: Page) -> list[str]:
	return page.locator("#sp-chat-log .sp-message .sp-text").all_inner_texts()


def stored(chat: str) -> list[str]:
	frappe.db.rollback()
	rows = frappe.get_all(
		"Service Chat Message",
		{"parent": chat, "communication": ("is", "set")},
		"communication",
		order_by="idx",
	)
	return [frappe.db.get_value("Communication", row.communication, "content") for row in rows]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("phone", [True, False])
def test_a_customer_and_an_agent_talk(
	open_as: Callable[..., Page], screenshots: Path, nobody_there: None, language: str, phone: bool
):
	two, where = make_two(language), "phone" if phone else "desk"
	ours = open_as(two.agent, phone=phone)
	theirs = open_as(two.user, phone=phone)
	if not phone:
		ours.set_viewport_size(WIDE)
		theirs.set_viewport_size(WIDE)
	desk.goto(ours, "service-chats")
	theirs.goto(f"/service/chat?unit={two.unit.name}")
	expect(theirs.locator("#sp-chat-topic")).to_have_value(f"unit:{two.unit.name}")
	write(theirs, "It smells of smoke")
	expect(theirs.locator("#sp-chat-state")).to_contain_text(WAITS[language])
	theirs.screenshot(path=screenshots / f"chat-waits-{where}-{language}.png")

	# without a realtime server the desk asks by itself
	row = ours.locator(".service-chats-panel").first.locator(
		".service-chats-row", has_text="It smells of smoke"
	)
	expect(row).to_have_count(1)
	row.click()
	take = ours.locator('[data-do="take"]')
	expect(take).to_have_count(1)
	take.click()
	reply(ours, "Please switch it off. Which model is it?")
	expect(theirs.locator("#sp-chat-state")).to_have_attribute("data-state", "Talking")
	expect(theirs.locator("#sp-chat-log")).to_contain_text("Which model is it?")

	# the connection is lost: what they write is kept, and arrives once when it is back
	theirs.context.set_offline(True)
	expect(theirs.locator("#sp-chat-lost")).to_be_visible()
	write(theirs, "The big one")
	write(theirs, "from 2019")
	expect(theirs.locator(".sp-chat-unsent")).to_have_count(2)
	theirs.screenshot(path=screenshots / f"chat-lost-{where}-{language}.png")
	theirs.context.set_offline(False)
	expect(theirs.locator(".sp-chat-unsent")).to_have_count(0)
	expect(theirs.locator("#sp-chat-lost")).to_be_hidden()

	# a second tab shows the same chat
	second = theirs.context.new_page()
	second.goto("/service/chat")
	expect(second.locator("#sp-chat-log")).to_contain_text("from 2019")
	write(second, "It has a long arm")
	expect(theirs.locator("#sp-chat-log")).to_contain_text("It has a long arm")
	expected = [
		"It smells of smoke",
		"Please switch it off. Which model is it?",
		"The big one",
		"from 2019",
		"It has a long arm",
	]
	expect(theirs.locator("#sp-chat-log .sp-message")).to_have_count(len(expected))
	assert lines(theirs) == expected
	theirs.reload()
	expect(theirs.locator("#sp-chat-log .sp-message")).to_have_count(len(expected))
	expect(ours.locator(".service-chats-log")).to_contain_text("It has a long arm")
	chat = frappe.db.get_value("Service Chat", {"opened_by": two.user})
	assert stored(chat) == expected
	theirs.screenshot(path=screenshots / f"chat-talk-{where}-{language}.png")
	ours.screenshot(path=screenshots / f"service-chats-{where}-{language}.png")
	assert desk.overflow(theirs) <= 0
	assert desk.overflow(ours) <= 0

	ours.locator('[data-do="end"]').click()
	desk.answer_yes(ours)
	expect(theirs.locator("#sp-chat-over")).to_be_visible()
	expect(theirs.locator("#sp-chat-form")).to_be_hidden()
	theirs.locator("#sp-chat-over [data-request]").click()
	expect(theirs.locator("#messages")).to_contain_text("It has a long arm")


def test_nobody_there_is_said_at_once(open_as: Callable[..., Page], screenshots: Path, nobody_there: None):
	two = make_two("en")
	page = open_as(two.user, phone=True)
	page.goto("/service/chat")
	expect(page.locator("#sp-chat-state")).to_contain_text(NOBODY["en"])
	write(page, "Call me tomorrow")
	expect(page.locator("#sp-chat-over")).to_be_visible()
	expect(page.locator("#sp-chat-state")).to_contain_text("We have your message")
	page.screenshot(path=screenshots / "chat-nobody-phone-en.png")
	frappe.db.rollback()
	chat = frappe.get_last_doc("Service Chat", {"opened_by": two.user})
	assert (chat.state, frappe.db.get_value("Service Request", chat.service_request, "channel")) == (
		"Left as Message",
		"Chat",
	)
	# the next one begins anew
	page.locator("#sp-chat-over .btn-primary").click()
	expect(page.locator("#sp-chat-topic")).to_be_visible()


def test_a_guest_is_led_to_the_log_in(open_as: Callable[..., Page]):
	page = open_as(None)
	page.goto("/service/chat")
	page.wait_for_url("**/login?redirect-to=/service/chat*")
