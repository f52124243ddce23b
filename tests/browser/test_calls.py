"""A call on the screen: the hotline opens by itself, case and note are one step, the supervisor sees it, a letter is entered."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import frappe
from playwright.sync_api import Page, expect

from support_service.service_intake import channels
from tests.browser import desk
from tests.factories import make_customer, make_installed_unit, make_service_request, make_user
from tests.site.call_world import call_of, goes_on, make_agent, make_caller, number, ring

# what Frappe's realtime client does with an event; the tests have no realtime server
EVENT = """(said) => frappe.realtime.socket.listeners("support_service_call").forEach((hear) => hear(said))"""

# the desk listens once it is ready, which is after its first page is drawn
HEARD = """() => frappe.realtime.socket?.listeners("support_service_call").length"""


def rings(page: Page, call: str, agent: str | None) -> None:
	said = {"call": call, "state": "Waiting", "agent": agent, "direction": "Incoming"}
	page.wait_for_function(HEARD)
	page.evaluate(EVENT, said)


def test_the_hotline_opens_by_itself_and_a_case_is_one_step(open_as: Callable[..., Page], screenshots: Path):
	channels.sync()
	agent, telephone = make_agent()
	unit = make_installed_unit()
	case = make_service_request(customer=unit.customer, installed_unit=unit.name)
	phone = number()
	make_caller(phone, unit.customer)
	frappe.db.commit()
	page = open_as(agent)
	desk.goto(page, "service-request")
	log = ring(phone, to=telephone)
	frappe.db.commit()
	call = call_of(log).name
	rings(page, call, agent)
	desk.arrives(page, "hotline")
	expect(page.locator(".hotline-call b")).to_have_text(phone)
	expect(page.locator(".hotline-card")).to_contain_text(unit.unit_name)
	expect(page.locator(".hotline-card")).to_contain_text(case.name)
	desk.settle(page)
	page.screenshot(path=screenshots / "hotline-call.png")
	desk.fill(page, "description", "Asks when we come")
	page.locator(f'[data-note="{case.name}"]').click()
	expect(page.locator(".hotline-notice.success")).to_contain_text(case.name)
	desk.fill(page, "subject", "Another matter")
	desk.choose(page, "department_queue", "Technical Support")
	page.locator(".hotline-create").click()
	# that of the note, which names the other request, may still stand there
	new = page.locator(".hotline-notice.success").filter(has_not_text=case.name)
	expect(new).to_contain_text(re.compile(r"SR-\d{4}-\d+"))
	frappe.db.rollback()
	assert frappe.db.get_value("Service Call", call, "service_request") == case.name
	made = frappe.get_all(
		"Service Request", {"subject": "Another matter", "customer": unit.customer}, ["department_queue"]
	)
	assert [row.department_queue for row in made] == ["Technical Support"]


def test_what_somebody_types_is_not_taken_from_them(open_as: Callable[..., Page]):
	agent, telephone = make_agent()
	frappe.db.commit()
	page = open_as(agent)
	desk.goto(page, "service-request/new")
	desk.fill(page, "subject", "Half typed")
	call = call_of(ring(number(), to=telephone)).name
	frappe.db.commit()
	rings(page, call, agent)
	expect(page.locator("#alert-container")).to_contain_text("Your telephone rings.")
	assert "service-request" in page.url
	page.locator('#alert-container [data-action="open"]').click()
	desk.arrives(page, "hotline")
	expect(page.locator(".hotline-call")).to_have_count(1)


def test_without_realtime_the_page_finds_its_call(open_as: Callable[..., Page]):
	agent, telephone = make_agent()
	frappe.db.commit()
	page = open_as(agent)
	desk.goto(page, "hotline")
	phone = number()
	ring(phone, to=telephone)
	frappe.db.commit()
	expect(page.locator(".hotline-call b").first).to_have_text(phone)
	expect(page.locator(".hotline-notice.warning")).to_contain_text("not verified")


def test_a_supervisor_sees_the_hotline_and_assigns_a_call_back(
	open_as: Callable[..., Page], screenshots: Path
):
	missed, talking = number(), number()
	goes_on(ring(missed), "No Answer")
	goes_on(ring(talking), "In Progress")
	lead = make_user("After-Sales Lead").name
	frappe.db.commit()
	page = open_as(lead)
	desk.goto(page, "hotline-live")
	expect(page.locator(".hotline-live-panel").first).to_contain_text(talking)
	row = page.locator(".hotline-live-row", has_text=missed).last
	expect(row).to_contain_text("not assigned")
	page.screenshot(path=screenshots / "hotline-live.png")
	row.locator("[data-close]").click()
	desk.fill_dialog(page, note="Talked with them")
	desk.answer_yes(page)
	expect(page.locator("[data-close]").and_(row.locator("[data-close]"))).to_have_count(0)
	frappe.db.rollback()
	assert frappe.db.get_value("Service Call Back", {"number": missed}, ["state", "done_by"]) == (
		"Done",
		lead,
	)


def test_a_letter_is_entered_with_its_scan(open_as: Callable[..., Page], screenshots: Path, tmp_path: Path):
	channels.sync()
	agent, customer = make_user("Service Desk Agent").name, make_customer().name
	frappe.db.commit()
	page = open_as(agent)
	desk.goto(page, "quick-entry")
	desk.choose(page, "channel", "Letter")
	desk.fill(page, "subject", "Broken since Monday")
	desk.link(page, "customer", customer)
	scan = tmp_path / "letter.txt"
	scan.write_text("Dear all")
	page.locator(".quick-entry-attach").click()
	page.locator(".file-uploader input[type=file]").first.set_input_files(scan)
	page.locator(".modal.show .btn-modal-primary").click()
	expect(page.locator(".quick-entry-file")).to_contain_text("letter")
	page.screenshot(path=screenshots / "quick-entry.png")
	desk.press(page, "Create Case")
	expect(page.locator(".quick-entry-done")).to_contain_text(re.compile(r"SR-\d{4}-\d+"))
	frappe.db.rollback()
	case = frappe.get_all("Service Request", {"customer": customer}, ["name", "channel"])[0]
	assert case.channel == "Letter"
	files = frappe.get_all("File", {"attached_to_name": case.name}, ["is_private", "attached_to_doctype"])
	assert [(row.is_private, row.attached_to_doctype) for row in files] == [(1, "Service Request")]
