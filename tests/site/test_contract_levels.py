"""A case is promised what its customer's contract agrees on, and follows when the contract changes.

2026-11-23 is a Monday. The scope's policy promises First Response in 4 hours, Monday to Friday 09:00 to 17:00.
"""

import frappe
from frappe.utils import add_days

from support_service.field_service import api as field_api
from support_service.service_coverage.contract import ends as contract_ends
from support_service.service_level.clock import recompute
from support_service.service_level.policy import policies
from support_service.support_service import agreements
from support_service.support_service.messaging import notify
from tests.factories import (
	make_installed_unit,
	make_service_calendar,
	make_service_contract,
	make_service_engineer,
	make_service_level_policy,
	make_service_request,
)
from tests.site.clock_world import at, clock, due, ledger, make_world, raise_case, round_the_clock, target
from tests.site.queries import count_queries, queries_of

FRIDAY, SATURDAY, MONDAY = "2026-11-20", "2026-11-21", "2026-11-23"
YEAR = {"start_date": "2026-11-01", "end_date": "2027-10-31"}


def world_of():
	return make_world(targets=[target("First Response", 4), target("Repair Complete", 16)])


def gold(**values):
	"""A policy nobody has but by contract: First Response in two hours."""
	values.setdefault("targets", [target("First Response", 2), target("Repair Complete", 8)])
	return make_service_level_policy(scope={}, only_by_contract=1, **values)


def contract_of(world, **values):
	return make_service_contract(customer=world.customer, **{**YEAR, **values})


def stored(case):
	fields = ["service_level_policy", "agreed_calendar", "service_contract"]
	return frappe.db.get_value("Service Request", case, fields, as_dict=True)


def follow():
	"""As the scheduler does; it commits, as a batch job must."""
	return agreements.run()


def test_the_contracts_policy_wins_over_every_scope():
	world = world_of()
	policy = gold(calendar=world.calendar)
	contract = contract_of(world, service_level_policy=policy.name)
	case = raise_case(world, f"{MONDAY} 09:00")
	assert stored(case).service_level_policy == policy.name
	assert stored(case).service_contract == contract.name
	assert due(case, "First Response") == f"{MONDAY} 11:00"


def test_a_policy_only_by_contract_holds_for_nobody_else():
	world = world_of()
	gold(calendar=world.calendar)
	case = raise_case(world, f"{MONDAY} 09:00")
	assert stored(case).service_level_policy == world.policy
	assert not stored(case).service_contract


def test_two_policies_only_by_contract_are_no_tie():
	gold()
	gold()


def test_the_contracts_calendar_replaces_that_of_the_policy():
	"""A 5×8 customer is raised to 7×24."""
	world = world_of()
	contract_of(world, calendar=round_the_clock())
	assert due(raise_case(world, f"{SATURDAY} 09:00"), "First Response") == f"{SATURDAY} 13:00"


def test_a_promise_with_a_calendar_of_its_own_keeps_it():
	calendar = make_service_calendar().name
	world = make_world(
		targets=[target("First Response", 4, calendar=calendar), target("Repair Complete", 4)],
	)
	contract_of(world, calendar=round_the_clock())
	case = raise_case(world, f"{SATURDAY} 09:00")
	assert due(case, "First Response") == f"{MONDAY} 13:00"
	assert due(case, "Repair Complete") == f"{SATURDAY} 13:00"


def test_computing_again_keeps_the_agreed_calendar():
	world = world_of()
	contract_of(world, calendar=round_the_clock())
	case = raise_case(world, f"{SATURDAY} 09:00")
	doc = frappe.get_doc("Service Request", case)
	doc.subject = "Another subject"
	doc.save()
	policy = frappe.get_doc("Service Level Policy", world.policy)
	policy.targets[0].target = 6
	policy.save()
	with at(f"{SATURDAY} 10:00"):
		recompute.run()
	assert due(case, "First Response") == f"{SATURDAY} 15:00"
	assert clock(case, "First Response").agreed_calendar == stored(case).agreed_calendar


def test_another_priority_keeps_the_agreed_calendar():
	world = world_of()
	contract_of(world, calendar=round_the_clock())
	case = raise_case(world, f"{SATURDAY} 09:00")
	with at(f"{SATURDAY} 10:00"):
		doc = frappe.get_doc("Service Request", case)
		doc.update({"impact": "High", "urgency": "High"})
		doc.save()
	assert due(case, "First Response") == f"{SATURDAY} 13:00"
	assert stored(case).agreed_calendar


def test_only_units_of_the_contract_have_its_level():
	world = world_of()
	covered = make_installed_unit(customer=world.customer).name
	other = make_installed_unit(customer=world.customer).name
	policy = gold(calendar=world.calendar)
	contract = contract_of(
		world, service_level_policy=policy.name, all_units=0, units=[{"installed_unit": covered}]
	)
	assert (
		stored(raise_case(world, f"{MONDAY} 09:00", installed_unit=covered)).service_contract == contract.name
	)
	case = raise_case(world, f"{MONDAY} 09:00", installed_unit=other)
	assert stored(case).service_level_policy == world.policy
	with at(f"{MONDAY} 10:00"):
		doc = frappe.get_doc("Service Request", case)
		doc.installed_unit = covered
		doc.save()
	assert stored(case).service_level_policy == policy.name
	assert stored(case).service_contract == contract.name
	assert due(case, "First Response") == f"{MONDAY} 11:00"


