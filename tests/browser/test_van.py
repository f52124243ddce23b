"""A van is counted on the phone, the store sees the draft and posts it; a lead hands the van to somebody else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser import desk
from tests.browser.world import make_world, value


def test_a_van_is_counted_and_handed_over(open_as: Callable[..., Page], screenshots: Path):
	world = make_world()
	board, number = factories.make_item(item_name="Main board", has_serial_no=1).name, factories.unique("SN")
	factories.make_stock_receipt(board, world.van, 1, rate=200, serial_no=number)
	taker = factories.make_service_engineer(team=world.team, van_warehouse=None)
	store = factories.make_user("Stock User", "Stock Manager").name
	frappe.db.commit()

	count = count_on_the_phone(open_as(world.engineer_user, phone=True), world, number, screenshots)
	post_as_the_store(open_as(store), count)
	assert value("Bin", {"item_code": world.part, "warehouse": world.van}, "actual_qty") == 3

	hand_over(open_as(world.lead), world, taker, screenshots)
	assert value("Service Engineer", taker.name, "van_warehouse") == world.van
	assert not value("Service Engineer", world.engineer.name, "van_warehouse")


def count_on_the_phone(page: Page, world: frappe._dict, number: str, screenshots: Path) -> str:
	"""Three fans instead of five, and the board by scanning its number; returns the count's name."""
	desk.goto(page, "count-van")
	page.get_by_role("button", name="Count", exact=True).click()
	desk.arrives(page, "count-van/VC-*")
	expect(page.get_by_text("Cooling fan")).to_be_visible()
	code = page.get_by_label("Scan or type a code")
	code.fill(number)
	code.press("Enter")
	expect(page.locator(".count-van-said")).to_contain_text("Main board: 1 found")
	found = page.get_by_label(f"Found of {world.part}")
	found.fill("3")
	found.blur()
	expect(page.get_by_role("button", name="Finish (2 of 2 counted)")).to_be_visible()
	assert page.evaluate("document.documentElement.scrollWidth") <= 390
	page.screenshot(path=screenshots / "van-count-phone.png")
	page.get_by_role("button", name="Finish").click()
	expect(page.get_by_text("The store has been given a draft")).to_be_visible()
	name = page.evaluate("frappe.get_route()[1]")
	assert value("Van Count", name, "status") == "Counted"
	return name


def post_as_the_store(page: Page, count: str) -> None:
	draft = value("Van Count", count, "stock_reconciliation")
	desk.goto(page, f"stock-reconciliation/{draft}")
	expect(desk.field(page, "van_count")).to_contain_text(count)
	desk.press(page, "Submit")
	desk.answer_yes(page)
	page.wait_for_function("cur_frm.doc.docstatus === 1")
	desk.goto(page, f"van-count/{count}")
	desk.status_is(page, "In the Books")


def hand_over(page: Page, world: frappe._dict, taker: frappe._dict, screenshots: Path) -> None:
	"""The lead begins it, counts, and confirms for both."""
	desk.goto(page, "van-handover/new")
	desk.link(page, "from_engineer", world.engineer.name)
	desk.link(page, "to_engineer", taker.name)
	desk.press(page, "Save")
	desk.arrives(page, "van-handover/VH-*")
	name = page.evaluate("cur_frm.doc.name")
	page.get_by_role("button", name="Count", exact=True).click()
	desk.arrives(page, "count-van/VC-*")
	fans = page.get_by_label(f"Found of {world.part}")
	fans.fill("3")
	fans.blur()
	board = page.get_by_label("Serial numbers found of")
	board.fill(
		page.evaluate("cur_page.page.count_van.count.rows.find((row) => row.tracking).expected_serials")
	)
	board.blur()
	expect(page.get_by_role("button", name="Finish (2 of 2 counted)")).to_be_visible()
	page.get_by_role("button", name="Finish").click()
	expect(page.get_by_text("Everything is where the books say.")).to_be_visible()
	desk.goto(page, f"van-handover/{name}")
	for label, state in (
		("Hand Over in Their Place", "Counted"),
		("Take Over in Their Place", "Handed Over"),
	):
		desk.press(page, label)
		desk.fill_dialog(page, reason="On holiday")
		page.locator(".modal.show .btn-primary:visible").click()
		expect(page.locator(".modal.show")).to_have_count(0)
		desk.status_is(page, state)
	page.screenshot(path=screenshots / "van-handover.png")
