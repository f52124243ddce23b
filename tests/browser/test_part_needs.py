"""Parts are added to a request from what such units used before, brought to the van and ordered, at desk and phone width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from playwright.sync_api import Locator, Page, expect

from support_service.support_service.moves import apply_move
from tests import factories
from tests.browser import desk
from tests.browser.world import make_case, make_world, value


def need(page: Page, item: str) -> Locator:
	return page.locator(".part-need", has_text=item)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_engineer_adds_parts_and_has_them_brought(
	phone: bool, open_as: Callable[..., Page], screenshots: Path
) -> None:
	world = make_world()
	product, seal = factories.make_item(item_name="Pump").name, factories.make_item(item_name="Seal kit").name
	store = factories.make_warehouse().name
	factories.make_stock_receipt(seal, store, 2)
	frappe.db.set_value("Installed Unit", world.unit.name, "item_code", product)
	for case in (make_case(world, item_code=product), make_case(world, item_code=product)):
		apply_move(case, "assign", engineer=world.engineer.name)
		apply_move(case, "start")
		if not frappe.db.exists("Engineer Visit", {"engineer": world.engineer.name}):
			used = {"item_code": world.part, "qty": 1, "warehouse": world.van}
			report = {"engineer": world.engineer.name, "outcome": "Not Solved"}
			factories.make_done_visit(used, service_request=case, **report).submit()
	frappe.db.commit()
	page = open_as(world.engineer_user, phone=phone)
	desk.goto(page, f"service-request/{case}")
	desk.tab(page, "Handling")
	page.get_by_role("button", name="Add Parts").click()
	suggestion = page.locator(".modal.show .part-suggestion", has_text="Cooling fan")
	expect(suggestion).to_contain_text("Used in 1 of the last 1 requests")
	suggestion.locator("input").check()
	desk.link(page.locator(".modal.show"), "item_code", seal)
	expect(page.locator(".modal.show")).to_contain_text("2 free")
	page.screenshot(path=screenshots / f"part-needs-dialog-{'phone' if phone else 'desk'}.png")
	page.locator(".modal.show").get_by_role("button", name="Add", exact=True).click()
	expect(need(page, "Cooling fan")).to_contain_text("In Van")
	expect(need(page, "Seal kit")).to_contain_text("Reserved")
	need(page, "Seal kit").get_by_role("button", name="Bring to the Van").click()
	expect(page.locator(".desk-alert")).to_contain_text("Asked for with")
	desk.settle(page)
	page.screenshot(path=screenshots / f"part-needs-{'phone' if phone else 'desk'}.png")
	row = {"item_code": seal, "warehouse": world.van, "from_warehouse": store}
	assert value("Material Request Item", row, "qty") == 1
	# where it lies, what was asked for, and nothing offered twice
	expect(need(page, "Seal kit")).to_contain_text(f"1 reserved in {store}")
	expect(need(page, "Seal kit")).to_contain_text("the store is asked to bring it, with")
	expect(need(page, "Seal kit").get_by_role("button", name="Bring to the Van")).to_have_count(0)
	assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
