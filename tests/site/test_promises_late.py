"""A promise that cannot be computed now is computed when the cause is removed; the case is not forgotten meanwhile.

The cause is real: a calendar whose time zone this machine does not know, and which has no version yet.
"""

from __future__ import annotations

from contextlib import contextmanager

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from support_service.foundation.postponed import DOCTYPE
from support_service.service_level.clock import recompute
from support_service.support_service import agreements, promises
from tests.connections import second_connection
from tests.site.clock_world import clock, due, raise_case, round_the_clock
from tests.site.test_contract_levels import MONDAY, contract_of, stored, world_of


@pytest.fixture(autouse=True)
def tidied(clean_transaction):
	yield
	frappe.db.rollback()
	frappe.db.delete(DOCTYPE)
	frappe.db.commit()


@contextmanager
def broken(calendar: str):
	fields = ["version", "time_zone"]
	before = frappe.db.get_value("Service Calendar", calendar, fields, as_dict=True)
	put(calendar, {"version": None, "time_zone": "Nowhere/Land"})
	try:
		yield
	finally:
		put(calendar, before)


def put(calendar: str, values: dict) -> None:
	frappe.db.set_value("Service Calendar", calendar, values, update_modified=False)
	frappe.clear_document_cache("Service Calendar", calendar)
	frappe.db.commit()


def postponed(case: str) -> list:
	return frappe.get_all(DOCTYPE, {"reference_name": case}, ["work", "attempts", "reason"])


def all_due() -> None:
	frappe.db.set_value(
		DOCTYPE, {}, "next_try", add_to_date(now_datetime(), minutes=-1), update_modified=False
	)


def told(case: str) -> int:
	return frappe.db.count("Error Log", {"reference_name": case})


def test_a_case_follows_its_contract_after_a_failure():
	world = world_of()
	case, over = raise_case(world, f"{MONDAY} 09:00"), raise_case(world, f"{MONDAY} 09:00")
	calendar = round_the_clock()
	contract = contract_of(world, calendar=calendar)
	with broken(calendar):
		agreements.run()
		for _minute in range(2):
			all_due()
			agreements.run()
		assert not stored(case).service_contract
		((row),) = postponed(case)
		assert (row.attempts, told(case)) == (3, 1) and contract.name in row.reason
		assert not frappe.db.get_value("Service Contract", contract.name, "cases_to_follow")
		frappe.db.set_value("Service Request", over, "status", "Closed")
	agreements.run()
	assert not stored(case).service_contract, "not before its turn"
	all_due()
	agreements.run()
	assert (stored(case).service_contract, stored(case).agreed_calendar) == (contract.name, calendar)
	assert clock(case, "First Response").agreed_calendar == calendar
	assert postponed(case) == postponed(over) == []
	assert not stored(over).service_contract, "what is over stays as it was"


def test_a_case_somebody_holds_follows_its_contract_later():
	world = world_of()
	case = raise_case(world, f"{MONDAY} 09:00")
	contract = contract_of(world, calendar=round_the_clock())
	frappe.db.commit()
	with second_connection() as other:
		other.sql("select name from `tabService Request` where name = %s for update", (case,))
		agreements.run()
		assert not stored(case).service_contract and postponed(case) == []
	agreements.run()
	assert stored(case).service_contract == contract.name


def test_a_changed_policy_reaches_a_case_after_a_failure():
	world, other = world_of(), world_of()
	case, sound = raise_case(world, f"{MONDAY} 09:00"), raise_case(other, f"{MONDAY} 09:00")
	for one in (world, other):
		policy = frappe.get_doc("Service Level Policy", one.policy)
		policy.targets[0].target = 6
		policy.save()
	with broken(world.calendar):
		recompute.run()
		all_due()
		recompute.run()
		assert due(sound, "First Response") == f"{MONDAY} 15:00"
		assert due(case, "First Response") == f"{MONDAY} 13:00"
		assert clock(case, "First Response").stale
		assert (postponed(case)[0].attempts, told(case)) == (2, 1)
	all_due()
	recompute.run()
	assert due(case, "First Response") == f"{MONDAY} 15:00"
	assert not clock(case, "First Response").stale and postponed(case) == []
	reasons = frappe.get_all(
		"Service Clock Entry", {"request": case, "event": "Promise Changed"}, pluck="reason"
	)
	assert any(world.policy in reason for reason in reasons)


def test_a_new_case_keeps_its_contract_and_gets_its_clocks_in_minutes():
	world = world_of()
	calendar = round_the_clock()
	contract = contract_of(world, calendar=calendar)
	with broken(calendar):
		case = raise_case(world, f"{MONDAY} 09:00")
		assert stored(case).service_contract == contract.name
		assert not stored(case).service_level_policy
		frappe.db.commit()
		all_due()
		assert promises.start_again() == 0
		assert (postponed(case)[0].attempts, told(case)) == (2, 1)
	all_due()
	assert promises.start_again() == 1
	assert due(case, "First Response") == f"{MONDAY} 13:00"
	assert stored(case).agreed_calendar == calendar
	assert postponed(case) == []
