"""The customer's lists of requests in pages: complete, in order, without counting or sorting the whole history."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from support_service.customer_portal import pages
from tests import factories

LENGTH = 3


@pytest.fixture(scope="module")
def world(site: str) -> SimpleNamespace:
	"""A customer with three open and eight finished requests on one unit, and a stranger with one."""
	customer = factories.make_customer().name
	unit = factories.make_installed_unit(customer=customer).name
	now = now_datetime()
	names = []
	for hours, status in enumerate(["New"] * 3 + ["Closed", "Cancelled"] * 4):
		name = factories.make_service_request(customer=customer, installed_unit=unit).name
		raised_on = add_to_date(now, hours=-hours)
		frappe.db.set_value(pages.CASE, name, {"status": status, "raised_on": raised_on})
		names.append(name)
	factories.make_service_request(customer=factories.make_customer().name)
	frappe.db.commit()
	return SimpleNamespace(
		customer=customer, unit=unit, names=names, user=factories.make_customer_user(customer).name
	)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch, world: SimpleNamespace) -> Iterator[SimpleNamespace]:
	"""Pages of three, read as the customer."""
	monkeypatch.setattr(pages, "PAGE_LENGTH", LENGTH)
	frappe.set_user(world.user)
	yield world
	frappe.set_user("Administrator")


def in_a_row(found: list[list[str]]) -> list[str]:
	return [name for page in found for name in page]


def turned(customer: str, **asked: object) -> list[list[str]]:
	"""The names on every page, from the first to the one that says there is no more."""
	found, page = [], 1
	while True:
		one = pages.case_page(frozenset([customer]), page=page, **asked)
		assert one["page"] == page
		found.append([row.name for row in one["rows"]])
		if not one["more"]:
			return found
		page += 1


@pytest.mark.parametrize("of_unit", [False, True])
def test_all_pages_show_every_request_once(short, of_unit):
	asked = {"unit": short.unit} if of_unit else {}
	found = turned(short.customer, show_all=True, **asked)
	assert [len(page) for page in found] == [3, 3, 3, 2]
	assert in_a_row(found) == short.names


@pytest.mark.parametrize("limit", ["MOST_PARTS", "FAR_BACK"])
def test_the_same_with_one_query_for_all(short, monkeypatch, limit):
	monkeypatch.setattr(pages, limit, 0)
	assert in_a_row(turned(short.customer, show_all=True)) == short.names


def test_open_ones_alone(short):
	assert turned(short.customer) == [short.names[:3]]
	assert pages.case_page(frozenset([short.customer]))["pages"] == 1


def test_a_search_goes_through_the_history(short):
	assert turned(short.customer, show_all=True, search=short.names[-1]) == [[short.names[-1]]]


@pytest.mark.parametrize("page", ["99", "0", "-3", "x", "9" * 40])
@pytest.mark.parametrize("show_all", [False, True])
def test_a_page_that_does_not_exist(short, page, show_all):
	shown = pages.case_page(frozenset([short.customer]), page=page, show_all=show_all)
	assert shown["page"] == 1
	assert [row.name for row in shown["rows"]] == short.names[:3]


def test_the_history_is_not_counted(short, monkeypatch):
	counted = []
	real = pages._count
	monkeypatch.setattr(
		pages, "_count", lambda filters, search: counted.append(filters["status"]) or real(filters, search)
	)
	pages.case_page(frozenset([short.customer]), show_all=True)
	assert counted == [["in", pages.story.OPEN_FOR_CUSTOMER]]
