"""A submitted visit with parts is cancelled and amended on the desk, as its lead."""

from __future__ import annotations

from collections.abc import Callable

import frappe
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser import desk
from tests.browser.world import make_case, make_world, value


def test_lead_cancels_and_amends_a_visit_with_parts(open_as: Callable[..., Page]):
	world = make_world()
	visit = submitted_visit(world)
	entry = value("Engineer Visit", visit, "stock_entry")
	page = open_as(world.lead)

	cancel(page, visit)
	assert value("Stock Entry", entry, "docstatus") == 2
	assert in_van(world) == 5

	desk.press(page, "Amend")
	page.wait_for_function("cur_frm.is_new()")
	desk.press(page, "Save")
	page.wait_for_function("!cur_frm.is_new()")
	amended = page.evaluate("cur_frm.doc.name")
	fields = ["amended_from", "stock_entry", "parts_cost"]
	assert value("Engineer Visit", amended, fields) == (visit, None, 0)
	desk.press(page, "Submit")
	desk.answer_yes(page)
	desk.status_is(page, "Completed")
	assert in_van(world) == 4

	stock_manager = factories.make_user("Stock User", "Stock Manager").name
	frappe.db.commit()
	amend_the_stock_entry(open_as(stock_manager), entry)


def cancel(page: Page, visit: str) -> None:
	desk.goto(page, f"engineer-visit/{visit}")
	desk.press(page, "Cancel")
	# one question, whether to cancel; not a list of documents the lead may not cancel
	expect(page.locator(".modal.show")).not_to_contain_text("Cancel All")
	desk.answer_yes(page)
	desk.status_is(page, "Cancelled")


def amend_the_stock_entry(page: Page, entry: str) -> None:
	"""The new Stock Entry is an ordinary one, so nothing in it links to the cancelled visit."""
	desk.goto(page, f"stock-entry/{entry}")
	desk.press(page, "Amend")
	page.wait_for_function("cur_frm.is_new()")
	desk.press(page, "Save")
	page.wait_for_function("!cur_frm.is_new()")
	amended = page.evaluate("cur_frm.doc.name")
	fields = ["amended_from", "engineer_visit", "service_request", "service_consumption_key"]
	assert value("Stock Entry", amended, fields) == (entry, None, None, None)


def submitted_visit(world: frappe._dict) -> str:
	"""One part of the world's van, drawn on the first case, committed."""
	case = make_case(world)
	visit = factories.make_done_visit(
		{"item_code": world.part, "qty": 1}, service_request=case, engineer=world.engineer.name
	)
	visit.submit()
	frappe.db.commit()
	return visit.name


def in_van(world: frappe._dict) -> float:
	return value("Bin", {"item_code": world.part, "warehouse": world.van}, "actual_qty")
