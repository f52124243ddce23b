"""Surveys on a real site: what is asked, what a low score leads to, surveys at intervals, results, old answers."""

import email
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, now_datetime, nowdate

from support_service.patches.v0_8 import questions_of_surveys
from support_service.service_feedback import api, periodic, surveys
from support_service.service_feedback import survey_rules as rules
from support_service.service_feedback.report.survey_results import survey_results
from support_service.support_service import moves
from tests import factories

RESULT = {"cause": "Worn belt", "solution": "Belt replaced", "resolution": "It runs."}
PHONE = "+86 10 5555 0142"


@pytest.fixture
def crew():
	lead = factories.make_user("After-Sales Lead").name
	team = factories.make_service_team(lead=lead).name
	return frappe._dict(lead=lead, team=team, engineer=factories.make_service_engineer(team=team))


def make_template(*questions: dict[str, Any], **values: Any) -> Any:
	"""Of a language of its own, so that nobody else's surveys use it."""
	defaults = {"title": factories.unique("Survey"), "questions": list(questions)}
	return factories.insert("Service Survey Template", defaults, values)


def asked(kind: str, **values: Any) -> dict[str, Any]:
	return {"question": f"How about {kind}?", "kind": kind, **values}


def resolved(crew: Any, **values: Any) -> tuple[str, Any]:
	"""A resolved case and its open survey."""
	values = {"contact_email": "customer@example.com", "contact_name": "Li Wei", **values}
	case = factories.make_service_request(team=crew.team, **values).name
	moves.apply_move(case, "assign", engineer=crew.engineer.name, by_app=True)
	moves.apply_move(case, "start", by_app=True)
	moves.apply_move(case, "resolve", values=RESULT, by_app=True)
	return case, frappe.get_doc(surveys.SURVEY, surveys.open_survey_of(case))


def answer(survey: str, **values: Any) -> Any:
	"""In a session that is nobody's of the desk, as behind the link."""
	frappe.set_user("Guest")
	try:
		return surveys.answer(survey, via="Link", by="customer@example.com", **values)
	finally:
		frappe.set_user("Administrator")


def of_type(**values: Any) -> dict[str, Any]:
	"""A template for requests of a type that no other test uses."""
	return {"request_type": "Upgrade", **values}


class TestWhatIsAsked:
	def test_without_a_template_the_app_asks_for_satisfaction(self, crew):
		_case, survey = resolved(crew)
		assert [row.kind for row in survey.answers] == [rules.SATISFACTION]
		assert (survey.occasion, survey.template) == (rules.AFTER_REQUEST, None)

	def test_the_template_that_fits_best_is_asked_in_the_customers_language(self, crew):
		any_language = make_template(asked(rules.EFFORT), **of_type())
		chinese = make_template(asked(rules.RECOMMENDATION), **of_type(language="zh"))
		customer = factories.make_customer(language="zh").name
		_case, survey = resolved(crew, request_type="Upgrade", customer=customer)
		assert (survey.template, survey.language) == (chinese.name, "zh")
		_case, survey = resolved(crew, request_type="Upgrade")
		assert survey.template == any_language.name
		_case, survey = resolved(crew, request_type="Training")
		assert survey.template is None

	def test_the_apps_own_question_is_in_the_customers_language(self, crew):
		customer = factories.make_customer(language="zh").name
		_case, survey = resolved(crew, customer=customer)
		assert survey.language == "zh"
		assert survey.answers[0].question != rules.BUILT_IN[rules.AFTER_REQUEST][0].question

	def test_a_changed_template_changes_no_survey_under_way(self, crew):
		template = make_template(asked(rules.EFFORT), **of_type())
		_case, survey = resolved(crew, request_type="Upgrade")
		template.questions[0].question = "Something else?"
		template.save()
		done = answer(survey.name, satisfied=True, answers={0: "6"})
		row = done.reload().answers[0]
		assert (row.question, row.number, row.answered) == (f"How about {rules.EFFORT}?", 6, 1)

	def test_answers_are_stored_beside_their_questions(self, crew):
		make_template(
			asked(rules.SATISFACTION),
			asked(rules.CHOICE, choices="Phone\nMail"),
			asked(rules.WORDS),
			asked(rules.YES_NO),
			**of_type(),
		)
		case, survey = resolved(crew, request_type="Upgrade")
		done = answer(survey.name, satisfied=True, answers={0: 5, 1: "Mail", 3: "0"}, comment="Thanks")
		assert [(row.answered, row.answer) for row in done.answers] == [
			(1, "5"),
			(1, "Mail"),
			(0, None),
			(1, "No"),
		]
		assert (done.score, done.low_score, done.follow_up) == (5, 0, "")
		assert frappe.db.get_value("Service Request", case, "status") == "Closed"

	@pytest.mark.parametrize("answers", [{0: "6"}, {0: "0"}, {0: "x"}, {}])
	def test_an_answer_that_does_not_fit_changes_nothing(self, crew, answers):
		make_template(asked(rules.SATISFACTION, mandatory=1), **of_type())
		case, survey = resolved(crew, request_type="Upgrade")
		with pytest.raises(surveys.SurveyIncompleteError):
			answer(survey.name, satisfied=True, answers=answers)
		assert frappe.db.get_value(surveys.SURVEY, survey.name, "status") == "Open"
		assert frappe.db.get_value("Service Request", case, "status") == "Resolved"


