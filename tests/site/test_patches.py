"""Patches: once, silently, and harmless when run again. `dev/migrate-test` runs them on a site of the last version."""

import frappe
import pytest
from erpnext.selling.doctype.quotation.quotation import make_sales_order

from support_service.foundation import instants
from support_service.patches.v0_2 import seed_service_levels, start_clocks
from support_service.patches.v0_4 import name_charged_rows
from support_service.patches.v0_5 import part_from_deleted_documents
from support_service.service_charging.billing import charging
from support_service.service_charging.decision import by_hand as decisions_by_hand
from support_service.service_level.clock import derive, store
from tests import factories
from tests.site.coverage_world import make_case_on, make_terms
from tests.site.stored_name_world import bare


@pytest.fixture
def old_case() -> str:
	"""A case as the version before service levels left it."""
	return without_clocks(factories.make_service_request().name)


def without_clocks(case: str, **values: str) -> str:
	frappe.db.delete("Service Clock Entry", {"request": case})
	frappe.db.delete("Service Clock", {"request": case})
	nothing = {"service_level_policy": None, "clock_state": None, "next_due_at": None, "next_due_kind": None}
	frappe.db.set_value("Service Request", case, {**nothing, **values})
	return case


def stored(case: str) -> list:
	return [
		frappe.get_all(doctype, {"request": case}, ["*"], order_by="name")
		for doctype in ("Service Clock", "Service Clock Entry")
	]


def test_open_cases_get_their_clocks_once(old_case: str) -> None:
	start_clocks.execute()
	clocks, entries = first = stored(old_case)
	raised = frappe.db.get_value(
		"Service Request Move", {"request": old_case, "action": "create"}, "moved_at"
	)
	raised = raised.replace(microsecond=0)  # not the case's creation, which may be a second earlier
	assert {clock.state for clock in clocks} == {"Running"}
	assert {clock.started_at for clock in clocks} == {raised}
	assert {entry.event for entry in entries} == {"Started"}
	assert old_case not in start_clocks.without_clocks()
	start_clocks.execute()
	assert stored(old_case) == first


def test_nobody_is_told_of_the_past(old_case: str) -> None:
	long_ago = frappe.utils.add_days(frappe.utils.now_datetime(), -30)
	frappe.db.set_value("Service Request Move", {"request": old_case}, "moved_at", long_ago)
	start_clocks.execute()
	clocks, entries = stored(old_case)
	assert "Overdue" in {clock.state for clock in clocks}
	assert all(entry.told for entry in entries)
	ledger = store.entries_of([clock.name for clock in clocks])
	reached = {
		clock.name: {
			step.key for _moment, step in derive.read(clock, ledger[clock.name], instants.now()).reached
		}
		for clock in clocks
	}
	assert any(reached.values())
	assert all(reached[clock.name] <= derive.steps_taken(clock) for clock in clocks)


@pytest.mark.parametrize("status", ["Closed", "Cancelled"])
def test_what_is_over_stays_as_it_was(status: str, old_case: str) -> None:
	without_clocks(old_case, status=status)
	start_clocks.execute()
	assert stored(old_case) == [[], []]


def test_calendars_and_policies_of_the_site_are_not_touched() -> None:
	before = frappe.get_all("Service Level Policy", ["name", "modified"], order_by="name")
	seed_service_levels.execute()
	assert frappe.get_all("Service Level Policy", ["name", "modified"], order_by="name") == before


def test_rows_of_charges_name_their_decision(stock_settings_as_before: None) -> None:
	make_terms()
	case = make_case_on(factories.make_installed_unit())
	doc = decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 1}])
	quotation = frappe.get_doc("Quotation", charging.quotation_of(doc.name))
	quotation.submit()
	order = make_sales_order(quotation.name)
	order.delivery_date = frappe.utils.nowdate()
	order.insert()
	rows = [("Quotation Item", quotation.items[0].name), ("Sales Order Item", order.items[0].name)]
	for table, row in rows:
		frappe.db.set_value(table, row, "coverage_decision", None)
	frappe.db.set_value("Sales Order", order.name, "coverage_decision", None)  # as of a second order before
	for _run in range(2):
		name_charged_rows.execute()
		assert {frappe.db.get_value(table, row, "coverage_decision") for table, row in rows} == {doc.name}


def test_deleted_documents_are_told_from_those_with_their_numbers() -> None:
	gone, there = factories.unique("DN"), bare("Delivery Note", name=factories.unique("DN")).name
	events = [
		bare(
			"Installed Unit Event",
			reference_doctype="Delivery Note",
			reference_name=note,
			entry_key=f"Delivered|IU-1|Delivery Note|{note}",
		)
		for note in (gone, there)
	]
	# the Issue of the first was deleted, and another has its number
	again, of_another = (bare("Issue", name=factories.unique("ISS")).name for _number in range(2))
	let_go = bare("Service Request", source_key=f"Issue|{again}")
	stands = bare(
		"Service Request",
		source_doctype="Issue",
		source_name=of_another,
		source_key=f"Issue|{of_another}",
	)
	for _again in range(2):
		part_from_deleted_documents.execute()
	first, second = (event.reload() for event in events)
	assert first.reference_name.startswith(f"{gone} (deleted ") and first.reference_name.count("(") == 1
	assert first.entry_key == f"Delivered|IU-1|Delivery Note|{first.reference_name}"
	assert (second.reference_name, second.entry_key.endswith(f"|{there}")) == (there, True)
	assert let_go.reload().source_key.startswith(f"Issue|{again} (deleted ")
	assert let_go.source_key.count("(") == 1
	assert stands.reload().source_key == f"Issue|{of_another}"
