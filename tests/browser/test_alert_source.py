"""A manager sets up a source of alerts: labels by rows in the form, a token, and a payload that is tried before any is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from playwright.sync_api import Page, expect

from support_service.service_intake.alerts import proof
from tests import factories
from tests.browser import desk
from tests.site.alert_world import alert, payload


def add_rule(page: Page, label: str, value: str, **sets: str) -> None:
	"""One more row of the mapping, written into its cells."""
	grid = desk.field(page, "mappings")
	grid.locator(".grid-add-row").click()
	row = grid.locator(".grid-body .grid-row").last
	for fieldname, text in {"label": label, "value": value, **sets}.items():
		cell = row.locator(f'[data-fieldname="{fieldname}"]').first
		cell.click()
		box = cell.locator("input, select").first
		if box.evaluate("box => box.tagName") == "SELECT":
			box.select_option(text)
			continue
		box.fill(text)
		if fieldname in ("installed_unit", "team"):
			page.locator("[role=option]:visible", has_text=text).first.click()
		box.blur()


def try_payload(page: Page, text: str) -> None:
	page.evaluate("text => cur_dialog.set_value('payload', text)", text)
	page.locator(".modal.show .btn-modal-primary").last.click()
	desk.settle(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_labels_are_mapped_and_a_payload_is_tried(
	open_as: Callable[..., Page], screenshots: Path, language: str
):
	def word(text: str) -> str:
		return frappe._(text, lang=language)

	unit, team = factories.make_installed_unit(), factories.make_service_team()
	agent = factories.make_user("Service Desk Agent").name
	manager = factories.make_user("Service Manager", language=language).name
	frappe.db.commit()  # the server is another connection
	page = open_as(manager)
	desk.goto(page, "alert-source/new")
	name = factories.unique("source").replace(" ", "-")
	desk.fill(page, "source_name", name)
	desk.link(page, "run_as", agent)
	add_rule(page, "instance", "host-1", installed_unit=unit.name)
	add_rule(page, "severity", "critical", team=team.name, impact="High")
	page.locator(".page-head:visible .primary-action:visible").click()
	page.wait_for_function("!cur_frm.is_new() && !cur_frm.is_dirty()")
	desk.settle(page)
	expect(page.locator(".form-page:visible")).to_contain_text(f"{proof.RECEIVE}?source={name}")

	desk.press(page, word("New Token"))
	desk.answer_yes(page)
	token = page.locator(".modal.show pre").inner_text()
	page.locator(".modal.show .btn-modal-close:visible").last.click()
	page.locator(".modal.show").first.wait_for(state="hidden")
	frappe.db.rollback()  # to see what the server stored
	assert proof.hashed(token) == frappe.db.get_value("Alert Source", name, "token_hash")
	desk.settle(page)

	desk.button(page, word("Try a Payload")).first.click()
	page.wait_for_function("window.cur_dialog?.display")
	try_payload(page, json.dumps(payload(alert(1, severity="critical"), alert(2, firing=False))))
	rows = page.locator(".modal.show table tbody tr")
	expect(rows).to_have_count(2)
	expect(rows.first).to_contain_text("Disk of host-1 is full")
	for shown in (unit.name, unit.customer, team.name, word("High"), word("opens a request")):
		expect(rows.first).to_contain_text(shown)
	expect(rows.last).to_contain_text(word("ends"))
	expect(rows.last).not_to_contain_text(unit.name)
	page.wait_for_timeout(400)  # the dialog's own animation, for the picture only
	page.screenshot(path=screenshots / f"alert-payload-{language}.png")

	# one that cannot be read says where it is wrong; nothing was stored by either
	try_payload(page, json.dumps(payload({**alert(1), "startsAt": "yesterday"})))
	expect(page.locator(".msgprint:visible")).to_contain_text("alerts[0].startsAt")
	frappe.db.rollback()
	assert not frappe.db.exists("Service Alert", {"source": name})
