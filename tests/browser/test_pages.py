"""Pages as people see them: phone width without sideways scrolling, Chinese where the user reads Chinese."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from playwright.sync_api import Page, expect

from tests.browser import desk
from tests.browser.world import make_case, make_world, value

PORTAL_PAGES = ("/service", "/service/new", "/service/units", "/service/{case}", "/service/units/{unit}")
DESK_PAGES = {
	"agent": ("hotline", "quick-entry", "service-call-back", "service-request", "service-request/{case}"),
	"engineer_user": (
		"service-request",
		"engineer-visit",
		"installed-unit/{unit}",
		"service-clock",
		"service-clock/{case}-FR",
	),
	"manager": (
		"after-sales-service",
		"hotline-live",
		"service-survey",
		"service-calendar/{calendar}",
		"service-level-policy/{policy}",
		"service-clock-entry",
		"query-report/Service Level Attainment",
	),
}


def addresses(pages: tuple[str, ...], world: frappe._dict, case: str) -> list[str]:
	policy = value("Service Request", case, "service_level_policy")
	calendar = value("Service Clock", f"{case}-FR", "calendar")
	return [page.format(case=case, unit=world.unit.name, policy=policy, calendar=calendar) for page in pages]


def photograph(page: Page, folder: Path, prefix: str, path: str) -> None:
	name = path.strip("/").replace("/", "-").lower()
	page.screenshot(path=folder / f"{prefix}-{name}.png")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_portal_fits_a_phone(open_as: Callable[..., Page], screenshots: Path, language: str):
	world = make_world(language)
	case = make_case(world)
	page = open_as(world.customer_user, phone=True)
	for path in addresses(PORTAL_PAGES, world, case):
		page.goto(path)
		assert page.locator("html").get_attribute("lang") == language
		expect(page.locator(".service-portal")).to_be_visible()
		assert desk.overflow(page) <= 0, path
		photograph(page, screenshots, f"phone-{language}", path.replace(case, "case"))


@pytest.mark.parametrize("person", DESK_PAGES)
def test_desk_fits_a_phone(open_as: Callable[..., Page], screenshots: Path, person: str):
	world = make_world()
	case = make_case(world)
	page = open_as(world[person], phone=True)
	for path in addresses(DESK_PAGES[person], world, case):
		desk.goto(page, path)
		expect(page.locator(desk.TITLE).first).to_be_visible()
		assert desk.overflow(page) <= 0, path
		rows = page.locator(".list-row-container:visible, .form-page:visible").all_inner_texts()
		assert "undefined" not in "".join(rows), path
		photograph(page, screenshots, "phone-desk", path.replace(case, "case"))


def test_desk_in_chinese(open_as: Callable[..., Page], screenshots: Path):
	world = make_world("zh")
	case = make_case(world)
	page = open_as(world.lead)
	desk.goto(page, f"service-request/{case}")
	assert page.evaluate("frappe.boot.lang") == "zh"
	labels = page.evaluate(
		"cur_frm.meta.fields.filter((df) => df.label).map((df) => [df.label, __(df.label, null, df.parent)])"
	)
	english = sorted({label for label, shown in labels if label == shown and label.isascii()})
	assert not english, f"not translated: {english}"
	expect(desk.button(page, page.evaluate("__('Assign Engineer')"))).to_be_visible()
	photograph(page, screenshots, "zh", "service-request")


def test_print_of_the_tracking_card_opens(open_as: Callable[..., Page]):
	world = make_world()
	case = make_case(world)
	page = open_as(world.lead)
	answer = page.context.request.get(
		"/api/method/frappe.utils.print_format.download_pdf",
		params={"doctype": "Service Request", "name": case, "format": "Service Tracking Card"},
	)
	assert answer.ok and answer.body().startswith(b"%PDF")
