"""Charged work in the browser: offered by the lead, accepted by the customer on a phone or by signing what stands above the signature,
reported by the engineer, billed; and what the engineer reads where nobody accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import frappe
import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser import desk
from tests.browser.world import make_case, make_world, value
from tests.site.coverage_world import make_terms

SETTINGS = "Support Service Settings"


def policy(name: str, **values: Any) -> None:
	frappe.db.rollback()
	settings = frappe.get_doc(SETTINGS)
	settings.update({"charge_policy": name, **values})
	settings.save()
	frappe.db.commit()


@pytest.fixture(autouse=True)
def refused(site: str) -> Iterator[None]:
	before = [row.as_dict(no_nulls=True) for row in frappe.get_doc(SETTINGS).company_defaults]
	make_terms()
	frappe.db.commit()
	policy("Refuse")
	yield
	policy("Warn", company_defaults=before)


def arrived_visit(world: frappe._dict, case: str) -> str:
	"""A visit of the world's engineer with a complete report, but for the signature."""
	visit = factories.make_done_visit(
		service_request=case,
		engineer=world.engineer.name,
		visit_type="On Site",
		work_minutes=60,
		unsigned_reason=None,
	).name
	frappe.db.commit()
	return visit


def submit(page: Page) -> None:
	desk.press(page, "Submit")
	desk.answer_yes(page)


def test_offered_accepted_worked_billed(open_as: Callable[..., Page], screenshots: Path):
	world = make_world()
	case = make_case(world)
	lead = open_as(world.lead)
	desk.goto(lead, f"service-request/{case}")
	lead.locator(".page-head:visible").get_by_role("button", name="Who Pays").click()
	lead.get_by_text("Decide Expected Work", exact=True).first.click()
	lead.locator(".modal.show").get_by_role("button", name="Decide", exact=True).click()
	desk.settle(lead)
	expect(desk.field(lead, "coverage_html")).to_contain_text("180")

	customer = open_as(world.customer_user, phone=True)
	customer.goto(f"/service/{case}")
	charge = customer.locator("#charge")
	expect(charge).to_contain_text("180.00")
	assert desk.overflow(customer) <= 0
	charge.locator('label:has(input[name="accepted"][value="1"])').click()
	charge.locator('button[type="submit"]').click()
	customer.locator("#coverage").wait_for()

	visit = arrived_visit(world, case)
	engineer = open_as(world.engineer_user, phone=True)
	desk.goto(engineer, f"engineer-visit/{visit}")
	desk.tab(engineer, "Work")
	expect(desk.field(engineer, "charge_html")).to_contain_text("has accepted this before")
	desk.fill(engineer, "unsigned_reason", "Accepted before")
	desk.press(engineer, "Save")
	submit(engineer)
	assert value("Engineer Visit", visit, "docstatus") == 1
	decision = value("Engineer Visit", visit, "coverage_decision")
	assert value("Coverage Decision", decision, "acceptance") == "Accepted"

	desk.goto(lead, f"coverage-decision/{decision}")
	desk.press(lead, "Make Sales Invoice")
	assert value("Sales Invoice", {"coverage_decision": decision}, ["docstatus", "net_total"]) == (0, 180)
	desk.goto(lead, f"service-request/{case}")
	expect(desk.field(lead, "coverage_html").locator(".service-earnings")).to_contain_text("Margin")
	lead.screenshot(path=screenshots / "charged-earnings.png", full_page=True)


def test_refused_without_acceptance_and_signed(open_as: Callable[..., Page], screenshots: Path):
	world = make_world()
	visit = arrived_visit(world, make_case(world))
	page = open_as(world.engineer_user, phone=True)
	desk.goto(page, f"engineer-visit/{visit}")
	desk.tab(page, "Work")
	desk.fill(page, "unsigned_reason", "Later")
	desk.press(page, "Save")
	submit(page)
	refusal = page.locator(".modal.show .msgprint")
	expect(refusal).to_contain_text("let the customer sign")
	expect(refusal).to_contain_text("portal")
	page.screenshot(path=screenshots / "charged-refused.png")
	assert value("Engineer Visit", visit, "docstatus") == 0

	desk.goto(page, f"engineer-visit/{visit}")
	desk.tab(page, "Work")
	shown = desk.field(page, "charge_html")
	expect(shown).to_contain_text("180")
	assert desk.overflow(page) <= 0
	shown.scroll_into_view_if_needed()
	page.screenshot(path=screenshots / "charged-above-the-signature.png")
	desk.fill(page, "signed_by", "Li Na")
	desk.sign(page)
	desk.press(page, "Save")
	assert value("Engineer Visit", visit, "signed_charge") == 180
	submit(page)
	assert value("Engineer Visit", visit, "docstatus") == 1
	decision = value("Engineer Visit", visit, "coverage_decision")
	assert value("Coverage Decision", decision, ["acceptance", "answered_how"]) == ("Accepted", "Signature")
	# the engineer's decision says who pays, without amounts
	desk.goto(page, f"coverage-decision/{decision}")
	expect(desk.field(page, "explanation_html")).to_contain_text("Charged")
	expect(desk.field(page, "explanation_html")).not_to_contain_text("180")
