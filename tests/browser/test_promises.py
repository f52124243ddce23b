"""The promises of a case on the desk: time left in list and form, why, history, a lead's correction, without reloading."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import frappe
from frappe.utils import add_to_date, now_datetime
from playwright.sync_api import Locator, Page, expect

from support_service.foundation import instants
from support_service.service_level.clock import clocks, sweep
from support_service.service_level.clock.rules import Event
from tests.browser import desk
from tests.browser.world import make_case, make_world, value
from tests.factories import make_service_level_policy
from tests.site.clock_world import round_the_clock, target

REASON = "The porter took the call two hours earlier"


def test_promises_on_the_desk(open_as: Callable[..., Page], screenshots: Path):
	world = make_world()
	make_policy(world)
	case = make_case(world)
	page = open_as(world.lead)
	page.clock.install()

	list_shows_time_left(page, case, screenshots)
	form_explains(page, case, screenshots)
	lead_corrects(page, case, screenshots)
	form_follows_the_server(page, case)
	due_next_leads_to_the_case(page, case, screenshots)


def test_paused_time_and_another_time_zone(open_as: Callable[..., Page]):
	"""The reader's time zone and the wrong clock of their computer change nothing about how much time is left."""
	world = make_world()
	make_policy(world)
	case = make_case(world)
	frappe.db.set_value("User", world.lead, "time_zone", "America/New_York")
	frappe.clear_cache(user=world.lead)
	frappe.db.commit()
	page = open_as(world.lead)
	page.clock.install(time=add_to_date(now_datetime(), years=-1))
	desk.goto(page, f"service-request/{case}")
	expect(head_pill(page)).to_have_text(re.compile(r"^3 h 5\d min left$|^4 h left$"))


def make_policy(world: frappe._dict) -> None:
	"""Four hours for the first response and eight for the repair, round the clock, for the world's customer."""
	make_service_level_policy(
		scope={"customer": world.customer},
		calendar=round_the_clock(),
		targets=[target("First Response", 4), target("Repair Complete", 8)],
	)
	frappe.db.commit()


def head_pill(page: Page) -> Locator:
	return page.locator(".page-head:visible .service-promise-pill")


def list_shows_time_left(page: Page, case: str, screenshots: Path) -> None:
	desk.goto(page, "service-request")
	row = page.locator(".list-row", has=page.locator(f'[data-name="{case}"]')).first
	expect(row.locator(".service-time-left")).to_have_text(re.compile(r"^3 h 5\d min left$|^4 h left$"))
	page.screenshot(path=screenshots / "promises-list.png")


def form_explains(page: Page, case: str, screenshots: Path) -> None:
	desk.goto(page, f"service-request/{case}")
	expect(head_pill(page)).to_have_text(re.compile("left$"))
	head_pill(page).click()
	card = clock_card(page, "First Response")
	expect(card).to_contain_text("Promised: 4 Hours")
	expect(card.locator(".service-promise-why")).to_contain_text("4 h of")
	page.screenshot(path=screenshots / "promises-tab.png")


def lead_corrects(page: Page, case: str, screenshots: Path) -> None:
	"""The first response has three of its four hours behind it: two more make it late."""
	card = clock_card(page, "First Response")
	card.get_by_role("button", name="Correct…").click()
	dialog = page.locator(".modal.show")
	page.wait_for_function("window.cur_dialog?.fields_dict.what")
	desk.field(dialog, "what").locator("select").select_option("start")
	earlier = add_to_date(now_datetime(), hours=-5)
	page.evaluate("async (at) => { await cur_dialog.set_value('at', at) }", f"{earlier:%Y-%m-%d %H:%M:%S}")
	page.wait_for_function("cur_dialog.get_value('at')")
	desk.settle(page)
	desk.fill_dialog(page, reason=REASON)
	page.screenshot(path=screenshots / "promises-correct.png")
	dialog.get_by_role("button", name="Save Correction").click()
	expect(dialog).to_be_hidden()
	expect(head_pill(page)).to_have_text(re.compile(r"^1 h late$|^1 h \d min late$"))
	assert value("Service Request", case, "clock_state") == "Overdue"
	card = clock_card(page, "First Response")
	card.get_by_role("button", name="History").click()
	expect(card.locator(".service-promise-ledger")).to_contain_text(REASON)
	page.screenshot(path=screenshots / "promises-history.png")


def form_follows_the_server(page: Page, case: str) -> None:
	"""What happens on the server shows on the open form by itself; so does the passing of time."""
	frappe.db.rollback()
	clocks.correct(f"{case}-FR", Event.STOP_CORRECTED, instants.now(), "Answered by telephone")
	frappe.db.commit()
	sweep.sweep()
	page.clock.run_for(91_000)
	expect(head_pill(page)).to_have_text(re.compile(r"^7 h 5\d min left$"))
	expect(clock_card(page, "First Response")).to_contain_text("missed")
	page.evaluate("support_service.promises.skew_ms += 2 * 3600 * 1000")
	page.clock.run_for(31_000)
	expect(head_pill(page)).to_have_text(re.compile(r"^5 h 5\d min left$"))


def due_next_leads_to_the_case(page: Page, case: str, screenshots: Path) -> None:
	desk.goto(page, f"service-clock?request={case}")
	row = page.locator(".list-row", has=page.locator(f'[data-name="{case}-RC"]')).first
	expect(row.locator(".service-time-left").first).to_have_text(re.compile("left$"))
	page.screenshot(path=screenshots / "promises-clocks.png")
	desk.goto(page, f"service-clock/{case}-RC")
	expect(desk.field(page, "explanation_html")).to_contain_text("8 h of")
	desk.press(page, "Open the Request")
	expect(page).to_have_url(re.compile(f"/service-request/{case}"))


def clock_card(page: Page, kind: str) -> Locator:
	return page.locator(".service-promise:visible", has=page.locator("b", has_text=kind))
