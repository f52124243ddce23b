"""The page behind the code on a device, as a guest sees it on a phone and at a desk, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from playwright.sync_api import Page, expect

from support_service.installed_base import labels
from support_service.service_intake import proof_codes
from tests.browser import desk
from tests.browser.world import make_world, value

WORDS = {"en": ("Report a problem", "Send"), "zh": ("报告问题", "发送")}


@pytest.fixture(autouse=True)
def no_limits_reached() -> None:
	frappe.cache.delete_keys("support_service:limit:")


def path_of(unit: str) -> str:
	token = labels.url_of(unit).rpartition("/")[2]
	frappe.db.commit()
	return f"/u/{token}"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("phone", [True, False])
def test_a_guest_reports_a_fault(
	open_as: Callable[..., Page], screenshots: Path, language: str, phone: bool
) -> None:
	world = make_world(language)
	page = open_as(None, phone=phone, language="zh-CN" if language == "zh" else "en-US")
	page.goto(path_of(world.unit.name))
	assert desk.overflow(page) <= 0
	page.screenshot(path=screenshots / f"label-{language}-{'phone' if phone else 'desk'}.png", full_page=True)
	form = page.locator("#sp-report")
	send = form.locator("[type=submit]")
	# every field has a label that a screen reader reads
	for field in page.locator(".service-portal input:not([type=hidden]), .service-portal textarea").all():
		assert page.locator(f"label[for={field.get_attribute('id')}]").count() == 1
	send.click()
	expect(form.locator("[role=alert]")).not_to_be_empty()
	subject = f"Display dark {frappe.generate_hash(length=6)}"
	# with the keyboard alone
	page.locator("#sp-subject").focus()
	page.keyboard.type(subject)
	page.keyboard.press("Tab")
	page.keyboard.type("Since this morning")
	page.keyboard.press("Tab")
	expect(page.locator("#sp-photos")).to_be_focused()
	page.keyboard.press("Tab")
	page.keyboard.type("Zhao Min")
	page.keyboard.press("Enter")
	expect(page.locator("#sp-thanks")).to_be_visible()
	number = page.locator("#sp-number").inner_text()
	assert value("Service Request", number, "subject") == subject
	assert value("Service Request", number, "installed_unit") == world.unit.name


def test_who_proves_who_they_are_is_named(
	open_as: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
	world = make_world()
	address = world.customer_user
	page = open_as(None, phone=True)
	page.goto(path_of(world.unit.name))
	page.locator("#sp-address").fill(address)
	with page.expect_response("**/*.label_api.ask_code") as answered:
		page.locator("#sp-address").press("Enter")
	proof = answered.value.json()["message"]["proof"]
	mails = []
	monkeypatch.setattr(frappe, "sendmail", lambda **mail: mails.append(mail["message"]))
	proof_codes.send_code(proof)
	code = mails[0].partition("<b>")[2][:6]
	page.locator("#sp-code").fill(code)
	page.locator("#sp-code").press("Enter")
	expect(page.locator("#sp-proven")).to_be_visible()
	expect(page.locator("#sp-person")).to_be_hidden()
	page.locator("#sp-subject").fill("No picture")
	page.locator("#sp-subject").press("Enter")
	expect(page.locator("#sp-thanks")).to_be_visible()
	assert value("Service Request", page.locator("#sp-number").inner_text(), "contact_email") == address


def test_a_device_is_chosen_by_its_code(open_as: Callable[..., Page]) -> None:
	world = make_world()
	page = open_as(world.customer_user, phone=True)
	page.goto("/service/new")
	scanned = page.locator("#sp-scanned")
	scanned.fill("nothing like it")
	scanned.press("Enter")
	expect(page.locator("#sp-scan-said")).not_to_be_empty()
	page.locator("#sp-unit").select_option("")
	scanned.fill(f"https://service.example{path_of(world.unit.name)}")
	page.locator("[data-find]").click()
	expect(page.locator("#sp-unit")).to_have_value(world.unit.name)
	# a machine without a camera says so, and typing goes on
	page.locator("[data-camera]").click()
	expect(page.locator("#sp-scan-said")).not_to_have_text("")
