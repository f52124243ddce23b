"""Frappe's *Assign To* and Assignment Rules on a case are its assignment: one engineer, state Assigned, once."""

import json

import frappe
import pytest
from frappe.automation.doctype.assignment_rule import assignment_rule
from frappe.desk.form import assign_to

from support_service.permissions.named_links import HiddenLinkError
from support_service.support_service.api import move
from support_service.support_service.errors import TaskFollowsCaseError
from tests import factories

CASE = "Service Request"


@pytest.fixture
def crew():
	"""A team with lead and engineer, a new case of it, and what other people there are."""
	lead = factories.make_user("After-Sales Lead").name
	team = factories.make_service_team(lead=lead).name
	engineer = factories.make_service_engineer(team=team)
	case = factories.make_service_request(team=team)
	return frappe._dict(lead=lead, team=team, engineer=engineer, user=engineer.user, case=case.name)


def give(case: str, *users: str, **more: str) -> list:
	"""What the sidebar, and REST, call."""
	return assign_to.add({"doctype": CASE, "name": case, "assign_to": json.dumps(users), **more})


def standing(case: str) -> tuple[str, str | None, list[str], list[str]]:
	"""State, engineer, whose open tasks there are, and how often the case was assigned."""
	state, engineer = frappe.db.get_value(CASE, case, ["status", "engineer"])
	tasks = frappe.get_all(
		"ToDo", {"reference_name": case, "status": "Open"}, pluck="allocated_to", order_by="creation"
	)
	moves = frappe.get_all(
		"Service Request Move", {"request": case, "action": ("!=", "create")}, pluck="action", order_by="creation"
	)
	assert tasks == list(reversed(json.loads(frappe.db.get_value(CASE, case, "_assign") or "[]")))
	return state, engineer, tasks, moves


def refused(error: type[Exception], words: str, act) -> None:
	"""`act` raises `error` with `words`; what it had written is undone, as at the end of a request."""
	frappe.db.savepoint("refused")
	with pytest.raises(error, match=words):
		act()
	frappe.db.rollback(save_point="refused")
	frappe.clear_messages()


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
		},
		overrides,
	)
	rule.mark = mark
	return rule


@pytest.fixture(autouse=True)
def forget_rules():
	"""Frappe keeps which rules there are in Redis, also after this test's rows are rolled back."""
	yield
	frappe.db.rollback()
	frappe.cache.delete_value("assignment_rule_map")
	frappe.clear_cache(doctype="Assignment Rule")


