"""Problem records and improvements on a real site."""

from typing import Any

import frappe
import pytest
from frappe.utils import add_days, nowdate

from support_service.service_feedback import api, improvements
from support_service.service_feedback.problems import problems, proposals
from support_service.support_service import moves
from tests import factories

SAID = (
	"Fan stops after ten minutes",
	"Fan stopped after ten minutes, hot",
	"After ten minutes the fan stops",
)


@pytest.fixture
def crew():
	lead = factories.make_user("After-Sales Lead").name
	team = factories.make_service_team(lead=lead).name
	engineer = factories.make_service_engineer(team=team)
	return frappe._dict(lead=lead, team=team, engineer=engineer, item=factories.make_item().name)


def make_case(crew: Any, subject: str, **values: Any) -> Any:
	unit = factories.make_installed_unit(item_code=crew.item, customer=factories.make_customer().name)
	given = {"customer": unit.customer, "installed_unit": unit.name, "team": crew.team, "subject": subject}
	return factories.make_service_request(**{**given, **values})


def make_problem(crew: Any, **values: Any) -> Any:
	given = {
		"title": "Fan stops when hot",
		"item_code": crew.item,
		"responsible": crew.lead,
		"status": "In Analysis",
	}
	return factories.insert(problems.PROBLEM, given, values)


def propose(crew: Any, least: int = 3) -> list[str]:
	return proposals.propose(crew.item, least, add_days(nowdate(), -180))


class TestProposals:
	def test_the_same_fault_three_times_is_proposed_once(self, crew):
		cases = [make_case(crew, said).name for said in SAID]
		make_case(crew, "Display stays dark")
		[name] = propose(crew)
		problem = frappe.get_doc(problems.PROBLEM, name)
		assert (problem.status, problem.proposed, problem.item_code) == ("Proposed", 1, crew.item)
		assert [row.service_request for row in problem.cases] == cases
		assert all(row.installed_unit for row in problem.cases)
		assert propose(crew) == []
		told = {"document_type": problems.PROBLEM, "document_name": name}
		assert frappe.get_all("Notification Log", told, pluck="for_user") == [crew.lead]

	def test_twice_is_not_three_times_and_another_product_another_fault(self, crew):
		for said in SAID[:2]:
			make_case(crew, said)
		other = frappe._dict(crew, item=factories.make_item().name)
		make_case(other, SAID[2])
		assert propose(crew) == []

	def test_cancelled_ones_and_questions_do_not_count(self, crew):
		for said in SAID[:2]:
			make_case(crew, said)
		make_case(crew, SAID[2], request_type="Inquiry")
		gone = make_case(crew, SAID[2]).name
		moves.apply_move(gone, "cancel", reason="Mistake")
		assert propose(crew) == []

	def test_the_fourth_joins_the_problem(self, crew):
		for said in SAID:
			make_case(crew, said)
		[name] = propose(crew)
		fourth = make_case(crew, "The fan stops after some ten minutes").name
		assert propose(crew) == []
		assert problems.problem_of(fourth) == name

	def test_what_was_rejected_is_not_proposed_again(self, crew):
		for said in SAID:
			make_case(crew, said)
		problem = frappe.get_doc(problems.PROBLEM, propose(crew)[0])
		problem.update({"status": "Rejected", "rejected_why": "Three rooms without cooling"})
		problem.save()
		assert propose(crew) == []

	def test_the_sweep_finds_the_products_by_itself(self, crew):
		for said in SAID:
			make_case(crew, said)
		least, since = proposals._wanted()
		assert least == 3 and crew.item in proposals._products(least, since)


