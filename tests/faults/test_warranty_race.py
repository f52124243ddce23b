"""Two people and two deliveries at the same moment: one warranty per unit, one row per change, nobody waits for ever."""

import frappe
import pytest
from frappe.utils import getdate

from support_service.service_coverage.warranty import rules as warranty_rules
from support_service.service_coverage.warranty import store as warranty_store
from support_service.service_coverage.warranty import warranties
from tests.factories import make_installed_unit, make_warranty_policy
from tests.faults.warranty_workers import act
from tests.faults.workers import Crew
from tests.faults.world import fresh

ROUNDS = 15
SIZE = 4


@pytest.fixture(scope="module")
def crew(site):
	crew = Crew(site, (2, SIZE), act)
	yield crew
	crew.stop()


@pytest.fixture(scope="module")
def item(site) -> str:
	made = make_warranty_policy().item
	frappe.db.commit()
	return made


def unit_of(item: str) -> str:
	return make_installed_unit(item_code=item).name


def rows_of(unit: str) -> list:
	return frappe.get_all("Service Warranty", filters={"installed_unit": unit}, fields=["*"])


def test_a_warranty_is_started_once(crew, item):
	for _round in range(ROUNDS):
		unit = unit_of(item)
		frappe.db.commit()
		outcomes = crew.submit([("start", unit)] * SIZE)
		fresh()
		assert sorted(outcome.error for outcome in outcomes) == ["", *["WarrantyRefusedError"] * (SIZE - 1)]
		assert len(rows_of(unit)) == 1


def test_changes_at_the_same_moment_are_one_row_each(crew, item):
	for _round in range(ROUNDS):
		unit = unit_of(item)
		name = warranties.start(unit, starts_on=getdate(), reason="by hand")
		frappe.db.commit()
		outcomes = crew.submit([("extend", name), ("void", name)])
		fresh()
		ledger = warranty_store.entries_of([name])[name]
		# the void one won or lost; extending what is void is refused, voiding what is longer is not
		assert {outcome.error for outcome in outcomes} <= {"", "WarrantyRefusedError"}
		assert [row.no for row in ledger] == list(range(1, len(ledger) + 1))
		assert len(ledger) == 1 + sum(not outcome.error for outcome in outcomes)
		[row] = rows_of(unit)
		state = warranty_rules.fold([warranty_store.as_entry(entry) for entry in ledger], getdate())
		assert (row.status, row.ends_on) == ("Void", state.terms.ends_on)


def test_deliveries_of_new_units_do_not_stop_each_other(crew, item):
	for _round in range(ROUNDS):
		batches = [[unit_of(item) for _ in range(5)] for _ in range(SIZE)]
		frappe.db.commit()
		outcomes = crew.submit([("deliver", ",".join(batch)) for batch in batches])
		fresh()
		assert [outcome.error for outcome in outcomes] == [""] * SIZE, outcomes
		assert all(len(rows_of(unit)) == 1 for batch in batches for unit in batch)
