"""Merges that cross, and a merge while a visit is submitted or a customer writes: each whole or not at all, nothing lost."""

import frappe
import pytest

from support_service.support_service.merging import leading_on, whole
from tests.effort import times
from tests.factories import (
	make_customer,
	make_done_visit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_stock_receipt,
)
from tests.faults import merge_workers
from tests.faults.workers import Crew
from tests.faults.world import assert_ledger_clean, fresh, stock

ROUNDS = times(few=4, many=100)
CASE = "Service Request"
ADMIN = "Administrator"


@pytest.fixture(scope="module")
def workers(site):
	crew = Crew(site, (2, 4), merge_workers.act)
	yield crew
	crew.stop()


def two_cases(count: int = 2) -> list[str]:
	customer = make_customer().name
	made = [make_service_request(customer=customer).name for _number in range(count)]
	for name in made:
		merge_workers.STEPS["write"](name)
	frappe.db.commit()
	return made


def messages(case: str) -> int:
	return frappe.db.count("Communication", {"reference_doctype": CASE, "reference_name": case})


def test_two_merges_that_cross_make_one(workers):
	for _number in range(ROUNDS):
		one, other = two_cases()
		outcomes = workers.submit([(ADMIN, f"merge {one} {other}"), (ADMIN, f"merge {other} {one}")])
		fresh()
		assert sorted(outcome.error for outcome in outcomes) == ["", "CannotMergeError"], outcomes
		root = whole.goes_on_as(one)
		assert root == whole.goes_on_as(other)
		assert messages(root) == 2
		assert messages(one) + messages(other) == 2


def test_four_merges_in_a_ring_leave_one_whole(workers):
	for _number in range(ROUNDS):
		cases = two_cases(4)
		ring = [(ADMIN, f"merge {name} {cases[(place + 1) % 4]}") for place, name in enumerate(cases)]
		outcomes = workers.submit(ring)
		fresh()
		assert {outcome.error for outcome in outcomes} <= {"", "CannotMergeError"}, outcomes
		roots = {whole.goes_on_as(name) for name in cases}
		assert len(roots) == len(cases) - [outcome.error for outcome in outcomes].count("")
		assert sum(messages(root) for root in roots) == 4
		assert sum(messages(name) for name in cases) == 4


def test_a_visit_submitted_meanwhile_is_on_the_whole_and_draws_once(workers):
	engineer = make_service_engineer()
	for _number in range(ROUNDS):
		one, other = two_cases()
		item = make_item().name
		make_stock_receipt(item, engineer.van_warehouse, qty=3)
		visit = make_done_visit(
			{"item_code": item, "qty": 1}, engineer=engineer.name, service_request=one
		).name
		frappe.db.commit()
		outcomes = workers.submit([(ADMIN, f"submit {visit}"), (ADMIN, f"merge {one} {other}")])
		fresh()
		submitted, merged = outcomes
		assert not merged.error, outcomes
		doc = frappe.get_doc("Engineer Visit", visit)
		if submitted.error:
			# the form was opened before: nothing of it is stored, and it is done again
			assert submitted.error == "TimestampMismatchError", outcomes
			assert doc.docstatus == 0 and stock(item, engineer.van_warehouse) == 3
			doc.submit()
			frappe.db.commit()
		assert frappe.db.get_value("Engineer Visit", visit, ["docstatus", "service_request"]) == (1, other)
		assert stock(item, engineer.van_warehouse) == 2
		assert frappe.db.get_value("Stock Entry", doc.reload().stock_entry, "service_request") == other
		assert_ledger_clean(item, engineer.van_warehouse)


def test_what_a_customer_writes_meanwhile_is_in_the_whole(workers):
	for _number in range(ROUNDS):
		one, other = two_cases()
		orders = [f"merge {one} {other}", f"write {one}", f"write {one}", f"write {other}"]
		outcomes = workers.submit([(ADMIN, order) for order in orders])
		fresh()
		assert {outcome.error for outcome in outcomes} <= {"", "QueryDeadlockError"}, outcomes
		assert not outcomes[0].error, outcomes
		leading_on.run()
		fresh()
		written = [outcome.error for outcome in outcomes[1:]].count("")
		assert (messages(one), messages(other)) == (0, 2 + written)