class TestProblems:
	@pytest.mark.parametrize(
		("values", "missing"),
		[
			({"status": "Known"}, "root cause or a workaround"),
			({"status": "Fixed"}, "Permanent Fix"),
			({"status": "Fixed", "permanent_fix": "<p><br></p>"}, "Permanent Fix"),
			({"status": "Rejected"}, "Why Rejected"),
			({"responsible": None}, "Responsible"),
		],
	)
	def test_each_state_says_what_it_needs(self, crew, values, missing):
		with pytest.raises((problems.ProblemIncompleteError, frappe.MandatoryError), match=missing):
			make_problem(crew, **values)

	def test_a_request_belongs_to_one_problem(self, crew):
		case = make_case(crew, SAID[0]).name
		first, second = make_problem(crew), make_problem(crew)
		for _ in range(2):
			problems.link(first.name, case)
		assert [row.service_request for row in first.reload().cases] == [case]
		with pytest.raises(problems.CaseLinkedError):
			problems.link(second.name, case)
		problems.unlink(case)
		problems.link(second.name, case)
		assert problems.problem_of(case) == second.name

	def test_whoever_handles_the_next_request_sees_it(self, crew):
		known = make_problem(
			crew, status="Known", workaround="<p>Open the lid.</p>", fault="Fan stops, ten minutes"
		)
		make_problem(crew, title="Display dark", fault="Screen stays dark")
		make_problem(crew, title="Fan stops", item_code=factories.make_item().name)
		case = make_case(crew, SAID[0]).name
		frappe.set_user(crew.engineer.user)
		[shown] = api.problems_of(case)
		assert (shown["name"], shown["linked"]) == (known.name, False)
		assert "Open the lid." in shown["workaround"]
		api.link_problem(case, known.name)
		[shown] = api.problems_of(case)
		assert (shown["linked"], shown["requests"]) == (True, 1)

	def test_a_stranger_to_the_request_cannot_link_it(self, crew):
		problem, case = make_problem(crew), make_case(crew, SAID[0]).name
		frappe.set_user(factories.make_service_engineer().user)
		with pytest.raises(frappe.PermissionError):
			api.link_problem(case, problem.name)

	def test_who_works_on_it_is_told_once_that_it_is_fixed(self, crew):
		problem = make_problem(crew)
		case, closed = make_case(crew, SAID[0]).name, make_case(crew, SAID[1]).name
		moves.apply_move(case, "assign", engineer=crew.engineer.name, by_app=True)
		moves.apply_move(closed, "cancel", reason="Mistake")
		for name in (case, closed):
			problems.link(problem.name, name)
		problem.reload().update({"status": "Fixed", "permanent_fix": "Firmware 4.2"})
		problem.save()
		problem.reload().save()
		told = {"document_type": problems.PROBLEM, "document_name": problem.name}
		assert frappe.get_all("Notification Log", told, pluck="for_user") == [crew.engineer.user]
		assert problem.fixed_on and all(row.told for row in problem.reload().cases)


class TestImprovements:
	def make(self, crew: Any, **values: Any) -> Any:
		given = {
			"title": "Engineers call before they leave",
			"responsible": crew.engineer.user,
			"due_on": add_days(nowdate(), 7),
			"measure": "A checklist",
			"team": crew.team,
		}
		return factories.insert(improvements.IMPROVEMENT, given, values)

	def test_it_knows_whose_it_is_and_who_answers_for_it_is_told(self, crew):
		case = make_case(crew, SAID[0])
		made = self.make(crew, service_request=case.name, team=None)
		assert (made.customer, made.team, made.status) == (case.customer, crew.team, "Open")
		told = {"document_type": improvements.IMPROVEMENT, "document_name": made.name}
		assert frappe.get_all("Notification Log", told, pluck="for_user") == [crew.engineer.user]

	def test_done_and_proved_by_two_people(self, crew):
		made = self.make(crew)
		frappe.set_user(crew.engineer.user)
		assert api.improvement_step(made.name, "done", "The checklist is there") == "Done"
		with pytest.raises(improvements.OwnProofError):
			api.improvement_step(made.name, "prove", "No complaint since")
		frappe.set_user(crew.lead)
		assert api.improvement_step(made.name, "prove", "No complaint in a month") == "Proved"
		made.reload()
		assert (made.done_by, made.proved_by) == (crew.engineer.user, crew.lead)
		assert api.improvement_step(made.name, "again", "It came back") == "Open"
		assert made.reload().proof is None

	@pytest.mark.parametrize(
		("action", "text"), [("prove", "x"), ("done", " "), ("again", "x"), ("fly", "x")]
	)
	def test_a_step_out_of_turn_or_without_words_is_refused(self, crew, action, text):
		made = self.make(crew)
		with pytest.raises(frappe.ValidationError):
			api.improvement_step(made.name, action, text)
		assert made.reload().status == "Open"

	@pytest.mark.parametrize("values", [{"status": "Proved"}, {"proof": "x"}, {"done_by": "Administrator"}])
	def test_what_the_steps_write_is_not_typed(self, crew, values):
		made = self.make(crew)
		made.update(values)
		with pytest.raises(improvements.ImprovementStateError):
			made.save()
		with pytest.raises(improvements.ImprovementStateError):
			self.make(crew, **values)

	def test_a_late_one_is_reminded_of_once_a_week(self, crew):
		made = self.make(crew)
		made.db_set("due_on", add_days(nowdate(), -1))
		assert made.name in improvements.late()
		improvements.remind_of(made.name)
		assert made.name not in improvements.late()
		told = {"document_name": made.name, "subject": ("like", "%late%")}
		assert sorted(frappe.get_all("Notification Log", told, pluck="for_user")) == sorted(
			[crew.engineer.user, crew.lead]
		)
		made.db_set("reminded_on", add_days(nowdate(), -7))
		assert made.name in improvements.late()
