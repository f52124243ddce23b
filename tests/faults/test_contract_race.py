"""2, 4 and 8 processes use the last visit of a contract at the same moment, over real connections."""

from collections.abc import Callable
from typing import Any

import frappe
import pytest

from support_service.service_coverage.contract import contracts
from support_service.service_coverage.contract import uses as contract_uses
from tests.effort import times
from tests.factories import make_service_contract
from tests.faults.workers import Crew, Outcome
from tests.faults.world import fresh

ROUNDS = times(few=10, many=100)
SIZES = (2, 4, 8)


def take_one(user: str, contract: str, ready: Callable[[], Any]) -> Outcome:
	"""Use one visit, as a visit that has read other things before it comes to its contract."""
	frappe.set_user(user)
	customer = frappe.db.get_value("Service Contract", contract, "customer")
	contracts.sources(None, customer, frappe.utils.getdate())
	error, message = "", ""
	ready()
	try:
		contract_uses.use(
			contract,
			"Visits",
			1,
			on=frappe.utils.getdate(),
			key=frappe.generate_hash(length=12),
			reference=("Customer", customer),
		)
		frappe.db.commit()
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(contract, error, message)


@pytest.fixture(scope="module")
def crew(site):
	crew = Crew(site, SIZES, take_one)
	yield crew
	crew.stop()


def used_of(contract: str) -> list[float]:
	return frappe.get_all("Service Contract Use", {"contract": contract}, pluck="qty")


@pytest.mark.parametrize("size", SIZES)
def test_the_last_visits_are_used_once(crew, size):
	for number in range(ROUNDS):
		included = 3 if number % 3 == 2 else 1
		contract = make_service_contract(entitlements=[{"kind": "Visits", "included": included}])
		frappe.db.commit()
		outcomes = crew.submit([("Administrator", contract.name)] * size)
		fresh()
		won = [outcome for outcome in outcomes if not outcome.error]
		assert len(won) == min(included, size), outcomes
		assert {one.error for one in outcomes if one.error} <= {"EntitlementUsedUpError"}, outcomes
		assert used_of(contract.name) == [1] * len(won)
		(source,) = contracts.sources(None, contract.customer, frappe.utils.getdate())
		assert source.entitlements[0].remaining == included - len(won)


def test_contracts_used_for_the_first_time_at_once_do_not_deadlock(crew):
	"""Each has an empty ledger; a lock on the gap in which its first row will stand would stop all others."""
	for _ in range(ROUNDS):
		names = [make_service_contract().name for _ in range(max(SIZES))]
		frappe.db.commit()
		outcomes = crew.submit([("Administrator", name) for name in names])
		fresh()
		assert [outcome.error for outcome in outcomes] == [""] * len(names), outcomes
		assert all(used_of(name) == [1] for name in names)
