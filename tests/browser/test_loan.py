"""A device is lent while another is repaired: the lead books it, the engineer hands it over on a phone and takes it back at a visit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser import desk
from tests.browser.conftest import PHONE
from tests.browser.world import make_case, make_world, value
from tests.site.loan_world import set_places


def test_lent_while_the_other_is_repaired(open_as: Callable[..., Page], screenshots: Path):
	world = make_world()
	places = set_places()
	item = factories.make_item(has_serial_no=1, item_name="Spare router").name
	serials = [factories.unique("SN") for _ in range(2)]
	factories.make_stock_receipts(
		places.store, {"item_code": item, "qty": 2, "basic_rate": 100, "serial_no": "\n".join(serials)}
	)
	frappe.db.set_value("Installed Unit", world.unit.name, "item_code", item)
	case = make_case(world)
	assigned = {
		"status": "In Progress",
		"engineer": world.engineer.name,
		"engineer_user": world.engineer_user,
	}
	frappe.db.set_value("Service Request", case, assigned)
	frappe.db.commit()

	loan = lead_books(open_as(world.lead), case, serials, screenshots)
	engineer_hands_over(open_as(world.engineer_user, phone=True), loan, screenshots)
	customer_sees_it(open_as(world.customer_user, phone=True), loan, serials[1], screenshots)
	engineer_takes_it_back(open_as(world.engineer_user), world, case, loan, screenshots)
	page = open_as(world.customer_user, phone=True)
	page.goto("/service/loans")
	expect(page.locator("body")).to_contain_text("returned")


def lead_books(page: Page, case: str, serials: list[str], screenshots: Path) -> str:
	desk.goto(page, f"service-request/{case}")
	page.get_by_role("button", name="Create", exact=True).click()
	page.locator(".dropdown-menu.show").get_by_text("Equipment Loan").click()
	desk.arrives(page, "equipment-loan/new-*")
	desk.settle(page)
	# the first free one is proposed; the lead takes another
	page.wait_for_function("cur_frm.doc.pieces.length === 1")
	expect(page.locator(".form-message:visible")).to_contain_text(
		"A device that fits and is free is proposed"
	)
	page.evaluate("cur_frm.clear_table('pieces'); cur_frm.refresh_field('pieces')")
	desk.press(page, "Choose Free Pieces")
	dialog = page.locator(".modal.show")
	dialog.locator("tr", has_text=serials[1]).locator("input").check()
	page.screenshot(path=screenshots / "loan-01-free-pieces.png")
	dialog.get_by_role("button", name="Take These").click()
	desk.press(page, "Save")
	page.wait_for_function("!cur_frm.is_new()")
	desk.status_is(page, "Requested")
	desk.press(page, "Book the Pieces")
	desk.status_is(page, "Booked")
	page.screenshot(path=screenshots / "loan-02-booked.png")
	loan = page.evaluate("cur_frm.doc.name")
	assert value("Equipment Loan Piece", {"parent": loan}, "serial_no") == serials[1]
	desk.goto(page, "equipment-loan/view/calendar/default")
	expect(page.locator(".fc-event", has_text=serials[1]).first).to_be_visible()
	page.screenshot(path=screenshots / "loan-02-calendar.png")
	desk.goto(page, "equipment-loan")
	expect(page.locator(".list-row", has_text=loan)).to_contain_text("Booked")
	return loan


def engineer_hands_over(page: Page, loan: str, screenshots: Path) -> None:
	assert page.viewport_size == PHONE
	desk.goto(page, f"equipment-loan/{loan}")
	page.locator('[data-fieldname="steps_html"]').get_by_role("button", name="Hand Over").click()
	desk.settle(page)
	dialog = page.locator(".modal.show")
	expect(dialog).to_contain_text("Spare router")
	desk.fill(dialog, "signed_by", "Li Na")
	page.wait_for_timeout(500)  # the dialog slides in, and the pad moves with it
	canvas = dialog.locator("canvas.jSignature")
	canvas.scroll_into_view_if_needed()
	box = canvas.bounding_box()
	assert box
	page.mouse.move(box["x"] + 20, box["y"] + 30)
	page.mouse.down()
	for step in range(1, 8):
		page.mouse.move(box["x"] + 20 + 18 * step, box["y"] + 30 + 12 * (step % 2), steps=3)
	page.mouse.up()
	page.screenshot(path=screenshots / "loan-03-hand-over.png")
	dialog.locator(".modal-header, .modal-footer").get_by_role("button", name="Hand Over").last.click()
	desk.settle(page)
	page.wait_for_function("cur_frm.doc.status === 'Lent'")
	assert desk.overflow(page) <= 0
	page.screenshot(path=screenshots / "loan-04-lent.png")
	fields = ["status", "signed_by", "stock_entry"]
	status, signed_by, entry = value("Equipment Loan", loan, fields)
	assert (status, signed_by) == ("Lent", "Li Na")
	assert value("Equipment Loan", loan, "signature")
	assert value("Stock Entry", entry, "docstatus") == 1


def customer_sees_it(page: Page, loan: str, serial: str, screenshots: Path) -> None:
	page.goto("/service/loans")
	expect(page.locator(".sp-card")).to_have_count(1)
	expect(page.locator(".sp-card")).to_contain_text(loan)
	expect(page.locator(".sp-card")).to_contain_text(serial)
	page.screenshot(path=screenshots / "loan-05-portal.png", full_page=True)
	assert desk.overflow(page) <= 0
	page.goto("/service/units")
	row = page.locator(".sp-row", has_text=serial)
	expect(row).to_contain_text("on loan until")


def engineer_takes_it_back(page: Page, world: frappe._dict, case: str, loan: str, screenshots: Path) -> None:
	visit = factories.make_done_visit(
		service_request=case, engineer=world.engineer.name, outcome="Not Solved"
	)
	frappe.db.commit()
	desk.goto(page, f"engineer-visit/{visit.name}")
	desk.press(page, "Take Back Loan")
	dialog = page.locator(".modal.show")
	expect(dialog).to_contain_text("Spare router")
	# the whole number, and no column pushed out by another
	assert page.evaluate(
		"[...document.querySelectorAll('.modal.show .grid-body [data-fieldname=what] .static-area')]"
		".every((cell) => cell.scrollWidth <= cell.clientWidth)"
	)
	expect(dialog.locator('.grid-body [data-fieldname="to_warehouse"]').first).to_be_visible()
	page.screenshot(path=screenshots / "loan-06-take-back.png")
	dialog.locator(".modal-header, .modal-footer").get_by_role("button", name="Take Back").last.click()
	expect(page.locator(".loans-of")).to_contain_text("comes back with this visit")
	assert value("Equipment Loan", loan, "status") == "Lent"
	desk.press(page, "Submit")
	desk.answer_yes(page)
	desk.status_is(page, "Completed")
	assert value("Equipment Loan", loan, "status") == "Returned"
	returned = value("Equipment Loan Return", {"parent": loan}, ["state", "engineer_visit", "to_warehouse"])
	assert returned == ("Taken Back", visit.name, world.van)
	desk.goto(page, f"equipment-loan/{loan}")
	desk.status_is(page, "Returned")
	page.screenshot(path=screenshots / "loan-07-returned.png")
