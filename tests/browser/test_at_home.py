"""At home in ERPNext: from the customer's form to a case in two clicks, from the search bar in one line, as each of the
four roles, in both languages, at desk and phone width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from playwright.sync_api import Locator, Page, expect

from support_service.foundation.platform import SIXTEEN
from tests.browser import desk
from tests.browser.world import make_case, make_world
from tests.factories import make_service_contract, make_service_engineer, make_user
from tests.site import delivery_world

ROLES = ("agent", "lead", "engineer_user", "manager")
LABELS = {
	"en": ("2 open service requests", "Create", "Service Request"),
	"zh": ("2 个未结服务请求", "创建", "服务请求"),
}


def glance(page: Page) -> Locator:
	return page.locator(".after-sales-glance:visible")


def type_in_search_bar(page: Page, text: str) -> None:
	box = page.locator("#navbar-search")
	if SIXTEEN:  # in a dialog of its own
		page.locator("#navbar-modal-search:visible").first.click()
	box.click()
	box.fill(text)


def lines(page: Page) -> Locator:
	return page.locator(".awesomplete:has(#navbar-search) li")


@pytest.mark.parametrize("role", ROLES)
def test_from_the_customer_to_a_case_in_two_clicks(
	role: str, open_as: Callable[..., Page], screenshots: Path
) -> None:
	world = make_world()
	case = make_case(world, subject=f"Pump leaks {frappe.generate_hash(length=6)}")
	make_case(world)
	make_service_contract(customer=world.customer)
	frappe.db.commit()
	page = open_as(world[role])
	desk.goto(page, f"customer/{world.customer}")
	expect(glance(page)).to_contain_text("Service contract")
	page.screenshot(path=screenshots / f"at-home-customer-{role}.png")
	glance(page).get_by_role("link", name="2 open service requests").click()  # one
	page.locator(f'.list-row a[data-name="{case}"]:visible').first.click()  # two
	desk.arrives(page, f"service-request/{case}")


@pytest.mark.parametrize("role", ROLES)
def test_from_the_search_bar_to_a_case_in_one_line(
	role: str, open_as: Callable[..., Page], screenshots: Path
) -> None:
	world = make_world("zh")
	mark = frappe.generate_hash(length=6)
	case = make_case(world, subject=f"三号机房交换机主板故障{mark}")
	page = open_as(world[role])
	desk.goto(page, "customer")
	type_in_search_bar(page, f"主板故障{mark}")
	line = lines(page).filter(has_text=case)
	expect(line).to_have_count(1)
	page.screenshot(path=screenshots / f"at-home-search-{role}.png")
	line.click()
	desk.arrives(page, f"service-request/{case}")


def test_the_search_bar_keeps_other_teams_cases(open_as: Callable[..., Page]) -> None:
	world = make_world()
	case = make_case(world, subject=f"Pump leaks {frappe.generate_hash(length=6)}")
	stranger = make_service_engineer().user
	frappe.db.commit()
	subject = frappe.db.get_value("Service Request", case, "subject")
	page = open_as(stranger)
	desk.goto(page, "customer")
	with page.expect_response("**/support_service.erpnext_desk.api.find*") as answered:
		type_in_search_bar(page, subject)
	assert answered.value.json() == {"message": []}
	expect(lines(page).filter(has_text=case)).to_have_count(0)


def test_the_search_dialog_finds_and_opens(open_as: Callable[..., Page], screenshots: Path) -> None:
	world = make_world()
	case = make_case(world, subject=f"Pump leaks {frappe.generate_hash(length=6)}")
	subject = frappe.db.get_value("Service Request", case, "subject")
	page = open_as(world.agent)
	desk.goto(page, "customer")
	type_in_search_bar(page, subject)
	lines(page).filter(has_text="Search for").first.click()
	result = page.locator(".search-dialog .result", has_text=case).first
	expect(result).to_contain_text(subject)
	page.screenshot(path=screenshots / "at-home-search-dialog.png")
	result.get_by_role("link").first.click()
	desk.arrives(page, f"service-request/{case}")


@pytest.mark.parametrize("language", LABELS)
def test_a_case_is_created_from_the_customer(
	language: str, open_as: Callable[..., Page], screenshots: Path
) -> None:
	cases, create, request = LABELS[language]
	world = make_world(language)
	contact = world.unit.contact
	frappe.db.set_value("Customer", world.customer, "customer_primary_contact", contact)
	make_case(world)
	make_case(world)
	page = open_as(world.agent, phone=language == "zh")
	desk.goto(page, f"customer/{world.customer}")
	expect(glance(page)).to_contain_text(cases)
	page.screenshot(path=screenshots / f"at-home-create-{language}.png")
	assert desk.overflow(page) <= 0
	if language == "zh":
		page.locator(".page-head:visible .menu-btn-group button").first.click()
		page.locator(".dropdown-menu.show").get_by_text(f"{create} > {request}").click()
	else:
		page.locator(".page-head:visible").get_by_role("button", name=create, exact=True).click()
		page.locator(".dropdown-menu.show").get_by_text(request, exact=True).click()
	desk.arrives(page, "service-request/new-*")
	desk.settle(page)
	values = page.evaluate("cur_frm.doc")
	assert (values["customer"], values["contact"]) == (world.customer, contact)
	assert values["contact_email"] == world.customer_user
	page.screenshot(path=screenshots / f"at-home-new-case-{language}.png")


def test_a_delivery_of_several_pieces_asks_which(open_as: Callable[..., Page], screenshots: Path) -> None:
	world = delivery_world.goods(2)
	note = delivery_world.deliver(world)
	user = make_user("Service Desk Agent", "Stock User", "Sales User").name
	frappe.db.commit()
	page = open_as(user)
	desk.goto(page, f"delivery-note/{note.name}")
	page.locator(".page-head:visible").get_by_role("button", name="Create", exact=True).click()
	page.locator(".dropdown-menu.show").get_by_text("Service Request", exact=True).click()
	dialog = page.locator(".modal.show")
	expect(dialog).to_contain_text("Which piece is it about?")
	page.screenshot(path=screenshots / "at-home-which-piece.png")
	unit = frappe.db.get_value("Installed Unit", {"serial_no": world.numbers[1]})
	desk.choose(dialog, "unit", unit)
	dialog.get_by_role("button", name="Create", exact=True).click()
	desk.arrives(page, "service-request/new-*")
	desk.settle(page)
	assert page.evaluate("cur_frm.doc.installed_unit") == unit
	# the link says the unit's name, not its number
	expect(desk.field(page, "installed_unit").locator("input")).to_have_value(
		frappe.db.get_value("Installed Unit", unit, "unit_name")
	)


def test_a_serial_number_says_who_pays(open_as: Callable[..., Page], screenshots: Path) -> None:
	world = delivery_world.goods(1)
	delivery_world.deliver(world)
	agent = make_user("Service Desk Agent").name
	frappe.db.commit()
	page = open_as(agent)
	desk.goto(page, f"serial-no/{world.numbers[0]}")
	expect(glance(page)).to_contain_text("Labour: ")
	expect(glance(page)).to_contain_text("No open service requests")
	page.screenshot(path=screenshots / "at-home-serial-no.png")


def test_who_may_not_open_cases_has_no_button(open_as: Callable[..., Page]) -> None:
	world = make_world()
	case = make_case(world)
	page = open_as(world.engineer_user)
	desk.goto(page, f"customer/{world.customer}")
	# the only open case is one click away
	glance(page).get_by_role("link", name="1 open service request").click()
	desk.arrives(page, f"service-request/{case}")
	# Frappe 16 stumbles over its breadcrumbs where a form is left before it is drawn
	expect(desk.field(page, "subject")).to_be_visible()
	desk.settle(page)
	page.go_back()
	desk.settle(page)
	expect(page.locator('[data-label="Service%20Request"]:visible')).to_have_count(0)
