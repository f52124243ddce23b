"""Who pays, in the browser: the hotline's one look, the case's form, and the customer's answer on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.utils import add_days, getdate, nowdate
from playwright.sync_api import Page, expect

from support_service.service_charging.billing import charging
from support_service.service_charging.decision import by_hand as decisions_by_hand
from support_service.service_coverage.warranty import warranties
from tests import factories
from tests.browser import desk
from tests.browser.world import make_case, make_world, value
from tests.site.coverage_world import make_terms


def make_covered_world(language: str = "en") -> frappe._dict:
	"""The unit has a warranty on parts for some months and a contract with two visits left; a case is open."""
	world = make_world(language)
	policy = factories.make_warranty_policy(months_labour=0, months_travel=0)
	frappe.db.set_value("Installed Unit", world.unit.name, "item_code", policy.item)
	world.warranty = warranties.start(
		world.unit.name, starts_on=getdate(add_days(nowdate(), -100)), reason="As delivered"
	)
	world.contract = factories.make_service_contract(
		customer=world.customer,
		title="Care for all units",
		entitlements=[{"kind": "Visits", "included": 2, "per": "Contract Year", "share": 100}],
	)
	frappe.db.commit()
	world.case = make_case(world)
	return world


WORDS = {
	"en": {"covered": "Covered", "left": "Visits: 2 left", "open": "Open Cases"},
	"zh": {"covered": "免费", "left": "剩余 2 ", "open": "未结"},
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_look_at_the_hotline(open_as: Callable[..., Page], screenshots: Path, language: str):
	"""A serial number typed: unit, who pays, contract and open cases stand on one screen."""
	world, words = make_covered_world(language), WORDS[language]
	page = open_as(world.agent)
	desk.goto(page, "hotline")
	page.locator(".hotline-search input").fill(world.unit.serial_label)
	page.locator(".hotline-hit", has_text=world.unit.unit_name).click()
	card = page.locator(".hotline-card")
	expect(card).to_contain_text(world.unit.serial_label)
	expect(card.locator(".service-coverage .indicator-pill").first).to_have_text(words["covered"])
	expect(card.locator(".service-coverage")).to_contain_text(world.warranty)
	expect(card.locator(".service-coverage")).to_contain_text("Care for all units")
	expect(card.locator(".service-coverage")).to_contain_text(words["left"])
	expect(card).to_contain_text(words["open"])
	expect(card.get_by_text(world.case)).to_be_in_viewport()
	page.screenshot(path=screenshots / f"coverage-hotline-{language}.png")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_case_says_who_pays(open_as: Callable[..., Page], screenshots: Path, language: str):
	world = make_covered_world(language)
	page = open_as(world.lead)
	desk.goto(page, f"service-request/{world.case}")
	shown = desk.field(page, "coverage_html")
	expect(shown.locator(".service-coverage-line").first).to_be_visible()
	expect(shown).to_contain_text(world.warranty)
	shown.scroll_into_view_if_needed()
	page.screenshot(path=screenshots / f"coverage-case-{language}.png")
	decision = value("Service Request", world.case, "coverage_decision")
	desk.goto(page, f"coverage-decision/{decision}")
	expect(desk.field(page, "explanation_html")).to_contain_text(world.warranty)
	page.screenshot(path=screenshots / f"coverage-decision-{language}.png")


def test_the_lead_judges_expected_work(open_as: Callable[..., Page], screenshots: Path):
	world = make_world()
	case = make_case(world)
	page = open_as(world.lead)
	desk.goto(page, f"service-request/{case}")
	page.locator(".page-head:visible").get_by_role("button", name="Who Pays").click()
	page.get_by_text("Decide Expected Work", exact=True).first.click()
	page.locator(".modal.show").get_by_role("button", name="Decide", exact=True).wait_for()
	page.screenshot(path=screenshots / "coverage-judge.png")
	page.locator(".modal.show").get_by_role("button", name="Decide", exact=True).click()
	desk.settle(page)
	expect(desk.field(page, "coverage_html")).to_contain_text("Before work")
	assert (
		value("Coverage Decision", {"service_request": case, "status": "Current"}, "stage") == "Before Work"
	)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_customer_accepts_on_a_phone(open_as: Callable[..., Page], screenshots: Path, language: str):
	world = make_world(language)
	case = make_case(world)
	lines = [{"kind": "Labour", "qty": 2, "rate": 150}, {"kind": "Travel", "qty": 1, "rate": 80}]
	doc = decisions_by_hand.decide_before_work(case, lines)
	frappe.db.commit()
	page = open_as(world.customer_user, phone=True)
	page.goto(f"/service/{case}")
	charge = page.locator("#charge")
	expect(charge).to_contain_text("380.00")
	assert desk.overflow(page) <= 0
	page.screenshot(path=screenshots / f"coverage-phone-{language}.png", full_page=True)
	charge.locator('label:has(input[name="accepted"][value="1"])').click()
	charge.locator('button[type="submit"]').click()
	page.locator("#coverage").wait_for()
	assert value("Coverage Decision", doc.name, "acceptance") == "Accepted"
	page.screenshot(path=screenshots / f"coverage-phone-accepted-{language}.png", full_page=True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_only_what_is_owed_is_offered(open_as: Callable[..., Page], screenshots: Path, language: str):
	"""Billed, and a part credited: the form says so and offers the rest, for just as much."""
	world = make_world(language)
	terms = make_terms()
	frappe.db.commit()
	case = make_case(world)
	doc = decisions_by_hand.decide_before_work(
		case, [{"kind": "Labour", "qty": 1}, {"kind": "Travel", "qty": 1}]
	)
	frappe.db.set_value("Coverage Decision", doc.name, "stage", "Work Done")
	invoice = frappe.get_doc("Sales Invoice", charging.invoice_of(doc.name))
	invoice.submit()
	note = make_sales_return(invoice.name)
	note.items = [row for row in note.items if row.item_code == terms.travel_item]
	note.insert().submit()
	frappe.db.commit()
	page = open_as(world.lead)
	for width in (390, 1440):
		page.set_viewport_size({"width": width, "height": 900})
		desk.goto(page, f"coverage-decision/{doc.name}")
		shown = desk.field(page, "explanation_html")
		expect(shown.locator(".service-coverage-total").last).to_contain_text("60")
		shown.locator(".service-coverage-total").last.scroll_into_view_if_needed()
		page.screenshot(path=screenshots / f"coverage-owed-{language}-{width}.png")
	label = page.evaluate("__('Make Sales Invoice')")
	desk.press(page, label)
	draft = value("Sales Invoice", {"coverage_decision": doc.name, "docstatus": 0}, "net_total")
	assert draft == 60
	desk.goto(page, f"coverage-decision/{doc.name}")
	expect(desk.field(page, "explanation_html").locator(".service-coverage-total")).to_have_count(2)
	expect(desk.button(page, label)).to_have_count(0)
