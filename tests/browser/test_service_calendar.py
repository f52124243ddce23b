"""A manager makes a calendar: usual week by one button, the next two weeks drawn, a promise tried before it is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from frappe.utils import add_days, getdate
from playwright.sync_api import Page, expect

from support_service.setup.grants import apply_grants
from tests import factories
from tests.browser import desk

WORDS = {"fill": "Fill Windows", "try": "Try It"}


def make_holiday_list() -> str:
	holiday = add_days(getdate(), 3)
	doc = frappe.get_doc(
		{
			"doctype": "Holiday List",
			"holiday_list_name": factories.unique("Holidays"),
			"from_date": getdate(),
			"to_date": add_days(getdate(), 30),
			"holidays": [{"holiday_date": holiday, "description": "National Day"}],
		}
	)
	return doc.insert().name


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_calendar_is_made_and_tried(open_as: Callable[..., Page], screenshots: Path, language: str):
	def word(key: str) -> str:
		return frappe._(WORDS[key], lang=language)

	apply_grants()
	holidays = make_holiday_list()
	night = factories.make_service_calendar(
		windows=[
			{"day": day, "from_time": "00:00:00", "to_time": "00:00:00"}
			for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
		]
	)
	manager = factories.make_user("Service Manager", language=language).name
	frappe.db.commit()  # the server is another connection
	page = open_as(manager)
	desk.goto(page, "service-calendar/new")
	name = factories.unique("Office")
	desk.fill(page, "calendar_name", name)
	page.locator(".page-head:visible .inner-group-button", has_text=word("fill")).locator("button").click()
	page.locator(".page-head:visible .inner-group-button .dropdown-item", has_text="5×8").click()
	days = page.locator(".service-calendar-preview .calendar-day")
	expect(days).to_have_count(14)
	page.evaluate("name => cur_frm.set_value('holiday_list', name)", holidays)
	expect(days.nth(3)).to_contain_text("National Day")
	page.locator(".page-head:visible .primary-action:visible").click()
	page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	desk.settle(page)
	frappe.db.rollback()  # to see what the server stored
	assert frappe.db.get_value("Service Calendar", name, "hours_per_day") == 8

	doc = frappe.get_doc("Service Calendar", name)
	first, last = add_days(getdate(), 5), add_days(getdate(), 6)
	doc.append(
		"changes", {"from_date": first, "to_date": last, "use_calendar": night.name, "reason": "Games"}
	)
	doc.save()
	frappe.db.commit()  # as above
	page.reload()
	expect(days.nth(5)).to_contain_text("Games")
	expect(days.nth(5)).to_contain_text("24")
	days.nth(13).scroll_into_view_if_needed()
	page.screenshot(path=screenshots / f"calendar-{language}.png", full_page=True)

	desk.button(page, word("try")).click()
	dialog = page.locator(".modal.show")
	dialog.locator(".btn-modal-primary").click()
	expect(dialog.locator(".calendar-due")).to_be_visible()
	expect(dialog.locator(".calendar-day").first).to_be_visible()
	page.wait_for_timeout(400)  # the dialog's own animation, for the picture only
	page.screenshot(path=screenshots / f"calendar-try-{language}.png")


@pytest.mark.parametrize("where", ["warning", "intro"])
def test_hours_until_23_59_become_midnight_by_one_button(
	open_as: Callable[..., Page], screenshots: Path, where: str
):
	apply_grants()
	windows = [{"day": "Monday", "from_time": "00:00:00", "to_time": "23:59:00"}]
	name = factories.make_service_calendar(windows=windows).name
	manager = factories.make_user("Service Manager").name
	frappe.db.commit()  # the server is another connection
	page = open_as(manager)
	desk.goto(page, f"service-calendar/{name}")
	intro = page.locator(".form-message:visible .until-midnight")
	expect(intro).to_be_visible()
	if where == "warning":
		page.evaluate("cur_frm.set_value('description', 'Open all day').then(() => cur_frm.save())")
		warning = page.locator(".modal.show", has_text="23:59")
		expect(warning).to_be_visible()
		page.wait_for_timeout(400)  # the dialog's own animation, for the picture only
		page.screenshot(path=screenshots / "calendar-23-59.png")
		warning.locator(".btn-modal-primary").click()
	else:
		intro.click()
	page.wait_for_function("!cur_frm.is_dirty() && cur_frm.doc.windows[0].to_time === '00:00:00'")
	expect(intro).to_have_count(0)
	frappe.db.rollback()  # to see what the server stored
	assert frappe.db.get_value("Service Calendar", name, "hours_per_day") == 24