class TestByHand:
	def test_the_sidebar_assigns(self, crew):
		frappe.set_user(crew.lead)
		shown = give(crew.case, crew.user, description="Take the spare fan")
		assert [row.owner for row in shown] == [crew.user]
		assert standing(crew.case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])
		note = frappe.db.get_value("ToDo", {"reference_name": crew.case, "status": "Open"}, "description")
		assert note == "Take the spare fan"

	def test_the_list_assigns_several(self, crew):
		cases = [crew.case, *(factories.make_service_request(team=crew.team).name for _ in range(2))]
		frappe.set_user(crew.lead)
		assign_to.add_multiple(
			{"doctype": CASE, "name": json.dumps(cases), "assign_to": json.dumps([crew.user])}
		)
		for case in cases:
			assert standing(case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])

	def test_a_task_typed_in_its_own_form_assigns(self, crew):
		frappe.set_user(crew.lead)
		frappe.get_doc(
			{
				"doctype": "ToDo",
				"allocated_to": crew.user,
				"reference_type": CASE,
				"reference_name": crew.case,
				"description": "go",
			}
		).insert()
		assert standing(crew.case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])

	def test_our_own_assignment_makes_one_task(self, crew):
		frappe.set_user(crew.lead)
		move(crew.case, "assign", engineer=crew.engineer.name)
		assert standing(crew.case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])
		give(crew.case, crew.user)
		assert standing(crew.case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])

	@pytest.mark.parametrize(
		("who", "error", "words"),
		[
			("agent", frappe.PermissionError, "Ask the After-Sales Lead"),
			("engineer", frappe.PermissionError, "press Ask to Take It"),
			("outsider", HiddenLinkError, "that you may see"),
		],
	)
	def test_who_may_not_assign_may_not_here(self, crew, who, error, words):
		user = {
			"agent": lambda: factories.make_user("Service Desk Agent").name,
			"engineer": lambda: crew.user,
			"outsider": lambda: factories.make_user("Stock User").name,
		}[who]()
		frappe.set_user(user)
		task = {
			"doctype": "ToDo",
			"allocated_to": crew.user,
			"reference_type": CASE,
			"reference_name": crew.case,
			"description": "go",
		}
		refused(error, words, lambda: frappe.get_doc(task).insert())
		if who != "outsider":
			refused(error, words, lambda: give(crew.case, crew.user))
		frappe.set_user("Administrator")
		assert standing(crew.case) == ("New", None, [], [])

	def test_a_foreign_case_and_one_that_is_not_there_sound_alike(self, crew):
		frappe.set_user(factories.make_user("Stock User").name)
		for name in (crew.case, "SR-1999-00001"):
			task = {"doctype": "ToDo", "reference_type": CASE, "reference_name": name, "description": "x"}
			refused(
				HiddenLinkError,
				f"there is no Service Request {name} that you may see",
				lambda task=task: frappe.get_doc(task | {"allocated_to": crew.user}).insert(),
			)

	@pytest.mark.parametrize("whom", ["agent", "inactive"])
	def test_nobody_but_an_active_engineer(self, crew, whom):
		user = factories.make_user("Service Desk Agent").name
		if whom == "inactive":
			user = factories.make_service_engineer(team=crew.team, active=0).user
		frappe.set_user(crew.lead)
		refused(TaskFollowsCaseError, "Press Assign Engineer", lambda: give(crew.case, user))
		assert standing(crew.case) == ("New", None, [], [])

	def test_a_case_without_customer_says_what_is_missing(self, crew):
		case = factories.make_service_request(customer=None, team=crew.team).name
		frappe.set_user(crew.lead)
		refused(frappe.ValidationError, "please fill in: Customer", lambda: give(case, crew.user))

	def test_a_second_person(self, crew):
		other = factories.make_service_engineer(team=crew.team).user
		frappe.set_user(crew.lead)
		refused(TaskFollowsCaseError, "one engineer", lambda: give(crew.case, crew.user, other))
		assert standing(crew.case) == ("New", None, [], [])
		give(crew.case, crew.user)
		refused(TaskFollowsCaseError, "press Assign Another Engineer", lambda: give(crew.case, other))
		assert standing(crew.case)[1:3] == (crew.engineer.name, [crew.user])

	def test_the_task_is_ended_by_the_case_alone(self, crew):
		frappe.set_user(crew.lead)
		give(crew.case, crew.user)
		words = "closes by itself when the request is resolved"
		refused(TaskFollowsCaseError, words, lambda: assign_to.remove(CASE, crew.case, crew.user))
		refused(
			TaskFollowsCaseError, words, lambda: assign_to.remove_multiple(CASE, json.dumps([crew.case]))
		)
		frappe.set_user(crew.user)
		refused(TaskFollowsCaseError, words, lambda: assign_to.close(CASE, crew.case, crew.user))
		todo = frappe.get_doc("ToDo", {"reference_name": crew.case})
		refused(TaskFollowsCaseError, words, todo.delete)
		for change in ({"status": "Closed"}, {"allocated_to": crew.lead}, {"reference_name": None}):
			todo.reload()
			todo.update(change)
			refused(TaskFollowsCaseError, words, todo.save)
		assert standing(crew.case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])

	def test_what_follows_as_before(self, crew):
		frappe.set_user(crew.lead)
		give(crew.case, crew.user)
		other = factories.make_service_engineer(team=crew.team)
		move(crew.case, "reassign", engineer=other.name, reason="Ill")
		assert standing(crew.case)[1:3] == (other.name, [other.user])
		move(crew.case, "start")
		move(crew.case, "resolve", values={"cause": "Fan", "solution": "Cleaned", "resolution": "Runs"})
		assert standing(crew.case)[2] == []
		refused(TaskFollowsCaseError, "press Reopen", lambda: give(crew.case, other.user))
		move(crew.case, "reopen", reason="Again")
		assert standing(crew.case)[2] == [other.user]
		move(crew.case, "cancel", reason="Not needed")
		refused(TaskFollowsCaseError, "Open a new request", lambda: give(crew.case, other.user))

	def test_a_task_for_nobody_in_particular_is_free(self, crew):
		task = {"doctype": "ToDo", "reference_type": CASE, "reference_name": crew.case, "description": "x"}
		todo = frappe.get_doc(task).insert()
		todo.status = "Closed"
		todo.save()
		assert standing(crew.case) == ("New", None, [], [])

	def test_the_search_of_the_task_list_still_reads_it(self, crew):
		frappe.set_user(crew.lead)
		give(crew.case, crew.user)
		frappe.set_user(crew.user)
		assert frappe.get_list("ToDo", {"reference_name": crew.case}, pluck="status") == ["Open"]
		assert frappe.get_list(CASE, {"_assign": ("like", f"%{crew.user}%")}, pluck="name") == [crew.case]


