"""An Assignment Rule on cases ends in one engineer and the state Assigned, once, and keeps no case from being saved."""

import json

import frappe
import pytest
from frappe.automation.doctype.assignment_rule import assignment_rule
from frappe.cache_manager import clear_doctype_map

from support_service.support_service.api import move
from tests import factories
from tests.site.assignment_world import CASE, give, make_crew, refused, standing

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.fixture
def crew():
	return make_crew()


def make_rule(*users: str, **overrides):
	"""Round robin over `users` for cases with this subject prefix, so that no other test's case is touched."""
	mark = frappe.generate_hash(length=8)
	rule = factories.insert(
		"Assignment Rule",
		{
			"__newname": f"Rule {mark}",
			"document_type": CASE,
			"description": "{{ subject }}",
			"rule": "Round Robin",
			"assign_condition": f"'{mark}' in subject",
			"users": [{"user": user} for user in users],
			"assignment_days": [{"day": day} for day in DAYS],
		},
		overrides,
	)
	rule.mark = mark
	return rule


@pytest.fixture(autouse=True)
def forget_rules():
	"""Frappe caches which rules there are, also after this test's rows are rolled back."""
	yield
	frappe.db.rollback()
	clear_doctype_map("Assignment Rule", CASE)
	frappe.clear_cache(doctype="Assignment Rule")


def test_round_robin(crew):
	second = factories.make_service_engineer(team=crew.team)
	rule = make_rule(crew.user, second.user)
	found = []
	for _number in range(3):
		case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}")
		assert case.status == "Assigned", "whoever opened the case goes on with its present state"
		case.impact = "Low"
		case.save()
		found.append(standing(case.name))
	first = ("Assigned", crew.engineer.name, [crew.user], ["assign"])
	assert found == [first, ("Assigned", second.name, [second.user], ["assign"]), first]


def test_the_ledger_names_the_rule(crew):
	rule = make_rule(crew.user)
	case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}")
	row = frappe.get_last_doc("Service Request Move", {"request": case.name, "action": "assign"})
	assert rule.name in row.reason


def test_whoever_opens_the_case_needs_no_right_to_assign(crew):
	rule = make_rule(crew.user)
	frappe.set_user(factories.make_user("Service Desk Agent").name)
	case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}")
	assert standing(case.name)[:2] == ("Assigned", crew.engineer.name)


def test_naming_a_rule_gives_nobody_its_rights(crew):
	rule = make_rule(crew.user)
	frappe.set_user(factories.make_user("Service Desk Agent").name)
	refused(
		frappe.PermissionError,
		"Ask the After-Sales Lead",
		lambda: give(crew.case, crew.user, assignment_rule=rule.name),
	)


def test_one_who_left_is_passed_over(crew):
	gone = factories.make_service_engineer(team=crew.team, active=0)
	disabled = factories.make_service_engineer(team=crew.team)
	frappe.db.set_value("User", disabled.user, "enabled", 0)
	rule = make_rule(gone.user, disabled.user, crew.user)
	case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}")
	assert standing(case.name) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])


def test_nobody_fit_leaves_the_case_new_and_says_so_once(crew):
	rule = make_rule(crew.lead)
	case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}")
	case.impact = "Low"
	case.save()
	assert standing(case.name) == ("New", None, [], [])
	said = frappe.get_all("Comment", {"reference_name": case.name, "comment_type": "Info"}, pluck="content")
	assert len(said) == 1 and "Press Assign Engineer" in said[0] and rule.name in said[0]


def test_a_case_without_customer_is_assigned_once_it_has_one(crew):
	rule = make_rule(crew.user)
	case = factories.make_service_request(customer=None, team=crew.team, subject=f"Fan {rule.mark}")
	assert standing(case.name) == ("New", None, [], [])
	case.customer = factories.make_customer().name
	case.save()
	assert standing(case.name) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])


def test_a_rule_that_lets_go_hands_over_only_to_somebody(crew):
	second = factories.make_service_engineer(team=crew.team)
	rule = make_rule(crew.user)
	case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}")
	frappe.db.set_value("Assignment Rule", rule.name, "unassign_condition", "impact == 'Low'")
	frappe.db.set_value("Assignment Rule", rule.name, "assign_condition", "False")
	frappe.clear_document_cache("Assignment Rule", rule.name)
	case.impact = "Low"
	case.save()
	assert standing(case.name) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])
	make_rule(second.user, assign_condition=f"'{rule.mark}' in subject")
	case.impact = "High"
	case.save()
	assert standing(case.name)[1:3] == (crew.engineer.name, [crew.user]), "nothing let go"
	case.impact = "Low"
	case.save()
	assert standing(case.name) == ("Assigned", second.name, [second.user], ["assign", "reassign"])


def test_steps_by_hand_are_not_undone_by_the_rule(crew):
	"""Frappe opens all closed tasks of a document again whenever a document with a rule is saved."""
	rule = make_rule(crew.user)
	case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}").name
	other = factories.make_service_engineer(team=crew.team)
	move(case, "reassign", engineer=other.name, reason="Ill")
	move(case, "start")
	assert standing(case)[:3] == ("In Progress", other.name, [other.user])
	move(case, "resolve", values={"cause": "Fan", "solution": "Cleaned", "resolution": "Runs"})
	doc = frappe.get_doc(CASE, case)
	doc.prevention = "Clean the fan"
	doc.save()
	assert standing(case)[:3] == ("Resolved", other.name, [])
	finished = {"reference_name": case, "comment_type": "Assignment Completed"}
	assert frappe.db.count("Comment", finished) == 2, "each of the two tasks ended once"


def test_a_rule_that_was_deleted_keeps_no_case_from_ending(crew):
	"""Frappe lets a rule be deleted whose tasks are open (frappe/frappe#33483)."""
	rule = make_rule(crew.user)
	case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}").name
	frappe.delete_doc("Assignment Rule", rule.name)
	other = factories.make_service_engineer(team=crew.team)
	move(case, "reassign", engineer=other.name, reason="Ill")
	assert standing(case)[1:3] == (other.name, [other.user])


def test_applied_from_the_list_by_who_may(crew):
	rule = make_rule(crew.user, assign_condition=f"name == '{crew.case}'")
	frappe.set_user(crew.user)
	refused(
		frappe.PermissionError,
		"Ask to Take It",
		lambda: assignment_rule.bulk_apply(CASE, json.dumps([crew.case])),
	)
	frappe.set_user(crew.lead)
	assignment_rule.bulk_apply(CASE, json.dumps([crew.case]))
	assert rule and standing(crew.case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])


def test_who_saves_a_rule_is_told_whom_it_passes_over(crew):
	frappe.clear_messages()
	make_rule(crew.lead, crew.user)
	told = " ".join(str(message) for message in frappe.get_message_log())
	assert frappe.utils.get_fullname(crew.lead) in told and "no active Service Engineers" in told
	assert frappe.utils.get_fullname(crew.user) not in told
