"""A lead starts and extends a warranty with buttons; the unit, the ledger and the customer's page show it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
from frappe.utils import add_days, today
from playwright.sync_api import Page, expect

from tests.browser import desk
from tests.factories import make_customer_user, make_installed_unit, make_user, make_warranty_policy


def test_a_warranty_from_its_start_to_the_customers_page(open_as: Callable[..., Page], screenshots: Path):
	unit = make_installed_unit(item_code=make_warranty_policy().item)
	lead = make_user("After-Sales Lead").name
	customer = make_customer_user(unit.customer).name
	frappe.db.commit()
	page = open_as(lead)

	desk.goto(page, f"installed-unit/{unit.name}")
	expect(page.locator(".unit-warranties")).to_contain_text("This unit has no warranty of ours.")
	desk.press(page, "Start Warranty")
	dialog = page.locator(".modal.show")
	desk.fill_dialog(page, starts_on=frappe.utils.formatdate(today()), reason="Bought with the building")
	dialog.get_by_role("button", name="Start Warranty").click()
	expect(page.locator(".unit-warranties .indicator-pill.green")).to_have_text("Active")
	page.screenshot(path=screenshots / "warranty-unit.png")

	name = frappe.db.get_value("Service Warranty", {"installed_unit": unit.name}) or _committed(unit.name)
	desk.goto(page, f"service-warranty/{name}")
	desk.status_is(page, "Active")
	extend(page)
	ledger = page.locator('[data-fieldname="ledger_html"]')
	expect(ledger).to_contain_text("Goodwill after the flood")
	expect(ledger.locator(".indicator-pill")).to_have_text(["Extended", "Started"])
	page.screenshot(path=screenshots / "warranty-ledger.png", full_page=True)

	phone = open_as(customer, phone=True)
	phone.goto(f"/service/units/{unit.name}")
	expect(phone.locator("body")).to_contain_text("The whole device")
	phone.screenshot(path=screenshots / "warranty-portal-phone.png", full_page=True)
	answer = phone.request.get(
		phone.get_by_role("link", name="Warranty certificate (PDF)").get_attribute("href")
	)
	assert answer.ok and answer.body().startswith(b"%PDF")


def extend(page: Page) -> None:
	page.locator(".page-head:visible").get_by_role("button", name="Change").click()
	page.locator(".dropdown-menu.show").get_by_text("Extend", exact=True).click()
	dialog = page.locator(".modal.show")
	until = frappe.utils.formatdate(add_days(today(), 900))
	desk.fill_dialog(page, parts_until=until, reason="Goodwill after the flood")
	dialog.get_by_role("button", name="Extend").click()
	desk.settle(page)


def _committed(unit: str) -> str:
	frappe.db.rollback()  # the server wrote in another transaction
	return frappe.db.get_value("Service Warranty", {"installed_unit": unit})
