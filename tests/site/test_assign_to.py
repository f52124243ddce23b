"""Frappe's *Assign To* on a case is its assignment: one engineer, state Assigned, once."""

import json

import frappe
import pytest
from frappe.desk.form import assign_to
from frappe.model.document import Document

from support_service.permissions.named_links import HiddenLinkError
from support_service.support_service.api import move
from support_service.support_service.assignments.assign_many import NothingAssignedError
from support_service.support_service.errors import TaskFollowsCaseError
from tests import factories
from tests.site.assignment_world import CASE, give, make_crew, refused, standing


@pytest.fixture
def crew():
	return make_crew()


def test_the_sidebar_assigns(crew):
	frappe.set_user(crew.lead)
	shown = give(crew.case, crew.user, description="Take the spare fan")
	assert [row.owner for row in shown] == [crew.user]
	assert standing(crew.case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])
	note = frappe.db.get_value("ToDo", {"reference_name": crew.case, "status": "Open"}, "description")
	assert note == "Take the spare fan"


def test_the_list_assigns_several(crew):
	cases = [crew.case, *(factories.make_service_request(team=crew.team).name for _ in range(2))]
	frappe.set_user(crew.lead)
	give_many(cases, crew.user)
	for case in cases:
		assert standing(case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])


def test_the_list_names_those_that_cannot_be_assigned_and_assigns_the_others(crew):
	other = factories.make_service_engineer(team=crew.team)
	taken, free = (factories.make_service_request(team=crew.team).name for _ in range(2))
	frappe.set_user(crew.lead)
	give(taken, crew.user)
	before = notified(other.user)
	frappe.clear_messages()
	give_many([free, taken, crew.case], other.user)
	assert standing(free)[1] == standing(crew.case)[1] == other.name
	assert standing(taken)[1] == crew.engineer.name
	(said,) = frappe.get_message_log()
	assert said["title"] == "1 of 3 were not assigned" and said["message"].startswith(f"{taken}: ")
	assert notified(other.user) - before == 2


def test_the_list_says_that_nothing_was_assigned(crew):
	frappe.set_user(crew.lead)
	give(crew.case, crew.user)
	other = factories.make_service_engineer(team=crew.team)
	with pytest.raises(NothingAssignedError, match=f"^{crew.case}: "):
		give_many([crew.case], other.user)
	assert not notified(other.user)
	frappe.set_user(factories.make_user("Service Desk Agent").name)
	with pytest.raises(frappe.PermissionError, match="Ask the After-Sales Lead"):
		give_many([factories.make_service_request(team=crew.team).name], other.user)


def test_the_list_of_others_documents_is_frappes(crew):
	note = factories.insert("Note", {"title": factories.unique("Note"), "public": 1}, {}).name
	give_many([note], crew.user, doctype="Note")
	assert frappe.db.exists("ToDo", {"reference_name": note, "allocated_to": crew.user})


def give_many(names, user, doctype=CASE):
	"""As the list calls it."""
	function = frappe.override_whitelisted_method("frappe.desk.form.assign_to.add_multiple")
	args = {
		"doctype": doctype,
		"name": json.dumps(names),
		"assign_to": json.dumps([user]),
		"bulk_assign": "true",
	}
	frappe.get_attr(function)(args)


def notified(user):
	return frappe.db.count("Notification Log", {"for_user": user, "type": "Assignment"})


def test_a_task_typed_in_its_own_form_assigns(crew):
	frappe.set_user(crew.lead)
	frappe.get_doc(
		{
			"doctype": "ToDo",
			"allocated_to": crew.user,
			"assigned_by": crew.lead,
			"reference_type": CASE,
			"reference_name": crew.case,
			"description": "go",
		}
	).insert()
	assert standing(crew.case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])


def test_our_own_assignment_makes_one_task(crew):
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
def test_who_may_not_assign_may_not_here(crew, who, error, words):
	user = {
		"agent": lambda: factories.make_user("Service Desk Agent").name,
		"engineer": lambda: crew.user,
		"outsider": lambda: factories.make_user("Stock User").name,
	}[who]()
	frappe.set_user(user)
	task = {
		"doctype": "ToDo",
		"allocated_to": crew.user,
		"assigned_by": user,
		"reference_type": CASE,
		"reference_name": crew.case,
		"description": "go",
	}
	refused(error, words, lambda: frappe.get_doc(task).insert())
	if who != "outsider":
		refused(error, words, lambda: give(crew.case, crew.user))
	frappe.set_user("Administrator")
	assert standing(crew.case) == ("New", None, [], [])


def task_on(doctype: str, name: str, **values: str) -> Document:
	"""As a client posts it."""
	named = {"reference_type": doctype, "reference_name": name}
	known = {"description": "go", "assigned_by": frappe.session.user}
	return frappe.get_doc({"doctype": "ToDo", **known, **named, **values})


def documents_of_ours() -> dict[str, str]:
	visit = factories.make_engineer_visit()
	return {
		CASE: visit.service_request,
		"Engineer Visit": visit.name,
		"Installed Unit": factories.make_installed_unit().name,
		"Service Contract": factories.make_service_contract().name,
	}


