"""A visit on the phone: the next step stands in the form, reserved parts are one click away; and late answers of a form count no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
from playwright.sync_api import Page, expect

from support_service.service_parts.needs import reserving
from support_service.support_service.moves import apply_move
from tests import factories
from tests.browser import desk
from tests.browser.world import make_case, make_world, value
from tests.site.part_need_world import make_need

# asks twice what may be done next, and answers the first question last
ASKED_TWICE = """async () => {
	const asked = [], real = frappe.xcall;
	const step = (label) => [{ action: "x", label, primary: true, needs: [] }];
	const until = async (ready) => { while (!ready()) await new Promise((done) => setTimeout(done, 50)); };
	frappe.xcall = (method, args) =>
		method.endsWith(".allowed_moves") ? new Promise((answer) => asked.push(answer)) : real(method, args);
	for (const number of [1, 2]) {
		cur_frm.refresh();
		await until(() => asked.length === number);
	}
	asked[1](step("Now"));
	await until(() => cur_frm.custom_buttons["Now"]);
	asked[0](step("Before"));
	await new Promise((done) => setTimeout(done, 300));
	frappe.xcall = real;
	return Object.keys(cur_frm.custom_buttons);
}"""


def test_the_next_step_and_the_reserved_parts(open_as: Callable[..., Page], screenshots: Path):
	world = make_world()
	case = make_case(world)
	apply_move(case, "assign", engineer=world.engineer.name)
	visit = factories.make_engineer_visit(service_request=case, engineer=world.engineer.name).name
	reserving.reserve(case, [make_need(case, world.part, 2).name])
	frappe.db.commit()

	page = open_as(world.engineer_user, phone=True)
	desk.goto(page, f"service-request/{case}")
	expect(page.locator(".next-on-phone:visible button").first).to_be_visible()
	page.screenshot(path=screenshots / "case-phone.png")
	desk.goto(page, f"engineer-visit/{visit}")
	for step in ("On the Way", "Arrived"):
		page.locator(".next-on-phone:visible").get_by_role("button", name=step).click()
		if step == "On the Way":
			page.wait_for_function("window.cur_dialog?.display")
			page.screenshot(path=screenshots / "visit-phone-expected.png")
			desk.answer_yes(page)
		page.screenshot(path=screenshots / f"visit-phone-{step}.png")
		desk.settle(page)
	expect(page.locator(".next-on-phone:visible").get_by_role("button", name="Left")).to_be_visible()
	desk.tab(page, "Work")
	offered = page.locator(".visit-reserved")
	expect(offered).to_contain_text("2 × Cooling fan")
	offered.scroll_into_view_if_needed()
	page.screenshot(path=screenshots / "visit-phone-reserved.png")
	offered.get_by_role("button").click()
	expect(offered).to_have_count(0)
	page.evaluate("cur_frm.save()")
	desk.settle(page)
	assert value("Engineer Visit Part", {"parent": visit}, ["item_code", "qty"]) == (world.part, 2)
	assert desk.overflow(page) <= 0


def test_an_answer_about_an_earlier_state_brings_no_button(open_as: Callable[..., Page]):
	world = make_world()
	case = make_case(world)
	page = open_as(world.lead)
	desk.goto(page, f"service-request/{case}")
	labels = page.evaluate(ASKED_TWICE)
	assert "Now" in labels and "Before" not in labels