def test_a_case_of_an_earlier_day_is_promised_what_was_agreed_then():
	"""As if the day had been given at once; its clocks run from when it was entered all the same."""
	world = world_of()
	policy = gold(calendar=world.calendar)
	contract = contract_of(
		world, service_level_policy=policy.name, start_date="2025-11-22", end_date="2026-11-22"
	)
	case = raise_case(world, f"{MONDAY} 09:00")
	assert stored(case).service_level_policy == world.policy
	with at(f"{MONDAY} 09:30"):
		doc = frappe.get_doc("Service Request", case)
		doc.update({"raised_on": f"{FRIDAY} 16:00:00"}).save()
	at_once = raise_case(world, f"{MONDAY} 09:00", raised_on=f"{FRIDAY} 16:00:00")
	for name in (case, at_once):
		assert stored(name).service_level_policy == policy.name
		assert stored(name).service_contract == contract.name
		assert due(name, "First Response") == f"{MONDAY} 11:00"
	assert ledger(case, "First Response")[-1].reason.startswith("Raised On: ")


def test_a_disabled_policy_is_not_promised_any_more():
	world = world_of()
	policy = gold(calendar=world.calendar)
	contract_of(world, service_level_policy=policy.name)
	policy.db_set("enabled", 0)
	assert stored(raise_case(world, f"{MONDAY} 09:00")).service_level_policy == world.policy


def test_open_cases_follow_a_new_contract_and_say_why():
	world = world_of()
	policy = gold(calendar=world.calendar)
	case = raise_case(world, f"{MONDAY} 09:00")
	early = raise_case(world, "2026-10-30 09:00")
	contract = contract_of(world, service_level_policy=policy.name)
	with at(f"{MONDAY} 09:30"):
		assert follow() >= 1
	assert due(case, "First Response") == f"{MONDAY} 11:00"
	change = ledger(case, "First Response")[-1]
	assert change.event == "Promise Changed" and contract.name in change.reason
	assert stored(early).service_level_policy == world.policy
	rows = len(ledger(case, "First Response"))
	follow()
	assert len(ledger(case, "First Response")) == rows


def test_a_termination_before_the_case_takes_the_level_away_again():
	world = world_of()
	contract = contract_of(world, service_level_policy=gold(calendar=world.calendar).name)
	case = raise_case(world, f"{MONDAY} 09:00")
	follow()
	contract.reload()
	contract_ends.terminate(contract, frappe.utils.getdate(FRIDAY), "Never paid")
	with at(f"{MONDAY} 09:30"):
		follow()
	assert due(case, "First Response") == f"{MONDAY} 13:00"
	assert not stored(case).service_contract
	assert "Never paid" not in ledger(case, "First Response")[-1].reason


def test_a_save_that_changes_no_agreement_computes_nothing():
	world = world_of()
	contract = contract_of(world)
	follow()
	contract.reload()
	contract.title = "Other"
	contract.save()
	assert not frappe.db.get_value("Service Contract", contract.name, "cases_to_follow")


def test_a_unit_added_later_raises_its_open_cases():
	world = world_of()
	units = [make_installed_unit(customer=world.customer).name for _ in range(2)]
	policy = gold(calendar=world.calendar)
	contract = contract_of(
		world, service_level_policy=policy.name, all_units=0, units=[{"installed_unit": units[0]}]
	)
	case = raise_case(world, f"{MONDAY} 09:00", installed_unit=units[1])
	follow()
	assert stored(case).service_level_policy == world.policy
	contract.reload()
	contract.append("units", {"installed_unit": units[1]})
	contract.save()
	follow()
	assert stored(case).service_level_policy == policy.name


def test_a_rest_save_cannot_name_another_contract():
	world = world_of()
	foreign = make_service_contract()
	case = frappe.get_doc("Service Request", raise_case(world, f"{MONDAY} 09:00"))
	case.service_contract = foreign.name
	case.save()
	assert not stored(case.name).service_contract


def test_the_dedicated_engineer_comes_first_and_is_told():
	engineer = make_service_engineer()
	world = world_of()
	contract_of(world, dedicated_engineer=engineer.name)
	case = raise_case(world, f"{MONDAY} 09:00")
	first = field_api.engineers_for(case)[0]
	assert (first.name, first.dedicated, first.own_team) == (engineer.name, True, False)
	move = frappe.db.get_value("Service Request Move", {"request": case, "action": "create"})
	notify.notify(move)
	told = {"for_user": engineer.user, "document_name": case}
	assert frappe.db.count("Notification Log", told) == 1


def test_an_engineer_who_left_is_neither_proposed_nor_told():
	engineer = make_service_engineer()
	world = world_of()
	contract_of(world, dedicated_engineer=engineer.name)
	engineer.db_set("active", 0)
	case = raise_case(world, f"{MONDAY} 09:00")
	assert not any(one.dedicated for one in field_api.engineers_for(case))


def test_intake_asks_once_for_a_customer_without_contracts():
	world = world_of()
	asked = queries_of(lambda: make_service_request(customer=world.customer))
	assert sum("`tabService Contract" in query for query in asked) == 1


def test_terms_with_a_calendar_that_is_gone_are_the_policys_own():
	policy = make_service_level_policy()
	assert policies.terms(policy.name, "Low", "Nothing") == policies.terms(policy.name, "Low")
	day = add_days(frappe.utils.getdate(), 0)
	assert count_queries(lambda: policies.choose({"agreed_policy": policy.name}, day)) == 1
