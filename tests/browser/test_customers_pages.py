"""Colleagues, invoices, wished times and documents as a customer sees them: phone and desk width, English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, getdate
from playwright.sync_api import Page, expect

from support_service.customer_portal import marked_files
from tests import factories
from tests.browser import desk
from tests.browser.world import make_case, make_world, value
from tests.portal_client import forget_rate_limits

WIDTHS = pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture(autouse=True)
def no_limits_reached() -> None:
	forget_rate_limits()


def looks_right(page: Page, folder: Path, name: str, language: str, phone: bool) -> None:
	"""In the reader's language, no wider than the window, every field with a label."""
	assert page.locator("html").get_attribute("lang") == language
	assert desk.overflow(page) <= 0
	fields = page.locator(".service-portal :is(input:not([type=hidden]), select, textarea)")
	unnamed = fields.evaluate_all(
		"fields => fields.filter((one) => !one.labels?.length && !one.ariaLabel).map((one) => one.outerHTML)"
	)
	assert not unnamed
	width = "phone" if phone else "desk"
	page.screenshot(path=folder / f"{name}-{language}-{width}.png", full_page=True)


@pytest.mark.usefixtures("mail_account")
@LANGUAGES
@WIDTHS
def test_colleagues(open_as: Callable[..., Page], screenshots: Path, language: str, phone: bool) -> None:
	world = make_world(language)
	colleague = factories.make_customer_user(world.customer, first_name="Wang", last_name="Fang").name
	row = {"parent": world.customer, "user": world.customer_user}
	frappe.db.set_value("Portal User", row, "service_manages_access", 1)
	frappe.db.commit()
	page = open_as(world.customer_user, phone=phone)
	page.goto("/service")
	page.locator(".sp-tabs a[href='/service/people']").click()
	group = page.locator(".sp-card").first
	# with the keyboard alone: a wrong address is told, a right one invited
	page.locator("#sp-invite-mail-1").focus()
	page.keyboard.type("nobody")
	page.keyboard.press("Enter")
	expect(group.locator(".sp-error:visible")).not_to_be_empty()
	address = f"new-{frappe.generate_hash(length=8)}@example.com"
	page.locator("#sp-invite-mail-1").fill(address)
	page.locator("#sp-invite-name-1").fill("Chen Jing")
	page.locator("#sp-invite-name-1").press("Enter")
	invited = page.locator("li", has_text=address)
	expect(invited).to_be_visible()
	looks_right(page, screenshots, "people", language, phone)
	invited.locator("[type=submit]").click()
	expect(invited).to_have_count(0)
	assert value("Portal Invitation", {"email": address}, "status") == "Revoked"
	asked: list[str] = []
	page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
	removed = page.locator("li", has_text=colleague)
	removed.locator("[type=submit]").click()
	expect(removed).to_have_count(0)
	assert asked and "Fang" in asked[0]
	assert not value("Portal User", {"parent": world.customer, "user": colleague}, "name")


def invoice(world: Any, case: str) -> str:
	doc = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": world.customer,
			"company": factories.company(),
			"items": [{"item_code": factories.make_item(is_stock_item=0).name, "qty": 1, "rate": 12345.67}],
		}
	).insert()
	doc.submit()
	# what our flows write on the invoices that they make
	frappe.db.set_value("Sales Invoice", doc.name, "service_request", case)
	frappe.db.commit()
	return doc.name


@LANGUAGES
@WIDTHS
def test_invoices(open_as: Callable[..., Page], screenshots: Path, language: str, phone: bool) -> None:
	world = make_world(language)
	name = invoice(world, make_case(world))
	page = open_as(world.customer_user, phone=phone)
	page.goto("/service/invoices")
	row = page.locator(".sp-list li", has_text=name)
	expect(row).to_contain_text("12,345.67")
	looks_right(page, screenshots, "invoices", language, phone)
	document = row.locator("a[href*='papers_api.invoice']")
	answer = page.context.request.get(document.get_attribute("href"))
	assert answer.ok and answer.body().startswith(b"%PDF")


@LANGUAGES
@WIDTHS
def test_wished_times(open_as: Callable[..., Page], screenshots: Path, language: str, phone: bool) -> None:
	world = make_world(language)
	case = make_case(world)
	page = open_as(world.customer_user, phone=phone)
	page.goto(f"/service/{case}")
	wish = page.locator("#wish")
	wish.locator("summary").focus()
	page.keyboard.press("Enter")
	# a day is needed
	wish.locator("[type=submit]").click()
	expect(wish.locator("[role=alert]")).not_to_be_empty()
	looks_right(page, screenshots, "wish", language, phone)
	day = str(add_days(getdate(), 5))
	page.locator("#sp-day-1").fill(day)
	page.locator("#sp-wish-note").fill("Gate 3")
	page.locator("#sp-wish-note").press("Enter")
	expect(wish.locator(".sp-pill")).to_be_visible()
	assert value("Service Request", case, "wished_times").splitlines() == [f"{day} 09:00 – 12:00", "Gate 3"]
	looks_right(page, screenshots, "wished", language, phone)


@LANGUAGES
@WIDTHS
def test_documents_that_staff_show(
	open_as: Callable[..., Page], screenshots: Path, language: str, phone: bool
) -> None:
	world = make_world(language)
	case = make_case(world)
	for doctype, name in (("Service Request", case), ("Installed Unit", world.unit.name)):
		factories.insert(
			"File",
			{
				"file_name": f"Acceptance protocol {frappe.generate_hash(length=6)}.txt",
				"attached_to_doctype": doctype,
				"attached_to_name": name,
				"is_private": 1,
				"content": frappe.generate_hash(length=20),
			},
			{},
		)
	frappe.db.commit()
	staff = open_as(world.lead)
	desk.goto(staff, f"service-request/{case}")
	staff.locator(".form-tabs .nav-link[data-fieldname=sb_files]:visible").click()
	listed = desk.field(staff, "files_html")
	listed.locator("[data-mark][data-shown='1']").click()
	expect(listed.locator("[data-mark][data-shown='0']")).to_be_visible()
	listed.scroll_into_view_if_needed()
	staff.screenshot(path=screenshots / f"files-staff-{language}.png")
	desk.goto(staff, f"installed-unit/{world.unit.name}")
	staff.evaluate("support_service.shown_files.open(cur_frm)")
	staff.locator(".modal.show [data-mark]").click()
	expect(staff.locator(".modal.show [data-shown='0']")).to_be_visible()
	assert value("File", {"attached_to_name": world.unit.name}, marked_files.MARK) == world.customer
	page = open_as(world.customer_user, phone=phone)
	for path in (f"/service/{case}", f"/service/units/{world.unit.name}"):
		page.goto(path)
		link = page.locator(".sp-files a")
		expect(link).to_contain_text("Acceptance protocol")
		looks_right(page, screenshots, "documents" if "units" in path else "case-files", language, phone)
		with page.expect_download() as download:
			link.click()
		assert download.value.suggested_filename.startswith("Acceptance protocol")
