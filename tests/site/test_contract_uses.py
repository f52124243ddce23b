"""What is used of a contract is a ledger: counted once, never below zero, given back with its document."""

from datetime import date

import frappe
import pytest

from support_service.foundation.ledger import LedgerIsAppendOnlyError
from support_service.service_coverage.contract import contracts
from support_service.service_coverage.contract import uses as contract_uses
from support_service.service_coverage.contract.uses import EntitlementUsedUpError, NotEntitledError
from tests.factories import make_customer, make_installed_unit, make_service_contract, make_service_request
from tests.site.queries import count_queries

START, END = date(2026, 3, 1), date(2028, 2, 29)


def two_years(**values):
	return make_service_contract(start_date=START, end_date=END, **values)


def left(contract, on=START, kind="Visits"):
	(source,) = contracts.sources(None, contract.customer, on)
	return next(one.remaining for one in source.entitlements if one.kind == kind)


def use(contract, qty=1, *, on=START, kind="Visits", key=None, reference=None):
	reference = reference or ("Customer", contract.customer)
	key = key or frappe.generate_hash(length=10)
	return contract_uses.use(contract.name, kind, qty, on=on, key=key, reference=reference)


def test_the_included_visits_are_used_up():
	contract = two_years(entitlements=[{"kind": "Visits", "included": 2}])
	assert left(contract) == 2
	use(contract)
	use(contract)
	assert left(contract) == 0
	with pytest.raises(EntitlementUsedUpError):
		use(contract)
	assert left(contract) == 0
	assert len(frappe.get_all("Service Contract Use", {"contract": contract.name})) == 2


def test_the_next_contract_year_begins_with_all_of_them():
	contract = two_years(entitlements=[{"kind": "Visits", "included": 1}])
	use(contract, on=date(2027, 2, 28))
	assert left(contract, date(2027, 2, 28)) == 0
	assert left(contract, date(2027, 3, 1)) == 1
	use(contract, on=date(2027, 3, 1))


def test_of_the_whole_term_there_is_one_pot():
	contract = two_years(entitlements=[{"kind": "Visits", "included": 1, "per": "Whole Term"}])
	use(contract, on=START)
	with pytest.raises(EntitlementUsedUpError):
		use(contract, on=END)


def test_hours_are_counted_in_fractions():
	contract = two_years(entitlements=[{"kind": "Labour Hours", "included": 1}])
	for _ in range(10):
		use(contract, 0.1, kind="Labour Hours")
	assert left(contract, kind="Labour Hours") == 0


def test_without_limit_everything_is_on_record():
	contract = two_years(entitlements=[{"kind": "Visits", "unlimited": 1}])
	use(contract, 1000)
	assert left(contract) is None
	assert frappe.db.get_value("Service Contract Use", {"contract": contract.name}, "qty") == 1000


def test_a_repeat_uses_nothing():
	contract = two_years(entitlements=[{"kind": "Visits", "included": 2}])
	assert use(contract, key="visit 1") == use(contract, key="visit 1")
	assert left(contract) == 1


def test_a_cancelled_document_gives_back_and_may_use_again():
	contract = two_years(entitlements=[{"kind": "Visits", "included": 2}])
	case = make_service_request(customer=contract.customer)
	reference = (case.doctype, case.name)
	first = use(contract, key="line", reference=reference)
	use(contract, key="another document")
	assert left(contract) == 0
	assert len(contract_uses.reverse(reference)) == 1
	assert contract_uses.reverse(reference) == []
	assert left(contract) == 1
	again = use(contract, key="line", reference=reference)
	assert again != first
	assert use(contract, key="line", reference=reference) == again
	assert left(contract) == 0


@pytest.mark.parametrize("day", [date(2026, 2, 28), date(2028, 3, 1)])
def test_outside_of_the_term_nothing_is_included(day):
	with pytest.raises(NotEntitledError):
		use(two_years(entitlements=[{"kind": "Visits", "included": 2}]), on=day)


def test_what_is_not_included_cannot_be_used():
	with pytest.raises(NotEntitledError):
		use(two_years(entitlements=[{"kind": "Visits", "included": 2}]), kind="Trainings")


def test_rows_cannot_be_changed_or_written_by_hand():
	row = frappe.get_doc("Service Contract Use", use(two_years()))
	with pytest.raises(LedgerIsAppendOnlyError):
		row.save()
	with pytest.raises(LedgerIsAppendOnlyError):
		row.delete()
	with pytest.raises(LedgerIsAppendOnlyError):
		frappe.copy_doc(row).insert()


def test_a_save_of_an_older_form_does_not_count_back():
	contract = two_years(entitlements=[{"kind": "Visits", "included": 2}])
	form = frappe.get_doc("Service Contract", contract.name)
	use(contract)
	form.title = "Another title"
	form.save()
	use(contract)
	assert frappe.db.get_value("Service Contract", contract.name, "uses") == 2


def test_of_several_contracts_the_one_that_names_the_unit_counts_first():
	customer = make_customer().name
	system = make_installed_unit(customer=customer).name
	board = make_installed_unit(customer=customer, parent_unit=system).name
	other = make_installed_unit(customer=customer).name
	everything = two_years(customer=customer)
	older = two_years(customer=customer, all_units=0, units=[{"installed_unit": system}])
	newer = make_service_contract(
		customer=customer,
		start_date=date(2026, 4, 1),
		end_date=END,
		all_units=0,
		units=[{"installed_unit": system, "to_date": date(2026, 12, 31)}],
	)
	day = date(2026, 5, 1)
	for unit in (system, board):
		assert contracts.in_force(unit, customer, day) == [newer.name, older.name, everything.name]
		assert contracts.in_force(unit, customer, date(2027, 1, 1)) == [older.name, everything.name]
		assert contracts.in_force(unit, customer, START) == [older.name, everything.name]
	assert contracts.in_force(other, customer, day) == [everything.name]
	assert contracts.in_force(None, customer, day) == [everything.name]
	assert contracts.in_force(system, customer, date(2028, 3, 1)) == []
	assert contracts.in_force(system, make_customer().name, day) == []


def test_a_source_says_what_it_excludes():
	contract = two_years(exclusions=[{"exclusion": "Lightning", "applies_to": "Parts"}])
	(source,) = contracts.sources(None, contract.customer, START)
	assert [(one.cause, one.applies_to) for one in source.exclusions] == [("Lightning", "Part")]
	assert set(source.until.values()) == {END}


def test_a_customer_without_contracts_costs_one_statement():
	customer, unit = make_customer().name, make_installed_unit().name
	assert count_queries(lambda: contracts.sources(unit, customer, START)) == 1


def test_sources_cost_two_statements_however_many_contracts():
	customer = make_customer().name
	unit = make_installed_unit(customer=customer).name
	for _ in range(4):
		two_years(customer=customer, all_units=0, units=[{"installed_unit": unit}])
	assert len(contracts.sources(unit, customer, START)) == 4
	assert count_queries(lambda: contracts.sources(unit, customer, START)) == 2
