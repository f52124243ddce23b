"""Several processes make the invoices of one contract at the same moment, and a killed run is simply done again."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import frappe
import pytest
from frappe.utils import add_months, getdate

from support_service.service_coverage.contract import billing as contract_billing
from tests import connections
from tests.factories import make_item, make_service_contract
from tests.faults.workers import Crew, Outcome
from tests.faults.world import fresh

SIZE = 4
ROUNDS = 5


def run_daily(user: str, contract: str, ready: Callable[[], Any]) -> Outcome:
	frappe.set_user(user)
	contract_billing.made_for(contract)  # an older snapshot, as in a web request
	ready()
	error, message = "", ""
	try:
		contract_billing.make_due()
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(contract, error, message)


@pytest.fixture(scope="module")
def crew(site):
	crew = Crew(site, (SIZE,), run_daily)
	yield crew
	crew.stop()


def make_contract(months: int = 3) -> str:
	item = make_item(is_stock_item=0).name
	start = add_months(getdate(), 1 - months)
	contract = make_service_contract(start_date=start, price=1200, billing_interval="Monthly", item_code=item)
	frappe.db.commit()
	return contract.name


def keys_of(contract: str) -> list[str]:
	fresh()
	return sorted(
		frappe.get_all("Sales Invoice", {"service_contract": contract}, pluck="service_billing_key")
	)


def wanted(contract: str, count: int = 3) -> list[str]:
	return [f"{contract}|{number}" for number in range(1, count + 1)]


def test_parallel_runs_make_each_invoice_once(crew):
	for _ in range(ROUNDS):
		contract = make_contract()
		outcomes = crew.submit([("Administrator", contract)] * SIZE)
		assert [outcome.error for outcome in outcomes] == [""] * SIZE, outcomes
		assert keys_of(contract) == wanted(contract)


@pytest.mark.parametrize("after", [0.02, 0.1, 0.3, 0.6])
def test_a_run_killed_anywhere_is_done_again(site, after):
	contract = make_contract(months=6)
	sites_path = os.getcwd()
	before = connections.open_now()
	pid = os.fork()
	if not pid:
		connections.leave_the_parents()
		frappe.init(site, sites_path=sites_path, force=True)
		frappe.connect()
		contract_billing.make_due()
		os._exit(0)
	time.sleep(after)
	os.kill(pid, signal.SIGKILL)
	os.waitpid(pid, 0)
	connections.wait_for_end(before)
	made = keys_of(contract)
	assert made in ([], wanted(contract, 6))
	contract_billing.make_due()
	contract_billing.make_due()
	assert keys_of(contract) == wanted(contract, 6)