class TestLowScores:
	def test_a_call_is_scheduled_where_there_is_a_number(self, crew):
		case, survey = resolved(crew, contact_phone=PHONE)
		done = answer(survey.name, satisfied=True, score=1, comment="Took too long")
		assert (done.low_score, done.follow_up) == (1, "Call Scheduled")
		back = frappe.get_last_doc("Service Call Back", {"service_request": case})
		assert (back.state, back.number, back.assigned_to) == ("Open", PHONE, crew.lead)
		assert "Took too long" in back.note
		assert frappe.db.get_value("Service Request", case, "status") == "Closed"

	def test_two_low_scores_of_one_number_are_one_call(self, crew):
		for _ in range(2):
			_case, survey = resolved(crew, contact_phone="+86 10 5555 0177")
			answer(survey.name, satisfied=True, score=1)
		assert frappe.db.count("Service Call Back", {"number": "+86 10 5555 0177", "state": "Open"}) == 1

	def test_without_a_number_the_lead_is_told(self, crew):
		_case, survey = resolved(crew)
		assert answer(survey.name, satisfied=True, score=2).follow_up == "Lead Told to Call"
		told = {"document_type": surveys.SURVEY, "document_name": survey.name}
		assert frappe.get_all("Notification Log", told, pluck="for_user") == [crew.lead]

	def test_the_solver_does_not_call(self, crew):
		crew.engineer.db_set("user", crew.lead)
		frappe.get_doc("User", crew.lead).add_roles("Service Engineer")
		case, survey = resolved(crew, contact_phone="+86 10 5555 0188")
		answer(survey.name, satisfied=True, score=1)
		back = frappe.get_last_doc("Service Call Back", {"service_request": case})
		assert back.assigned_to is None

	def test_as_set_it_reopens(self, crew):
		make_template(asked(rules.SATISFACTION), **of_type(on_low_score=rules.REOPEN))
		case, survey = resolved(crew, request_type="Upgrade")
		assert answer(survey.name, satisfied=True, score=2).follow_up == "Reopened"
		stored = frappe.get_doc("Service Request", case)
		assert (stored.status, stored.reopen_count) == ("In Progress", 1)

	def test_as_set_nothing_follows(self, crew):
		make_template(asked(rules.SATISFACTION), **of_type(on_low_score=rules.NOTHING))
		case, survey = resolved(crew, request_type="Upgrade", contact_phone="+86 10 5555 0199")
		done = answer(survey.name, satisfied=True, score=1)
		assert (done.low_score, done.follow_up) == (1, "")
		assert not frappe.db.exists("Service Call Back", {"service_request": case})

	def test_no_always_reopens_and_schedules_no_call(self, crew):
		case, survey = resolved(crew, contact_phone="+86 10 5555 0111")
		assert answer(survey.name, satisfied=False, score=1, comment="Still dead").follow_up == "Reopened"
		assert not frappe.db.exists("Service Call Back", {"service_request": case})

	@pytest.mark.parametrize(("number", "low"), [("6", 1), ("7", 0)])
	def test_a_recommendation_can_be_low_too(self, crew, number, low):
		make_template(asked(rules.RECOMMENDATION), **of_type())
		_case, survey = resolved(crew, request_type="Upgrade")
		assert answer(survey.name, satisfied=True, answers={0: number}).low_score == low


