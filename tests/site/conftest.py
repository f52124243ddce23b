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
	"""No module leaves a contract or warranty on the shared crew: who pays would depend on the order of the modules."""
	yield
	if loan_world.crew.cache_info().currsize:
		frappe.db.rollback()
		crew = loan_world.crew()
		assert not frappe.get_all(
			"Service Contract", {"customer": crew.customer, "all_units": 1, "docstatus": 1}
		)
		assert not frappe.get_all("Service Contract Unit", {"installed_unit": crew.unit, "docstatus": 1})
		assert not frappe.get_all("Service Warranty", {"installed_unit": crew.unit})


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
