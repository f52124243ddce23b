"""Visits submitted at the same moment when fewer visits are included than want one: the rest is charged, never below zero."""

import frappe
import pytest

from support_service.service_coverage.contract import uses as contract_uses
from tests.effort import times
from tests.factories import make_customer, make_installed_unit, make_service_contract, make_service_request
from tests.faults.workers import Crew
from tests.faults.world import fresh, make_engineers, make_visit

ROUNDS = times(few=6, many=50)
SIZES = (2, 4)


@pytest.fixture(scope="module")
def crew(site):
	crew = Crew(site, SIZES)
	yield crew
	crew.stop()


@pytest.fixture(scope="module")
def engineers(site):
	return make_engineers(max(SIZES))


def make_contract(included: int):
	customer = make_customer().name
	entitlements = [{"kind": "Visits", "included": included, "per": "Whole Term", "share": 100}]
	return make_service_contract(customer=customer, entitlements=entitlements)


def make_visits(contract, engineers) -> list[str]:
	visits = []
	for engineer in engineers:
		unit = make_installed_unit(customer=contract.customer)
		case = make_service_request(customer=contract.customer, installed_unit=unit.name)
		frappe.db.commit()
		visits.append(make_visit(engineer, service_request=case.name))
	return visits


def outcome_of(visit: str) -> str:
	decision = frappe.db.get_value("Engineer Visit", visit, "coverage_decision")
	return frappe.db.get_value("Coverage Decision", decision, "outcome")


@pytest.mark.parametrize("size", SIZES)
def test_exactly_as_many_are_covered_as_are_included(crew, engineers, size):
	for number in range(ROUNDS):
		included = 1 + number % (size - 1) if size > 2 else 1
		contract = make_contract(included)
		visits = make_visits(contract, engineers[:size])
		work = [(engineer.user, visit) for engineer, visit in zip(engineers, visits, strict=False)]
		outcomes = crew.submit(work)
		fresh()
		assert [outcome.error for outcome in outcomes] == [""] * size, outcomes
		found = sorted(outcome_of(visit) for visit in visits)
		assert found == ["Charged"] * (size - included) + ["Covered"] * included
		uses = frappe.get_all(contract_uses.USE, {"contract": contract.name}, pluck="qty")
		assert sum(uses) == included


def test_one_visit_submitted_by_several_at_once_uses_one(crew, engineers):
	contract = make_contract(5)
	[visit] = make_visits(contract, engineers[:1])
	outcomes = crew.submit([(engineers[0].user, visit)] * 4)
	fresh()
	assert [outcome.error for outcome in outcomes] == [""] * 4, outcomes
	assert frappe.get_all(contract_uses.USE, {"contract": contract.name}, pluck="qty") == [1]
	assert frappe.db.count("Coverage Decision", {"engineer_visit": visit}) == 1
