"""The customer's page of contracts over real HTTP: own ones, what is left, the document; nothing of anybody else's."""

from types import SimpleNamespace

import frappe
import pytest

from tests.factories import make_customer, make_customer_user, make_service_contract, unique
from tests.http_server import Server, http_server  # noqa: F401  (a fixture)
from tests.portal_client import PortalClient
from tests.site.test_contract_uses import use

PDF = "contract_document"


@pytest.fixture(scope="module")
def world(site: str) -> SimpleNamespace:
	customer, other = make_customer().name, make_customer().name
	own = make_service_contract(customer=customer, title=unique("Own"))
	use(own, 1, on=frappe.utils.getdate())
	made = SimpleNamespace(
		user=make_customer_user(customer).name,
		own=own,
		draft=make_service_contract(customer=customer, title=unique("Draft"), submit=False),
		foreign=make_service_contract(customer=other, title=unique("Foreign")),
	)
	frappe.db.commit()
	return made


@pytest.fixture
def visitor(http_server: Server, world) -> PortalClient:  # noqa: F811
	return PortalClient(http_server.base_url, http_server.site).log_in(world.user)


def test_the_page_shows_own_contracts_and_what_is_left(visitor, world):
	page = visitor.get("/service/contracts").text
	assert world.own.title in page and "3 of 4 left" in page
	assert world.draft.title not in page and world.foreign.title not in page


def test_a_guest_logs_in_first(http_server, world):  # noqa: F811
	page = PortalClient(http_server.base_url, http_server.site).get("/service/contracts")
	assert world.own.title not in page.text


def test_nothing_is_told_of_another_contract_not_even_that_it_exists(visitor, world):
	answers = {
		visitor.download(PDF, contract=name).status_code
		for name in (world.draft.name, world.foreign.name, "SC-0000-00000")
	}
	assert answers == {404}