class TestRules:
	def test_round_robin(self, crew):
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

	def test_the_ledger_names_the_rule(self, crew):
		rule = make_rule(crew.user)
		case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}")
		row = frappe.get_last_doc("Service Request Move", {"request": case.name, "action": "assign"})
		assert (row.reference_doctype, row.reference_name) == ("Assignment Rule", rule.name)
		assert rule.name in row.reason

	def test_whoever_opens_the_case_needs_no_right_to_assign(self, crew):
		rule = make_rule(crew.user)
		frappe.set_user(factories.make_user("Service Desk Agent").name)
		case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}")
		assert standing(case.name)[:2] == ("Assigned", crew.engineer.name)

	def test_naming_a_rule_gives_nobody_its_rights(self, crew):
		rule = make_rule(crew.user)
		frappe.set_user(factories.make_user("Service Desk Agent").name)
		refused(
			frappe.PermissionError,
			"Ask the After-Sales Lead",
			lambda: give(crew.case, crew.user, assignment_rule=rule.name),
		)

	def test_one_who_left_is_passed_over(self, crew):
		gone = factories.make_service_engineer(team=crew.team, active=0)
		disabled = factories.make_service_engineer(team=crew.team)
		frappe.db.set_value("User", disabled.user, "enabled", 0)
		rule = make_rule(gone.user, disabled.user, crew.user)
		case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}")
		assert standing(case.name) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])

	def test_nobody_fit_leaves_the_case_new_and_says_so_once(self, crew):
		rule = make_rule(crew.lead)
		case = factories.make_service_request(team=crew.team, subject=f"Fan {rule.mark}")
		case.impact = "Low"
		case.save()
		assert standing(case.name) == ("New", None, [], [])
		said = frappe.get_all("Comment", {"reference_name": case.name, "comment_type": "Info"}, pluck="content")
		assert len(said) == 1 and "Press Assign Engineer" in said[0] and rule.name in said[0]

	def test_a_case_without_customer_is_assigned_once_it_has_one(self, crew):
		rule = make_rule(crew.user)
		case = factories.make_service_request(customer=None, team=crew.team, subject=f"Fan {rule.mark}")
		assert standing(case.name) == ("New", None, [], [])
		case.customer = factories.make_customer().name
		case.save()
		assert standing(case.name) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])

	def test_a_rule_that_lets_go_hands_over_only_to_somebody(self, crew):
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

	def test_steps_by_hand_are_not_undone_by_the_rule(self, crew):
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

	def test_applied_from_the_list_by_who_may(self, crew):
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

	def test_who_saves_a_rule_is_told_whom_it_passes_over(self, crew):
		frappe.clear_messages()
		make_rule(crew.lead, crew.user)
		told = " ".join(str(message) for message in frappe.get_message_log())
		assert frappe.utils.get_fullname(crew.lead) in told and "no active Service Engineers" in told
		assert frappe.utils.get_fullname(crew.user) not in told