class TestOnceOnly:
	def test_the_second_click_is_known_by_its_key(self, crew):
		_case, survey = resolved(crew)
		answer(survey.name, satisfied=True, sending=surveys.repeat_key("token", "page-1"))
		assert surveys.find_answered("token", "page-1").name == survey.name
		for token, key in (
			("token", "page-2"),
			("other", "page-1"),
			("token", None),
			("", "page-1"),
			("token", ""),
		):
			assert surveys.find_answered(token, key) is None

	def test_ten_thousand_mutated_tokens_find_nothing(self, crew):
		_case, survey = resolved(crew)
		token = frappe.generate_hash(length=43)
		survey.db_set("token_hash", surveys.fingerprint(token))
		assert surveys.find_by_token(token).name == survey.name
		mutated = set()
		for number in range(10_000):
			at = number % len(token)
			sign = chr(33 + (number // len(token)) % 90)
			other = token[:at] + sign + token[at + (number % 3 > 0) :]
			if other != token:
				mutated.add(other)
		assert len(mutated) > 5_000
		mutated |= {token[:-1], token + " ", token.upper(), token[::-1], "", "%", "' or 1=1 --"}
		assert not any(surveys.find_by_token(other) for other in mutated - {token})

	def test_nobody_who_worked_on_it_records_an_answer(self, crew):
		_case, survey = resolved(crew)
		frappe.set_user(crew.engineer.user)
		with pytest.raises(frappe.PermissionError):
			surveys.answer(survey.name, satisfied=True, via="Link", by="x@example.com")

	def test_an_agent_records_all_questions_by_phone(self, crew):
		make_template(asked(rules.EFFORT), asked(rules.WORDS), **of_type())
		_case, survey = resolved(crew, request_type="Upgrade")
		frappe.set_user(factories.make_user("Service Desk Agent").name)
		api.answer_by_phone(
			survey.name, "Li Wei", satisfied=True, answers='{"0": "5", "1": "Fine", "x": "1"}'
		)
		assert [row.answer for row in survey.reload().answers] == ["5", "Fine"]


class TestTemplates:
	@pytest.mark.parametrize("choices", ["", "Only one", "Twice\nTwice"])
	def test_choices_are_two_different_ones_or_more(self, choices):
		with pytest.raises(frappe.ValidationError):
			make_template(asked(rules.CHOICE, choices=choices))

	def test_at_intervals_there_is_nothing_to_reopen(self):
		with pytest.raises(frappe.ValidationError):
			make_template(asked(rules.WORDS), occasion=rules.AT_INTERVALS, on_low_score=rules.REOPEN)


@pytest.fixture
def plan(crew):
	customer = factories.make_customer(language="en").name
	address = f"{frappe.generate_hash(length=8)}@customer.example"
	factories.make_contact(customer, address, mobile_no="+86 10 5555 0200")
	values = {
		"title": factories.unique("Plan"),
		"team": crew.team,
		"every_days": 180,
		"rest_days": 90,
		"customers": [{"customer": customer}],
	}
	doc = factories.insert("Service Survey Plan", values, {})
	frappe.db.delete("Email Queue Recipient", {"recipient": address})
	return frappe._dict(doc=doc, customer=customer, address=address)


def mails_to(address: str) -> int:
	return frappe.db.count("Email Queue Recipient", {"recipient": address})


@pytest.fixture
def mail_goes():
	"""There is an account that mail leaves by."""
	factories.make_email_account(default_outgoing=1, enable_outgoing=1)


@pytest.mark.usefixtures("mail_goes")
class TestAtIntervals:
	def ask(self, plan) -> list[str]:
		return periodic.ask(plan.customer, [plan.doc])

	def test_a_known_person_is_asked_once(self, plan):
		opened = self.ask(plan)
		assert len(opened) == 1 and mails_to(plan.address) == 1
		survey = frappe.get_doc(surveys.SURVEY, opened[0])
		assert (survey.occasion, survey.customer, survey.service_request) == (
			rules.AT_INTERVALS,
			plan.customer,
			None,
		)
		assert survey.contact_email == plan.address and plan.address not in survey.survey_key
		assert self.ask(plan) == [] and mails_to(plan.address) == 1

	def test_again_after_the_interval(self, plan):
		survey = self.ask(plan)[0]
		frappe.db.set_value(surveys.SURVEY, survey, "opened_on", add_days(now_datetime(), -179))
		assert self.ask(plan) == []
		older = {"opened_on": add_days(now_datetime(), -181), "survey_key": frappe.generate_hash()}
		frappe.db.set_value(surveys.SURVEY, survey, older)
		assert len(self.ask(plan)) == 1

	def test_nobody_is_asked_twice_in_the_rest_days_by_whatever_survey(self, plan, crew):
		_case, survey = resolved(crew, customer=plan.customer, contact_email=plan.address.upper())
		assert self.ask(plan) == []
		frappe.db.set_value(surveys.SURVEY, survey.name, "opened_on", add_days(now_datetime(), -91))
		assert len(self.ask(plan)) == 1
		second = frappe.copy_doc(plan.doc)
		second.title = factories.unique("Plan")
		second.insert()
		assert periodic.ask(plan.customer, [plan.doc, second]) == []

	def test_two_plans_ask_a_person_of_two_customers_once(self, plan):
		other = factories.make_customer().name
		factories.make_contact(other, plan.address)
		second = frappe.copy_doc(plan.doc)
		second.update({"title": factories.unique("Plan"), "customers": [{"customer": other}]})
		second.insert()
		assert len(periodic.ask(plan.customer, [plan.doc])) == 1
		assert periodic.ask(other, [second]) == []

	def test_who_wants_no_mail_and_colleagues_are_not_asked(self, plan):
		contact = frappe.db.get_value("Contact Email", {"email_id": plan.address}, "parent")
		frappe.db.set_value("Contact", contact, "unsubscribed", 1)
		factories.make_contact(plan.customer, factories.make_user("Service Engineer").name)
		assert self.ask(plan) == []

	def test_a_disabled_customer_is_not_asked(self, plan):
		frappe.db.set_value("Customer", plan.customer, "disabled", 1)
		assert list(periodic.customers_of(plan.doc)) == []

	def test_a_low_score_is_called_and_nobody_who_works_for_them_answers(self, plan, crew):
		_case, _survey = resolved(crew, customer=plan.customer)
		frappe.db.set_value(
			surveys.SURVEY, {"customer": plan.customer}, "opened_on", add_days(now_datetime(), -91)
		)
		survey = self.ask(plan)[0]
		frappe.set_user(crew.engineer.user)
		with pytest.raises(frappe.PermissionError):
			surveys.answer(survey, answers={0: 5}, via="Phone", by="x")
		frappe.set_user("Administrator")
		done = answer(survey, answers={0: 5, 1: 3})
		assert (done.low_score, done.follow_up, done.satisfied) == (1, "Call Scheduled", "")
		back = frappe.get_last_doc("Service Call Back", {"customer": plan.customer})
		assert (back.number, back.service_request) == ("+86 10 5555 0200", None)

	def test_the_link_expires_and_is_reminded_of_once(self, plan):
		survey = self.ask(plan)[0]
		frappe.db.set_value(surveys.SURVEY, survey, "opened_on", add_days(now_datetime(), -5))
		before = frappe.db.get_value(surveys.SURVEY, survey, "token_hash")
		for _ in range(2):
			surveys._remind_one(survey)
		assert frappe.db.get_value(surveys.SURVEY, survey, "token_hash") != before
		assert mails_to(plan.address) == 2

	def test_no_record_of_ours_holds_the_link(self, plan):
		self.ask(plan)
		mail = frappe.get_all("Email Queue Recipient", {"recipient": plan.address}, pluck="parent")[0]
		message = email.message_from_string(frappe.db.get_value("Email Queue", mail, "message"))
		parts = [part.get_payload(decode=True) or b"" for part in message.walk()]
		assert any(b"/service-survey?token=" in part for part in parts)
		assert not frappe.db.exists("Service Message", {"recipient": plan.address})

	def test_a_survey_after_a_request_is_no_survey_for_a_plan(self, plan):
		after = make_template(asked(rules.WORDS))
		plan.doc.template = after.name
		with pytest.raises(frappe.ValidationError):
			plan.doc.save()


class TestResults:
	def rows(self, crew: Any, group: str) -> list[dict[str, Any]]:
		filters = {
			"from_date": add_days(nowdate(), -1),
			"to_date": nowdate(),
			"team": crew.team,
			"group_by": group,
		}
		return survey_results.execute(filters)[1]

	def test_asked_answered_and_scores(self, crew):
		make_template(
			asked(rules.SATISFACTION), asked(rules.RECOMMENDATION), asked(rules.EFFORT), **of_type()
		)
		for score, promoted in ((5, 10), (3, 0), (4, 9)):
			_case, survey = resolved(crew, request_type="Upgrade")
			answer(survey.name, satisfied=score > 3, comment="x", answers={0: score, 1: promoted, 2: 7})
		resolved(crew, request_type="Upgrade")
		[row] = self.rows(crew, "Engineer")
		assert row["engineer_user"] == crew.engineer.user
		assert (row["asked"], row["answered"], row["rate"]) == (4, 3, 75.0)
		assert (row["satisfied"], row["content"], row["effort"]) == (66.7, 4.0, 7.0)
		assert row["recommendation"] == 33.3 and row["few"]

	def test_five_answers_are_not_marked_few(self, crew):
		for _ in range(rules.FEW_ANSWERS):
			_case, survey = resolved(crew)
			answer(survey.name, satisfied=True, score=5)
		[row] = self.rows(crew, "Team")
		assert (row["answered"], row["few"], row["content"]) == (rules.FEW_ANSWERS, "", 5.0)

	@pytest.mark.parametrize("group", list(survey_results.GROUPS))
	def test_every_grouping_answers(self, crew, group):
		resolved(crew)
		[row] = self.rows(crew, group)
		assert (row["asked"], row["answered"], row["rate"], row["content"]) == (1, 0, 0.0, None)

	def test_an_engineer_counts_what_they_may_see(self, crew):
		resolved(crew)
		frappe.set_user(factories.make_service_engineer().user)
		assert self.rows(crew, "Team") == []

	def test_another_grouping_is_refused(self, crew):
		with pytest.raises(survey_results.UnknownGroupingError):
			self.rows(crew, "Weather")


def test_surveys_from_before_keep_their_answers(crew):
	_case, old = resolved(crew)
	answer(old.name, satisfied=True, score=4, comment="Good")
	_case, still_open = resolved(crew)
	for survey in (old.name, still_open.name):
		frappe.db.delete("Service Survey Answer", {"parent": survey})
		frappe.db.set_value(surveys.SURVEY, survey, {"occasion": None, "language": None, "item_code": None})
	for _ in range(2):
		questions_of_surveys.execute()
	kept = frappe.get_doc(surveys.SURVEY, old.name)
	assert (kept.score, kept.comment, kept.occasion) == (4, "Good", rules.AFTER_REQUEST)
	assert [(row.kind, row.number, row.answered) for row in kept.answers] == [(rules.SATISFACTION, 4, 1)]
	assert [(row.kind, row.answered) for row in still_open.reload().answers] == [(rules.SATISFACTION, 0)]
	assert answer(still_open.name, satisfied=True, score=5).score == 5
