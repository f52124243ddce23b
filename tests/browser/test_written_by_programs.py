"""What a customer's program or a monitoring system writes runs in no page that shows it: desk, portal, and what is printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
import pytest
from playwright.sync_api import Page, expect

from support_service.service_api import cases
from support_service.service_api.clients import Client
from support_service.service_intake.alerts import forms, process, stored
from tests import factories
from tests.browser import desk
from tests.payloads import SCRIPTS
from tests.site.alert_world import alert, cases_of, make_source, payload, rows_of

CASE = "Service Request"


@pytest.fixture
def written() -> Any:
	"""Requests with each of the scripts as their subject, one with all of them everywhere, and one that an alert opened."""
	customer = factories.make_customer()
	user = factories.make_customer_user(customer.name).name
	client = Client("a client", user, None)
	nothing = {"customer": None, "installed_unit": None, "contact_phone": None}
	levels = {"request_type": "Fault", "impact": "Medium", "urgency": "Medium"}
	frappe.set_user(user)
	every = "\n".join(SCRIPTS)
	names = [
		cases.open_request(
			client, subject=script, description=every, contact_name=script, **levels, **nothing
		).name
		for script in SCRIPTS
	]
	cases.comment(client, frappe.get_doc(CASE, names[-1]), every)
	frappe.set_user("Administrator")
	source = make_source()
	one = alert(instance=SCRIPTS[0], **{f"label{number}": script for number, script in enumerate(SCRIPTS)})
	one["annotations"] = {"summary": SCRIPTS[5], "description": every}
	one["generatorURL"] = "javascript:ran()"
	stored.store(source, forms.read(source.form, payload(one)))
	frappe.db.commit()  # the server is another connection
	process.work_due()
	[by_alert] = cases_of(source.name)
	[row] = rows_of(source.name)
	return frappe._dict(
		user=user,
		agent=factories.make_user("Service Desk Agent").name,
		full=names[-1],
		by_alert=by_alert,
		alert=row.name,
		subjects=len(names),
	)


def watched(page: Page) -> Page:
	page.add_init_script("window.ran = () => { window.hasRun = true; }")
	return page


def nothing_ran(page: Page) -> None:
	page.wait_for_timeout(500)  # for pictures that do not load, and animations
	for frame in page.frames:
		assert not frame.evaluate("window.hasRun"), frame.url


def test_nothing_of_it_runs(open_as: Callable[..., Page], written: Any):
	frappe.db.commit()
	page = watched(open_as(written.agent))
	desk.goto(page, "service-request")
	expect(page.locator(".list-row:visible").first).to_be_visible()
	nothing_ran(page)
	for route in (
		f"service-request/{written.full}",
		f"service-request/{written.by_alert}",
		f"service-alert/{written.alert}",
	):
		desk.goto(page, route)
		expect(page.locator(".form-page:visible")).to_be_visible()
		nothing_ran(page)
	page.goto(f"/printview?doctype=Service Request&name={written.full}&format=Service Tracking Card")
	expect(page.locator(".print-format").first).to_be_visible()
	nothing_ran(page)

	customer = watched(open_as(written.user, phone=True))
	customer.goto("/service")
	nothing_ran(customer)
	customer.goto(f"/service/{written.full}")
	expect(customer.locator("body")).to_contain_text("ran()")
	nothing_ran(customer)
