"""A manager concludes a contract from its template, invoices, renews and ends it; the customer sees what is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
from frappe.utils import formatdate, today
from playwright.sync_api import Page, expect

from tests.browser import desk
from tests.factories import (
	make_customer,
	make_customer_user,
	make_item,
	make_service_contract_template,
	make_user,
	unique,
)


def test_a_contract_from_its_template_to_its_end(open_as: Callable[..., Page], screenshots: Path):
	customer = make_customer(customer_name=unique("Contract customer"))
	reader = make_customer_user(customer.name).name
	template = make_service_contract_template(
		price=1200, billing_interval="Monthly", item_code=make_item(is_stock_item=0).name
	)
	manager = make_user("Service Manager").name
	frappe.db.commit()
	page = open_as(manager)

	desk.goto(page, f"service-contract-template/{template.name}")
	desk.press(page, "New Contract")
	expect(desk.field(page, "entitlements")).to_contain_text("Visits")
	box = desk.field(page, "customer").locator("input:visible").first
	box.click()
	box.fill(customer.name)
	page.get_by_role("option", name=customer.name).first.click()
	desk.settle(page)
	page.get_by_role("checkbox", name="All Units of the Customer").check()
	desk.press(page, "Save")
	desk.press(page, "Submit")
	desk.answer_yes(page)
	desk.status_is(page, "Active")
	expect(page.locator(".form-message")).to_contain_text("without a signed document")
	expect(page.locator('[data-fieldname="uses_html"]')).to_contain_text("0 of 4 used")

	desk.press(page, "Make Invoice")
	desk.tab(page, "Price and Invoices")
	invoices = page.locator('[data-fieldname="invoices_html"]')
	expect(invoices.locator("tbody tr")).to_have_count(12)
	expect(invoices.locator(".indicator-pill")).to_have_text(["Draft"])
	page.screenshot(path=screenshots / "contract-invoices.png", full_page=True)

	desk.press(page, "Terminate")
	dialog = page.locator(".modal.show")
	desk.fill_dialog(page, on=formatdate(today()), reason="Sold the machines")
	dialog.get_by_role("button", name="Terminate").click()
	desk.settle(page)
	expect(invoices).to_contain_text("to be credited")
	expect(desk.button(page, "Renew")).to_have_count(0)

	phone = open_as(reader, phone=True)
	phone.goto("/service/contracts")
	expect(phone.locator(".sp-card")).to_contain_text("4 of 4 left")
	assert desk.overflow(phone) <= 0
	phone.screenshot(path=screenshots / "contract-portal-phone.png", full_page=True)