@pytest.mark.parametrize("doctype", [CASE, "Engineer Visit", "Installed Unit", "Service Contract"])
def test_a_task_tells_nothing_of_a_document_its_writer_may_not_see(doctype):
	"""The right person, a wrong one and nobody, on a document that is there and on one that is not: the same words."""
	name = documents_of_ours()[doctype]
	engineer = (
		frappe.db.get_value(doctype, name, "engineer_user") if doctype in (CASE, "Engineer Visit") else None
	)
	other = factories.make_service_engineer().user
	editor = factories.make_user("Knowledge Base Editor").name
	frappe.set_user(editor)
	for whom in (engineer, other, editor, None):
		refused(
			HiddenLinkError,
			f"no {doctype} {name} that you may see",
			task_on(doctype, name, allocated_to=whom).insert,
		)
	refused(
		HiddenLinkError,
		f"no {doctype} XX-1 that you may see",
		task_on(doctype, "XX-1", allocated_to=other).insert,
	)
	frappe.set_user("Administrator")
	assert not frappe.db.exists("ToDo", {"reference_name": name, "allocated_to": ("in", (other, editor))})
	assert not frappe.db.exists("Comment", {"reference_name": name, "comment_email": editor})


def test_nor_does_a_task_that_is_changed(crew):
	frappe.set_user(crew.lead)
	give(crew.case, crew.user)
	editor = factories.make_user("Knowledge Base Editor").name
	frappe.set_user(editor)
	own = task_on("", "", allocated_to=crew.user).insert()
	own.update({"reference_type": CASE, "reference_name": crew.case})
	refused(HiddenLinkError, "that you may see", own.save)
	# one from when the case was theirs
	frappe.db.set_value(
		"ToDo", own.name, {"reference_type": CASE, "reference_name": crew.case, "allocated_to": editor}
	)
	for change in ({"allocated_to": crew.user}, {"allocated_to": crew.lead}):
		own = frappe.get_doc("ToDo", own.name)
		own.update(change)
		refused(HiddenLinkError, "that you may see", own.save)
	own = frappe.get_doc("ToDo", own.name)
	own.status = "Closed"  # the control: it may be ended, and not begin again
	own.save()
	own.status = "Open"
	refused(HiddenLinkError, "that you may see", own.save)


def test_whoever_sees_a_visit_hears_who_goes():
	visit = factories.make_engineer_visit()
	other = factories.make_service_engineer().user
	frappe.set_user(factories.make_user("Service Manager").name)
	frappe.clear_messages()
	task_on("Engineer Visit", visit.name, allocated_to=other).insert()
	assert visit.engineer_name in str(frappe.local.message_log)


@pytest.mark.parametrize("whom", ["agent", "inactive"])
def test_nobody_but_an_active_engineer(crew, whom):
	user = factories.make_user("Service Desk Agent").name
	if whom == "inactive":
		user = factories.make_service_engineer(team=crew.team, active=0).user
	frappe.set_user(crew.lead)
	refused(TaskFollowsCaseError, "Press Assign Engineer", lambda: give(crew.case, user))
	assert standing(crew.case) == ("New", None, [], [])


def test_a_case_without_customer_says_what_is_missing(crew):
	case = factories.make_service_request(customer=None, team=crew.team).name
	frappe.set_user(crew.lead)
	refused(frappe.ValidationError, "please fill in: Customer", lambda: give(case, crew.user))


def test_a_second_person(crew):
	other = factories.make_service_engineer(team=crew.team).user
	frappe.set_user(crew.lead)
	refused(TaskFollowsCaseError, "one engineer", lambda: give(crew.case, crew.user, other))
	assert standing(crew.case) == ("New", None, [], [])
	give(crew.case, crew.user)
	refused(TaskFollowsCaseError, "press Assign Another Engineer", lambda: give(crew.case, other))
	assert standing(crew.case)[1:3] == (crew.engineer.name, [crew.user])


def test_the_task_is_ended_by_the_case_alone(crew):
	frappe.set_user(crew.lead)
	give(crew.case, crew.user)
	words = "closes by itself when the request is resolved"
	refused(TaskFollowsCaseError, words, lambda: assign_to.remove(CASE, crew.case, crew.user))
	refused(TaskFollowsCaseError, words, lambda: assign_to.remove_multiple(CASE, json.dumps([crew.case])))
	frappe.set_user(crew.user)
	refused(TaskFollowsCaseError, words, lambda: assign_to.close(CASE, crew.case, crew.user))
	todo = frappe.get_doc("ToDo", {"reference_name": crew.case})
	refused(TaskFollowsCaseError, words, todo.delete)
	frappe.set_user(crew.lead)
	for change in ({"status": "Closed"}, {"allocated_to": crew.lead}, {"reference_name": None}):
		todo = frappe.get_doc("ToDo", todo.name)
		todo.update(change)
		refused(TaskFollowsCaseError, words, todo.save)
	assert standing(crew.case) == ("Assigned", crew.engineer.name, [crew.user], ["assign"])


def test_what_follows_as_before(crew):
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


def test_a_task_for_nobody_in_particular_is_free(crew):
	task = {"doctype": "ToDo", "reference_type": CASE, "reference_name": crew.case, "description": "x"}
	todo = frappe.get_doc(task).insert()
	todo.status = "Closed"
	todo.save()
	assert standing(crew.case) == ("New", None, [], [])


def test_the_search_of_the_task_list_still_reads_it(crew):
	frappe.set_user(crew.lead)
	give(crew.case, crew.user)
	frappe.set_user(crew.user)
	assert frappe.get_list("ToDo", {"reference_name": crew.case}, pluck="status") == ["Open"]
	assert frappe.get_list(CASE, {"_assign": ("like", f"%{crew.user}%")}, pluck="name") == [crew.case]
