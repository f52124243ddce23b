"""A manager takes a customer's records over: dry run first, then for real, with the report of both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from playwright.sync_api import Page, expect

from support_service.erpnext_takeover.run import worker
from tests import factories
from tests.browser import desk
from tests.site import takeover_world as world

WORDS = {
	"dry": "Start Dry Run",
	"real": "Take Over for Real",
	"start": "Start Takeover",
	"would": "Would Be Made",
	"made": "Made",
	"skipped": "Skipped",
}


@pytest.fixture
def records(clean_transaction):
	"""A customer with what can be taken over, and a draft visit that cannot."""
	frappe.db.delete("Takeover Run", {"active_key": "active"})
	world.without_our_hooks()
	_serial, customer = world.one_of_everything()
	world.make_maintenance_visit(customer=customer, submit=False)
	frappe.db.commit()
	yield customer
	frappe.set_user("Administrator")
	frappe.db.set_single_value("Support Service Settings", "units_from_deliveries", 1)
	frappe.db.commit()
	frappe.clear_document_cache("Support Service Settings")


def work_off(page: Page) -> None:
	"""What the bench's own worker does; where there is one it may have been faster."""
	run = page.evaluate("cur_frm.doc.name")
	frappe.db.rollback()
	worker.work_off(run)
	frappe.set_user("Administrator")
	# the form asks by itself
	page.wait_for_function("cur_frm.doc.status === 'Done'")
	desk.settle(page)


@pytest.mark.parametrize(("language", "phone"), [("en", False), ("zh", False), ("en", True), ("zh", True)])
def test_dry_run_then_for_real(
	open_as: Callable[..., Page], screenshots: Path, records: str, language: str, phone: bool
):
	def word(key: str) -> str:
		return frappe._(WORDS[key], lang=language)

	def press(key: str) -> None:
		# on a phone the buttons are in the menu
		if phone:
			page.locator(".page-head:visible .menu-btn-group button").first.click()
			page.locator(
				".page-head:visible .dropdown-menu.show .dropdown-item", has_text=word(key)
			).first.click()
			desk.settle(page)
		else:
			desk.press(page, word(key))

	manager = factories.make_user("Service Manager", language=language).name
	frappe.db.commit()  # the server is another connection
	page = open_as(manager, phone=phone)
	desk.goto(page, "takeover-run/new")
	assert not page.evaluate("cur_frm.doc.company")
	page.evaluate("name => cur_frm.set_value('customer', name)", records)
	page.screenshot(path=screenshots / f"takeover-new-{language}-{'phone' if phone else 'desk'}.png")
	page.evaluate("cur_frm.save()")
	page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	press("dry")
	work_off(page)
	report = desk.field(page, "findings_html")
	expect(report).to_contain_text(word("would"))
	expect(report).to_contain_text(word("skipped"))
	assert desk.overflow(page) <= 0
	page.screenshot(
		path=screenshots / f"takeover-dry-{language}-{'phone' if phone else 'desk'}.png", full_page=True
	)
	press("real")
	page.wait_for_function("cur_frm.is_new() && !cur_frm.doc.dry_run")
	assert page.evaluate("cur_frm.doc.customer") == records
	page.evaluate("cur_frm.save()")
	page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	press("start")
	desk.answer_yes(page)
	work_off(page)
	expect(desk.field(page, "findings_html")).to_contain_text(word("made"))
	page.locator('[data-fieldname="progress_html"]').scroll_into_view_if_needed()
	page.screenshot(path=screenshots / f"takeover-made-{language}-{'phone' if phone else 'desk'}.png")
	frappe.db.rollback()
	assert frappe.db.count("Installed Unit", {"customer": records}) == 1
