"""What customers hear from us: on the request what reached whom, the company's own texts, and the engineer on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime
from playwright.sync_api import Page, expect

from support_service.support_service.messaging import messages
from support_service.support_service.moves import apply_move
from tests import factories
from tests.browser import desk
from tests.browser.world import make_case, make_world, value

WIDE = {"width": 1440, "height": 900}
SEND_AGAIN = {"en": "Send Again", "zh": "重新发送"}


def write_some(case: str) -> dict[str, str]:
	"""One message of each fate: fate → its name."""
	doc = frappe.get_doc("Service Request", case)
	names = {}
	for fate, event, sender in (
		("sent", "Request Assigned", "Email"),
		("quiet", "Visit Planned", "SMS"),
		("down", "Work Started", "SMS"),
		("failed", "Question to the Customer", "Email"),
	):
		key = f"{case}|{fate}"
		names[fate] = messages.tell(doc, event, {"engineer": "Chen Jing"}, key=key, sender=sender)
	later = add_to_date(now_datetime(), hours=3)
	states = {
		"sent": {"status": "Sent", "sent_on": now_datetime()},
		"quiet": {"due_at": later, "waits_for": "Quiet Hours"},
		"down": {"due_at": later, "attempts": 3, "error": "HTTP 500 down"},
		"failed": {"status": "Failed", "error": "The mailbox of the recipient does not exist."},
	}
	for fate, values in states.items():
		frappe.db.set_value("Service Message", names[fate], values)
	frappe.db.commit()
	return names


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_reached_whom(open_as: Callable[..., Page], screenshots: Path, language: str):
	world = make_world(language)
	case = make_case(world, contact_phone="+86 711 385 0303")
	names = write_some(case)
	for phone in (False, True):
		page = open_as(world.agent, phone=phone)
		if not phone:
			page.set_viewport_size(WIDE)
		desk.goto(page, f"service-request/{case}")
		shown = page.locator(".service-message")
		expect(shown).to_have_count(len(names))
		page.locator('.form-tabs .nav-link[data-fieldname="tb_messages"]').click()
		expect(page.locator(".service-messages")).to_be_visible()
		for words in ("HTTP 500 down", "The mailbox of the recipient does not exist."):
			expect(page.locator(".service-messages")).to_contain_text(words)
		page.screenshot(path=screenshots / f"messages-{'phone' if phone else 'desk'}-{language}.png")
		assert desk.overflow(page) <= 0
	again = page.locator(".service-messages").get_by_role("button", name=SEND_AGAIN[language])
	expect(again).to_have_count(1)
	again.click()
	expect(again).to_have_count(0)
	assert value("Service Message", names["failed"], "status") == "Queued"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_company_s_own_text(open_as: Callable[..., Page], screenshots: Path, language: str):
	world = make_world(language)
	case = make_case(world)
	for name in frappe.get_all("Service Message Template", {"event": "Engineer on the Way"}, pluck="name"):
		frappe.db.set_value("Service Message Template", name, "disabled", 1)
	frappe.db.commit()
	page = open_as(world.manager)
	page.set_viewport_size(WIDE)
	desk.goto(page, "service-message-template/new")
	page.evaluate("lang => cur_frm.set_value({event: 'Engineer on the Way', language: lang})", language)
	desk.settle(page)
	expect(desk.field(page, "fields_html")).to_contain_text("{{ expected_at }}")
	page.wait_for_function("cur_frm.custom_buttons && Object.keys(cur_frm.custom_buttons).length === 2")
	page.evaluate("Object.values(cur_frm.custom_buttons)[0].click()")
	page.wait_for_function("cur_frm.doc.mail_html?.includes('{{ engineer }}')")
	page.evaluate("cur_frm.set_value('subject', 'ACME {{ request }}: {{ engineer }}')")
	page.evaluate("cur_frm.save()")
	desk.settle(page)
	page.wait_for_function("!cur_frm.is_new()")
	template = page.evaluate("cur_frm.doc.name")
	page.evaluate("name => cur_frm.preview_of.set_value(name)", case)
	preview = page.locator(".preview-text")
	expect(preview).to_contain_text(f"ACME {case}")
	expect(preview.frame_locator("iframe").locator("body")).to_contain_text(case)
	preview.scroll_into_view_if_needed()
	page.screenshot(path=screenshots / f"template-desk-{language}.png", full_page=True)
	assert value("Service Message Template", template, "event") == "Engineer on the Way"

	frappe.db.set_value(
		"Service Message Template", template, {"last_error": "Subject: x", "failed_on": now_datetime()}
	)
	frappe.db.commit()
	page = open_as(world.manager, phone=True)
	desk.goto(page, f"service-message-template/{template}")
	expect(page.locator(".form-message:visible").first).to_contain_text("Subject: x")
	page.screenshot(path=screenshots / f"template-phone-{language}.png")
	assert desk.overflow(page) <= 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_the_way_with_the_time(open_as: Callable[..., Page], screenshots: Path, language: str):
	world = make_world(language)
	case = make_case(world)
	apply_move(case, "assign", engineer=world.engineer.name)
	start = add_to_date(now_datetime(), hours=1)
	visit = factories.make_engineer_visit(
		service_request=case,
		engineer=world.engineer.name,
		planned_start=start,
		planned_end=add_to_date(start, hours=2),
		visit_type="On Site",
	).name
	frappe.db.commit()
	page = open_as(world.engineer_user, phone=True)
	desk.goto(page, f"engineer-visit/{visit}")
	page.locator(".next-on-phone:visible button").first.click()
	page.wait_for_function("window.cur_dialog?.display")
	desk.settle(page)
	page.screenshot(path=screenshots / f"visit-on-the-way-phone-{language}.png")
	desk.answer_yes(page)
	page.wait_for_function("cur_frm.doc.departed_at")
	page.screenshot(path=screenshots / f"visit-set-off-phone-{language}.png")
	told = {"request": case, "event": "Engineer on the Way"}
	assert value("Service Message", told, "status")
	assert value("Engineer Visit", visit, "expected_at")


def test_an_escalation_step_names_a_chat(open_as: Callable[..., Page], screenshots: Path):
	manager = factories.make_user("Service Manager").name
	robot = factories.insert(
		"Service Robot",
		{"robot_name": factories.unique("Team Chat"), "kind": "Feishu"},
		{"webhook_url": "https://open.feishu.cn/open-apis/bot/v2/hook/1"},
	).name
	step = {"point": "Percent Used", "value": 80, "whom": "Team Lead", "action": "Group Chat", "robot": robot}
	policy = factories.make_service_level_policy(ladder=[step]).name
	frappe.db.commit()
	page = open_as(manager)
	page.set_viewport_size(WIDE)
	desk.goto(page, f"service-level-policy/{policy}")
	page.evaluate("void cur_frm.fields_dict.ladder.grid.grid_rows[0].toggle_view(true)")
	row = page.locator('[data-fieldname="ladder"] .form-in-grid')
	expect(row.locator('[data-fieldname="robot"]:visible').first).to_contain_text(robot)
	row.scroll_into_view_if_needed()
	page.screenshot(path=screenshots / "policy-group-chat.png")
