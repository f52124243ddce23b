"""An engineer swaps a board on a phone by scanning; the lead sees the old one due, the store receives it, the vendor credits it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime
from playwright.sync_api import Page, expect

from support_service.support_service.moves import apply_move
from tests import factories
from tests.browser import desk
from tests.browser.world import make_case, make_world, value
from tests.site.removed_world import make_purchase, make_store, set_company, swap


def test_a_board_is_swapped_by_scanning(open_as: Callable[..., Page], screenshots: Path):
	world = make_swap()
	part = engineer_scans_and_submits(open_as(world.engineer_user, phone=True), world, screenshots)
	lead_sees_it_due(open_as(world.lead), part, screenshots)
	store_receives_and_sends_it_back(open_as(world.store), world, part, screenshots)
	credit_arrives(open_as(world.store), part, screenshots)


def make_swap() -> frappe._dict:
	"""A board in the customer's unit that was bought from a supplier, a new one in the van, and a visit on site."""
	world = make_world()
	world.board = factories.make_item(item_name="Power board", has_serial_no=1).name
	world.old, world.new = factories.unique("OLD"), factories.unique("NEW")
	world.supplier = factories.make_supplier().name
	store, defective = factories.make_warehouse().name, factories.make_warehouse().name
	set_company(defective_warehouse=defective, parts_warehouse=store)
	make_purchase(world.board, store, 1, world.supplier, rate=70, serial_no=world.old)
	factories.make_stock_receipt(world.board, world.van, 1, serial_no=world.new)
	first = factories.make_done_visit(
		{"item_code": world.board, "qty": 1, "serial_nos": world.old, "warehouse": store},
		service_request=make_case(world),
		engineer=world.engineer.name,
	)
	first.submit()
	case = make_case(world)
	apply_move(case, "assign", engineer=world.engineer.name)
	now = now_datetime()
	world.visit = factories.make_engineer_visit(
		service_request=case,
		engineer=world.engineer.name,
		installed_unit=world.unit.name,
		arrived_at=add_to_date(now, hours=-1),
		left_at=now,
		outcome="Not Solved",
		work_done="Board replaced",
		unsigned_reason="Customer had left",
	).name
	world.store = factories.make_user(
		"Stock User", "Stock Manager", "Accounts Manager", "Purchase Manager"
	).name
	frappe.db.commit()
	return world


def engineer_scans_and_submits(page: Page, world: frappe._dict, screenshots: Path) -> str:
	desk.goto(page, f"engineer-visit/{world.visit}")
	desk.tab(page, "Work")
	scan(page, world.new)
	scan(page, world.old)
	scan(page, world.new)  # once more by mistake: said, and not entered twice
	page.wait_for_function("cur_frm.doc.parts?.[0]?.removed_serial_nos")
	page.locator(".visit-scan").scroll_into_view_if_needed()
	page.screenshot(path=screenshots / "swap-01-scanned.png")
	assert desk.overflow(page) <= 0
	rows = page.evaluate(
		"cur_frm.doc.parts.map((row) => [row.item_code, row.qty, row.serial_nos, row.removed_serial_nos])"
	)
	assert rows == [[world.board, 1, world.new, world.old]]
	# on a phone the fate of the old part is reached by a button of its row
	page.locator(".visit-old-parts button").click()
	expect(page.locator(".grid-row-open [data-fieldname=removed_goes_to]").first).to_be_visible()
	page.screenshot(path=screenshots / "swap-01-old-part.png")
	page.locator(".grid-row-open .grid-collapse-row").click()
	page.evaluate("cur_frm.save()")
	desk.settle(page)
	page.evaluate("void cur_frm.savesubmit()")  # resolved only when it is confirmed
	desk.answer_yes(page)
	page.wait_for_function("cur_frm.doc.docstatus === 1")
	expect(page.locator("#alert-container")).to_contain_text("The old part is due back at our store by")
	part = value("Removed Part", {"engineer_visit": world.visit}, "name")
	assert value("Removed Part", part, ["serial_no", "status"]) == (world.old, "Due")
	return part


def scan(page: Page, code: str) -> None:
	"""What a hardware scanner does: it types, and ends with Enter."""
	box = page.locator(".visit-scan input:visible")
	box.fill(code)
	box.press("Enter")
	desk.settle(page)


def lead_sees_it_due(page: Page, part: str, screenshots: Path) -> None:
	frappe.db.set_value("Removed Part", part, "due_on", frappe.utils.add_days(frappe.utils.today(), -3))
	frappe.db.commit()
	desk.goto(page, "removed-part")
	row = page.locator(".list-row", has=page.locator(f'[data-name="{part}"]')).first
	expect(row.locator(".indicator-pill.red").first).to_have_text("3 days late")
	page.screenshot(path=screenshots / "swap-02-due.png")


