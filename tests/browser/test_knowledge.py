"""Articles in the browser: found while a request is written, on the customer's phone and at the desk, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import frappe
import pytest
from playwright.sync_api import Page, expect

from support_service.service_knowledge.search import vocabulary
from tests.browser import desk
from tests.factories import (
	make_customer,
	make_customer_user,
	make_installed_unit,
	make_knowledge_article,
	make_service_request,
	make_user,
)
from tests.portal_client import forget_rate_limits

ARTICLE = "Knowledge Article"
TITLES = {"en": "Oil drips from the shaft seal", "zh": "轴封处滴油"}
SEARCHES = {"en": "shaft dripping oil", "zh": "轴封漏油滴下来"}


@pytest.fixture
def shelf(site: str) -> Iterator[SimpleNamespace]:
	forget_rate_limits()
	customer = make_customer().name
	mark = frappe.generate_hash(length=6)
	articles = {
		language: make_knowledge_article(title=f"{title} {mark}", keywords=mark).name
		for language, title in TITLES.items()
	}
	found = SimpleNamespace(
		customer=customer,
		mark=mark,
		articles=articles,
		unit=make_installed_unit(customer=customer).name,
		user=make_customer_user(customer).name,
		agent=make_user("Service Desk Agent").name,
	)
	frappe.db.commit()
	vocabulary.count()
	yield found
	frappe.db.rollback()
	frappe.set_user("Administrator")
	for name in articles.values():
		frappe.delete_doc(ARTICLE, name, force=True)
	frappe.db.commit()


def speak(language: str, *users: str) -> None:
	for user in users:
		frappe.db.set_value("User", user, "language", language)
	frappe.db.commit()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_customer_finds_an_answer_on_the_phone(
	open_as: Callable[..., Page], screenshots: Path, shelf: SimpleNamespace, language: str
):
	speak(language, shelf.user)
	title = f"{TITLES[language]} {shelf.mark}"
	page = open_as(shelf.user, phone=True)
	page.goto("/service/new")
	page.locator("#sp-subject").fill(f"{SEARCHES[language]} {shelf.mark}")
	expect(page.locator(".sp-suggested a", has_text=title)).to_be_visible()
	page.screenshot(path=screenshots / f"knowledge-new-{language}.png", full_page=True)
	page.goto("/service/knowledge")
	page.locator("input[name=q]").fill(f"{SEARCHES[language]} {shelf.mark}")
	page.locator("input[name=q]").press("Enter")
	page.locator(".sp-row", has_text=title).click()
	expect(page.locator(".sp-article h3")).to_have_text(title)
	assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
	page.screenshot(path=screenshots / f"knowledge-article-{language}.png", full_page=True)
	page.locator("input[name=helpful][value='0']").check(force=True)
	page.locator("#vote [type=submit]").click()
	expect(page.locator(".sp-note")).to_be_visible()
	page.locator("#vote a.btn-primary").click()
	page.wait_for_url("**/service/new?article=*")
	page.locator("#sp-subject").fill("still dripping")
	page.locator("form.sp-form [type=submit]").click()
	page.wait_for_url("**/service/SR-*")
	case = page.url.rpartition("/")[2].partition("?")[0]
	frappe.db.rollback()
	tied = frappe.get_all("Knowledge Use", {"service_request": case}, ["article", "outcome"])
	assert [tuple(row.values()) for row in tied] == [(shelf.articles[language], "Did Not Help")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_article_while_a_request_is_written_at_the_desk(
	open_as: Callable[..., Page], screenshots: Path, shelf: SimpleNamespace, language: str
):
	speak(language, shelf.agent)
	title = f"{TITLES[language]} {shelf.mark}"
	page = open_as(shelf.agent)
	desk.goto(page, "service-request/new")
	desk.field(page, "subject").locator("input").press_sequentially(f"{SEARCHES[language]} {shelf.mark}")
	suggested = page.locator(".request-knowledge [data-article]", has_text=title)
	expect(suggested).to_be_visible()
	page.screenshot(path=screenshots / f"knowledge-desk-{language}.png", full_page=True)
	case = make_service_request(customer=shelf.customer, subject=f"{SEARCHES[language]} {shelf.mark}").name
	frappe.db.commit()
	desk.goto(page, f"service-request/{case}")
	suggested.click()
	dialog = page.locator(".modal.show")
	expect(dialog.locator(".modal-title")).to_have_text(title)
	dialog.locator(".btn-primary:visible").click()
	expect(page.locator(".request-knowledge-tied [data-article]", has_text=title)).to_be_visible()
	frappe.db.rollback()
	assert frappe.db.get_value(ARTICLE, shelf.articles[language], "solved_cases") == 1


def test_the_search_page_and_the_steps_of_an_article(
	open_as: Callable[..., Page], screenshots: Path, shelf: SimpleNamespace
):
	lead = make_user("After-Sales Lead").name
	frappe.db.commit()
	page = open_as(lead)
	desk.goto(page, "knowledge")
	page.locator(".knowledge-search input[type=search]").fill(f"{SEARCHES['en']} {shelf.mark}")
	page.locator(".knowledge-search input[type=search]").press("Enter")
	page.locator(".knowledge-found [data-article]", has_text=TITLES["en"]).click()
	page.screenshot(path=screenshots / "knowledge-search.png")
	page.locator(".modal.show .btn-primary:visible").click()
	desk.arrives(page, f"knowledge-article/{shelf.articles['en']}")
	page.locator(".page-head:visible .btn", has_text="Outdated").click()
	desk.fill_dialog(page, reason="There is a new seal")
	page.locator(".modal.show .btn-primary:visible").click()
	expect(page.locator(".page-head:visible .indicator-pill", has_text="Outdated").first).to_be_visible()
	frappe.db.rollback()
	said = frappe.db.get_value(ARTICLE, shelf.articles["en"], ["state", "outdated_reason"])
	assert said == ("Outdated", "There is a new seal")
