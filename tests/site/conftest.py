"""Fixtures shared by several modules.

The access tests' are imported once here, else every module would build its own world.
"""

from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest

from tests.access.fixtures import clients, http_server, world
from tests.factories import COMPANY
from tests.site import loan_world, visit_world
from tests.site.loan_world import loan_settings_as_before, stocked

__all__ = ["clients", "http_server", "loan_settings_as_before", "stocked", "world"]


@pytest.fixture(scope="module", autouse=True)
def crew_left_as_found(site: str) -> Iterator[None]:
	"""No module commits anything for the customer that tests of loans share: others would find it, depending on their order."""
	yield
	if not loan_world.crew.cache_info().currsize:
		return
	frappe.db.rollback()
	customer = loan_world.crew().customer
	ours = {"module": ("in", frappe.get_module_list("support_service")), "istable": 0, "in_create": 0}
	left = {
		doctype: frappe.db.count(doctype, {"customer": customer})
		for doctype in frappe.get_all("DocType", ours, pluck="name")
		if frappe.get_meta(doctype).has_field("customer")
	}
	assert {doctype: rows for doctype, rows in left.items() if rows} == {
		"Installed Unit": 1,
		"Service Request": 1,
	}


@pytest.fixture(scope="module")
def crew_of_its_own(site: str) -> Iterator[None]:
	"""For a module that commits what it does for `loan_world.crew`."""
	loan_world.crew.cache_clear()
	yield
	loan_world.crew.cache_clear()


@pytest.fixture
def van(clean_transaction) -> SimpleNamespace:
	return visit_world.make_van()


@pytest.fixture
def committed_crew(clean_transaction):
	visit_world.crew()


@pytest.fixture
def stock_settings_as_before():
	"""Settings are rolled back in the database; the caches in Redis are not."""
	frappe.clear_messages()
	yield
	frappe.db.rollback()
	frappe.clear_document_cache("Stock Settings")
	frappe.clear_document_cache("Accounts Settings")
	frappe.clear_document_cache("Company", COMPANY)
	frappe.clear_document_cache("Support Service Settings")
