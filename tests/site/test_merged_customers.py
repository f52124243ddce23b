"""Open cases of a customer that is merged get what the customer that stays has agreed, as when somebody changes it by hand.

2026-11-23 is a Monday. The scope's policy promises First Response in 4 hours, Monday to Friday 09:00 to 17:00; the
contract of the customer that stays promises two.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, nowdate

from support_service.permissions import contact_ties, who
from support_service.support_service import merged_customers, moves
from tests import factories
from tests.site.clock_world import due, ledger, make_world, raise_case, target
from tests.site.test_contract_levels import MONDAY, YEAR, gold, stored

CASE = "Service Request"


@pytest.fixture(autouse=True)
def tidied(clean_transaction):
	yield
	frappe.db.rollback()
	frappe.db.delete("Postponed Work", {"work": merged_customers.TO_JUDGE.work})
	frappe.db.commit()


def two_customers() -> SimpleNamespace:
	"""Two customers of one group; the policy is that of the group."""
	group = factories.insert(
		"Customer Group",
		{"customer_group_name": factories.unique("Group"), "parent_customer_group": "All Customer Groups"},
		{},
	).name
	world = make_world(
		targets=[target("First Response", 4), target("Repair Complete", 16)], scope={"customer_group": group}
	)
	frappe.db.set_value("Customer", world.customer, "customer_group", group)
	frappe.clear_document_cache("Customer", world.customer)
	stays = factories.make_customer(customer_group=group).name
	return SimpleNamespace(world=world, gone=world.customer, stays=stays)


def agree(customer: str, world: Any, **values: Any) -> Any:
	policy = gold(calendar=world.calendar).name
	return factories.make_service_contract(
		customer=customer, **{**YEAR, "service_level_policy": policy, "all_units": 1, **values}
	)


def merge(both: SimpleNamespace) -> None:
	frappe.rename_doc("Customer", both.gone, both.stays, merge=True, show_alert=False)


def test_open_cases_are_promised_what_the_contract_says() -> None:
	both = two_customers()
	contract = agree(both.stays, both.world)
	case, closed = (raise_case(both.world, f"{MONDAY} 09:00") for _ in range(2))
	moves.apply_move(closed, "cancel", reason="Called twice")
	assert due(case, "First Response") == f"{MONDAY} 13:00"
	merge(both)
	assert frappe.db.get_value(CASE, case, "customer") == both.stays
	assert stored(case).service_contract == contract.name
	assert due(case, "First Response") == f"{MONDAY} 11:00"
	reason = ledger(case, "First Response")[-1].reason
	assert both.gone in reason and both.stays in reason
	# a closed one is archived with what it was promised
	assert not stored(closed).service_contract
	assert not frappe.db.exists("Postponed Work", {"work": merged_customers.TO_JUDGE.work})


def test_it_is_the_same_as_by_hand() -> None:
	both = two_customers()
	agree(both.stays, both.world)
	by_merge, by_hand = (raise_case(both.world, f"{MONDAY} 09:00") for _ in range(2))
	doc = frappe.get_doc(CASE, by_hand)
	doc.customer = both.stays
	doc.save()
	merge(both)
	assert stored(by_merge) == stored(by_hand)
	assert due(by_merge, "First Response") == due(by_hand, "First Response") == f"{MONDAY} 11:00"


def test_the_contract_of_the_one_that_vanishes_counts_for_both() -> None:
	both = two_customers()
	contract = agree(both.gone, both.world)
	world = frappe._dict(both.world, customer=both.stays)
	case = raise_case(world, f"{MONDAY} 09:00")
	assert not stored(case).service_contract
	merge(both)
	assert stored(case).service_contract == contract.name
	assert due(case, "First Response") == f"{MONDAY} 11:00"


def test_who_pays_is_judged_anew() -> None:
	both = two_customers()
	unit = factories.make_installed_unit(customer=both.gone)
	today = nowdate()
	agree(both.stays, both.world, start_date=add_days(today, -30), end_date=add_days(today, 300))
	case = factories.make_service_request(customer=both.gone, installed_unit=unit.name)
	before = frappe.get_doc("Coverage Decision", case.reload().coverage_decision)
	assert before.outcome == "Charged"
	merge(both)
	after = frappe.get_doc("Coverage Decision", case.reload().coverage_decision)
	assert after.supersedes == before.name and after.customer == both.stays
	assert case.coverage == after.outcome != "Charged"
	assert unit.reload().customer == both.stays


def test_without_a_merge_nothing_is_judged() -> None:
	both = two_customers()
	agree(both.gone, both.world)
	case = raise_case(both.world, f"{MONDAY} 09:00")
	before = (stored(case), len(ledger(case, "First Response")))
	frappe.rename_doc("Customer", both.gone, factories.unique("Renamed"), show_alert=False)
	assert (stored(case), len(ledger(case, "First Response"))) == before


def test_many_are_worked_off_by_the_next_run(monkeypatch) -> None:
	monkeypatch.setattr(merged_customers, "AT_ONCE", 1)
	both = two_customers()
	contract = agree(both.stays, both.world)
	cases = [raise_case(both.world, f"{MONDAY} 09:00") for _ in range(3)]
	frappe.db.commit()
	merge(both)
	frappe.db.commit()
	assert [bool(stored(case).service_contract) for case in cases].count(True) == 1
	assert merged_customers.run() == 2
	assert {stored(case).service_contract for case in cases} == {contract.name}
	assert merged_customers.run() == 0


def test_portal_access_is_what_erpnext_makes_of_it() -> None:
	"""ERPNext does not take the Portal Users of the one that vanishes along, and neither do we give them anything."""
	both = two_customers()
	gone_user = factories.make_customer_user(both.gone).name
	kept_user = factories.make_customer_user(both.stays).name
	merge(both)
	rows = frappe.get_all("Portal User", {"parent": ("in", (both.gone, both.stays))}, pluck="user")
	assert rows == [kept_user]
	assert contact_ties.portal_users([both.stays])[both.stays] == {kept_user}
	assert list(who.customers_of(kept_user)) == [both.stays]
	assert not who.customers_of(gone_user)