def store_receives_and_sends_it_back(page: Page, world: frappe._dict, part: str, screenshots: Path) -> None:
	desk.goto(page, f"removed-part/{part}")
	desk.press(page, "Receive the Part")
	page.locator(".modal.show").get_by_role("button", name="Receive the Part").click()
	desk.status_is(page, "Received")
	page.screenshot(path=screenshots / "swap-03-received.png")
	choose_step(page, "Tested: Defective")
	desk.status_is(page, "Tested")
	choose_step(page, "Return to Vendor")
	desk.fill_dialog(page, vendor_reference="RMA-2026-1")
	page.locator(".modal.show").get_by_role("button", name="Return to Vendor").click()
	desk.status_is(page, "Returned to Vendor")
	page.screenshot(path=screenshots / "swap-04-returned.png")
	returned = value("Removed Part", part, "purchase_return")
	assert value("Purchase Receipt", returned, ["is_return", "supplier"]) == (1, world.supplier)


@pytest.mark.parametrize("numbered", [True, False])
def test_a_code_that_is_not_known_is_no_old_part_by_itself(open_as: Callable[..., Page], numbered: bool):
	world = make_swap()
	item = world.board if numbered else world.part
	visit = frappe.get_doc("Engineer Visit", world.visit)
	visit.append("parts", {"item_code": item, "qty": 1})
	visit.save()
	frappe.db.commit()
	page = open_as(world.engineer_user)
	desk.goto(page, f"engineer-visit/{world.visit}")
	desk.tab(page, "Work")
	scan(page, "MISTYPED-1")
	old = "cur_frm.doc.parts[0].removed_serial_nos || ''"
	if not numbered:
		expect(page.locator("#alert-container")).to_contain_text("has no serial numbers")
		assert page.evaluate(old) == ""
		return
	expect(page.locator(".modal.show")).to_contain_text("Is it the serial number of the old part in row 1?")
	assert page.evaluate(old) == ""
	desk.answer_yes(page)
	page.wait_for_function(f"({old}) === 'MISTYPED-1'")


def test_a_step_that_asks_nothing_is_confirmed_on_a_phone(open_as: Callable[..., Page]):
	world = make_world()
	part = swap(
		make_store(),
		"plain",
		service_request=make_case(world),
		installed_unit=world.unit.name,
		engineer=world.engineer.name,
	)
	keeper = factories.make_user("Stock User").name
	frappe.db.commit()
	page = open_as(keeper, phone=True)
	desk.goto(page, f"removed-part?service_request={part.service_request}")
	row = page.locator(".list-row-container", has=page.locator(f'[data-name="{part.name}"]')).first
	expect(row).to_contain_text(part.service_request)
	expect(row.locator(".indicator-pill:visible")).to_contain_text("due on")
	desk.goto(page, f"removed-part/{part.name}")
	page.locator(".next-on-phone").get_by_role("button", name="Receive the Part").click()
	expect(page.locator(".modal.show")).to_contain_text(part.item_code)
	assert value("Removed Part", part.name, "status") == "Due"
	desk.answer_yes(page)
	desk.status_is(page, "Received")
	moved = {"part": part.name, "action": "test_defective"}
	page.evaluate(
		"(moved) => frappe.xcall('support_service.service_parts.api.move_removed_part', moved)"
		".then(() => cur_frm.reload_doc())",
		moved,
	)
	desk.status_is(page, "Tested")
	expect(page.locator(".form-message:visible")).to_contain_text("Next: send it to repair")
	expect(page.locator(".next-on-phone").get_by_role("button", name="Send to Repair")).to_be_visible()


def choose_step(page: Page, label: str) -> None:
	page.locator(".page-head:visible .inner-group-button", has_text="Next Step").locator(
		"button"
	).first.click()
	page.locator(".dropdown-menu.show .dropdown-item", has_text=label).first.click()
	desk.settle(page)


def credit_arrives(page: Page, part: str, screenshots: Path) -> None:
	desk.goto(page, f"removed-part/{part}")
	page.locator(".page-head:visible .inner-group-button", has_text="Create").locator("button").first.click()
	page.locator(".dropdown-menu.show .dropdown-item", has_text="Debit Note").first.click()
	desk.arrives(page, "purchase-invoice/new-*")
	desk.settle(page)
	page.evaluate("cur_frm.save()")
	page.wait_for_function("!cur_frm.is_new()")
	desk.settle(page)
	page.evaluate("void cur_frm.savesubmit()")  # resolved only when it is confirmed
	desk.answer_yes(page)
	page.wait_for_function("cur_frm.doc.docstatus === 1")
	desk.goto(page, f"removed-part/{part}")
	desk.status_is(page, "Credited")
	page.screenshot(path=screenshots / "swap-05-credited.png")
	assert value("Removed Part", part, "credit_received") == 70
