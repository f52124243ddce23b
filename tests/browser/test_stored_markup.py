"""What a customer or a guest types, a name of a file or a device: shown as text everywhere, run nowhere, on portal and desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, getdate
from playwright.sync_api import Page, expect

from support_service.installed_base import labels
from tests import factories
from tests.browser import desk
from tests.browser.world import make_world
from tests.portal_client import PortalClient, forget_rate_limits

# each calls the function `ran` if it runs; short enough for a subject
PAYLOADS = (
	"<script>ran(1)</script>",
	"<img src=x onerror=ran(2)>",
	'"><svg onload=ran(3)>',
	"' onmouseover='ran(4)' autofocus onfocus='ran(4)' x='",
	"</title></textarea></script><script>ran(5)</script>",
	'<a href="javascript:ran(6)" id=cur_frm>x</a>',
	"&lt;img src=x onerror=ran(7)&gt;",
	"<details open ontoggle=ran(8)>",
	"${ran(9)}`-ran(9)-`{{ 987 * 654 }}",
	"<iframe srcdoc='&lt;script&gt;parent.ran(10)&lt;/script&gt;'></iframe>",
)
ALL = " ".join(PAYLOADS)
COMPUTED = str(987 * 654)
WATCH = "window.been_run = []; window.ran = (number) => window.been_run.push(number);"


@pytest.fixture(autouse=True)
def no_limits_reached() -> None:
	forget_rate_limits()


@pytest.fixture
def world(web_server: str, site: str, mail_account: None) -> Any:
	"""Requests by a customer and a guest in which every text is a payload."""
	world = make_world()
	unit = frappe.get_doc("Installed Unit", world.unit.name)
	unit.unit_name = f"{PAYLOADS[1]} {PAYLOADS[2]}"
	unit.serial_label = f"SN {PAYLOADS[1]}"
	unit.save()
	frappe.db.set_value("User", world.customer_user, {"first_name": PAYLOADS[1], "full_name": PAYLOADS[1]})
	row = {"parent": world.customer, "user": world.customer_user}
	frappe.db.set_value("Portal User", row, "service_manages_access", 1)
	frappe.clear_document_cache("User", world.customer_user)
	token = labels.url_of(unit.name).rpartition("/")[2]
	frappe.db.commit()
	client = PortalClient(web_server, site).log_in(world.customer_user)
	client.get("/service")
	world.cases = []
	for number, payload in enumerate(PAYLOADS):
		answer = client.call(
			"new_case",
			key=frappe.generate_hash(length=16),
			unit=unit.name if number % 2 else "",
			other_device=payload,
			subject=f"Fault {payload}",
			description=ALL,
		)
		assert answer.status_code == 200, answer.text
		world.cases.append(answer.json()["message"]["name"])
	world.case = world.cases[1]
	name = f"{PAYLOADS[1]}.txt"
	answer = client.call(
		"send_message", request=world.case, text=ALL, files=[("files", (name, b"none", "text/plain"))]
	)
	assert answer.status_code == 200, answer.text
	headers = {"X-Frappe-CSRF-Token": client.csrf_token, "Accept": "application/json"}
	day = str(add_days(getdate(), 4))
	for function, values in (
		("wishes_api.wish_times", {"request": world.case, "day_1": day, "note": ALL}),
		(
			"people_api.invite",
			{
				"customer": world.customer,
				"email": f"{frappe.generate_hash(length=6)}@example.com",
				"full_name": PAYLOADS[1],
			},
		),
		(
			"label_api.report",
			{
				"token": token,
				"key": "k" * 16,
				"subject": f"Fault {PAYLOADS[1]}",
				"description": ALL,
				"person_name": ALL,
				"phone": ALL,
			},
		),
	):
		url = f"{web_server}/api/method/support_service.customer_portal.{function}"
		answer = client.session.post(url, data=values, headers=headers, timeout=120)
		assert answer.status_code == 200, answer.text
	world.guest_case = answer.json()["message"]["number"]
	world.label = f"/u/{token}"
	frappe.db.rollback()
	return world


def watched(page: Page) -> Page:
	page.context.add_init_script(WATCH)
	return page


def nothing_ran(page: Page, where: str) -> None:
	# what is loaded late, and what runs when something is touched
	page.wait_for_timeout(300)
	page.evaluate(
		"document.querySelectorAll('[onmouseover], [onfocus], [ontoggle], [onerror], [onload]').forEach((one) => "
		"['mouseover', 'focus', 'toggle', 'error', 'load'].forEach((kind) => one.dispatchEvent(new Event(kind))))"
	)
	assert page.evaluate("window.been_run") == [], where
	code = page.evaluate(
		"[...document.querySelectorAll('[href], [src], [action], [formaction]')].map((one) => "
		"[one.href, one.src, one.action, one.formAction].join(' ')).filter((one) => /javascript:ran/i.test(one))"
	)
	assert code == [], where
	assert COMPUTED not in page.content(), where


def test_on_the_portal(world: Any, open_as: Callable[..., Page]) -> None:
	page = watched(open_as(world.customer_user))
	paths = (
		"/service",
		"/service?show=all&q=%22%3E%3Cimg%20src%3Dx%20onerror%3Dran(2)%3E",
		"/service?q=onerror",
		*(f"/service/{name}" for name in (world.case, world.cases[0], world.cases[4], world.guest_case)),
		"/service/new",
		"/service/units",
		f"/service/units/{world.unit.name}",
		"/service/people",
		f"/service/{'%3Cscript%3Eran(1)%3C%2Fscript%3E'}",
	)
	for path in paths:
		page.goto(path)
		nothing_ran(page, path)
	page.goto(f"/service/{world.case}")
	# it is there, as text
	expect(page.locator("#messages")).to_contain_text("<script>ran(1)</script>")


def test_for_guests(world: Any, open_as: Callable[..., Page]) -> None:
	page = watched(open_as(None))
	page.goto(world.label)
	nothing_ran(page, "label")
	page.locator("#sp-subject").fill(ALL[:140])
	page.locator("#sp-name").fill(ALL[:140])
	page.locator("#sp-subject").press("Enter")
	expect(page.locator("#sp-thanks")).to_be_visible()
	nothing_ran(page, "thanks")
	for path in ("/service-survey", "/service-charge", "/service-invitation", "/u/"):
		page.goto(f"{path}{'' if path == '/u/' else '?token='}%22%3E%3Cscript%3Eran(1)%3C%2Fscript%3E")
		nothing_ran(page, path)


def test_on_the_desk(world: Any, open_as: Callable[..., Page]) -> None:
	manager = factories.make_user("Service Manager", "Service Desk Agent", "System Manager")
	frappe.db.commit()
	page = watched(open_as(manager.name))
	for route in (
		"service-request",
		"service-request/view/report",
		"service-request/view/kanban",
		f"service-request/{world.case}",
		f"service-request/{world.cases[4]}",
		f"service-request/{world.guest_case}",
		"installed-unit",
		f"installed-unit/{world.unit.name}",
		"portal-invitation",
		"communication",
		"file",
		"service-message",
	):
		desk.goto(page, route)
		nothing_ran(page, route)
	desk.goto(page, "hotline")
	for searched in (world.case, world.unit.name):
		page.locator(".hotline-search input").fill(searched)
		page.locator(".hotline-hit").first.click()
		desk.settle(page)
		nothing_ran(page, f"hotline {searched}")
	# the search dialog and what the bell tells
	page.locator("#navbar-search:visible, .navbar-search:visible").first.fill("ran(")
	page.wait_for_timeout(1500)
	nothing_ran(page, "search bar")
	lead = watched(open_as(world.lead))
	desk.goto(lead, "service-request")
	lead.evaluate("document.querySelector('.notifications-icon')?.click()")
	lead.wait_for_timeout(1500)
	nothing_ran(lead, "notifications")


def test_in_prints(world: Any, open_as: Callable[..., Page]) -> None:
	"""The HTML that becomes a PDF: wkhtmltopdf runs scripts, so none may be in it."""
	manager = factories.make_user("Service Manager").name
	frappe.db.commit()
	page = watched(open_as(manager))
	for doctype, name, layout in (
		("Service Request", world.case, "Service Tracking Card"),
		("Service Request", world.guest_case, "Service Tracking Card"),
		("Service Request", world.case, "Fault Handling Report"),
		("Installed Unit", world.unit.name, "Unit Label"),
		("Installed Unit", world.unit.name, "Unit Maintenance File"),
	):
		page.goto(f"/printview?doctype={doctype}&name={name}&format={layout}&no_letterhead=1")
		nothing_ran(page, layout)
