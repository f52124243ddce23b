"""How much a new case asks of the database; what it costs beside an ERPNext Issue is in docs/performance.md."""

import frappe
import pytest

from support_service.support_service import kept_columns
from tests.factories import make_installed_unit, make_service_request
from tests.site.queries import count_queries, queries_of

MOST = 24


@pytest.fixture
def unit():
	unit = make_installed_unit()
	make_service_request(
		installed_unit=unit.name, customer=unit.customer
	)  # what is kept in memory has been read
	return unit


def test_a_case_is_few_statements(unit) -> None:
	assert (
		count_queries(lambda: make_service_request(installed_unit=unit.name, customer=unit.customer)) <= MOST
	)


def test_nothing_is_read_or_written_twice(unit) -> None:
	asked = " ".join(
		queries_of(lambda: make_service_request(installed_unit=unit.name, customer=unit.customer))
	).lower()
	for table in ("service contract", "service level policy", "warranty policy"):
		assert asked.count(f"from `tab{table}`") <= 1, table
	assert "update `tabservice request` set" not in asked
	assert (
		asked.count("insert into `tabservice request` ") == 2
	)  # the case, and what promises and coverage show on it


def test_the_columns_are_written_without_the_hook_of_this_release(unit, monkeypatch) -> None:
	"""Between the new code and `bench migrate` Frappe may still have the hooks of the last release in its cache."""
	monkeypatch.setattr(kept_columns, "follow_move", lambda row, method=None: None)
	case = make_service_request(installed_unit=unit.name, customer=unit.customer)
	columns = ("service_level_policy", "clock_state", "coverage_decision", "coverage_decisions")
	stored = frappe.db.get_value("Service Request", case.name, columns, as_dict=True)
	assert stored.coverage_decisions == 1
	assert stored == {name: case.get(name) for name in columns}
