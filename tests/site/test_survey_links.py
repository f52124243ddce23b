"""The survey's page over real HTTP: what scanners open, what is clicked twice, what comes fifty times at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import frappe
import pytest

from support_service.service_feedback import survey_rules as rules
from support_service.service_feedback import surveys
from support_service.support_service import moves
from tests import factories
from tests.http_server import Server, http_server  # noqa: F401  (a fixture)
from tests.portal_client import PortalClient, forget_rate_limits

RESULT = {"cause": "Worn belt", "solution": "Belt replaced", "resolution": "It runs."}
PHONE = "+86 10 5555 0321"


@pytest.fixture
def guest(http_server: Server) -> Iterator[Callable[[int], PortalClient]]:  # noqa: F811
	"""Visitors without a login, each at an address of its own."""
	forget_rate_limits()

	def visitor(number: int = 0) -> PortalClient:
		client = PortalClient(http_server.base_url, http_server.site)
		client.session.headers["X-Forwarded-For"] = f"192.0.2.{number % 250 + 1}"
		return client

	yield visitor
	forget_rate_limits()


@pytest.fixture
def asked() -> SimpleNamespace:
	"""A resolved case whose survey has a token that we know; the real one only exists in the mail."""
	engineer = factories.make_service_engineer()
	case = factories.make_service_request(contact_email="customer@example.com", contact_phone=PHONE).name
	moves.apply_move(case, "assign", engineer=engineer.name, by_app=True)
	moves.apply_move(case, "start", by_app=True)
	moves.apply_move(case, "resolve", values=RESULT, by_app=True)
	token = frappe.generate_hash(length=43)
	name = surveys.open_survey_of(case)
	frappe.db.set_value(surveys.SURVEY, name, "token_hash", surveys.fingerprint(token))
	frappe.db.delete("Service Call Back", {"number": PHONE})
	frappe.db.commit()
	return SimpleNamespace(case=case, token=token, survey=name)


def stored(asked: SimpleNamespace) -> Any:
	frappe.db.rollback()
	return frappe.get_doc(surveys.SURVEY, asked.survey)


def post(client: PortalClient, token: str, **values: Any) -> int:
	return client.call("answer_survey_link", token=token, **values).status_code


def test_the_page_asks_the_questions_and_writes_nothing(guest, asked):
	before = stored(asked).modified
	page = guest().get(f"/service-survey?token={asked.token}").text
	assert 'name="question_0"' in page and "Is it solved?" in page
	for values in ("&satisfied=0&comment=x&question_0=1", "&satisfied=1"):
		guest().get(f"/service-survey?token={asked.token}{values}")
	guest().scan(f"/service-survey?token={asked.token}")
	assert (stored(asked).status, stored(asked).modified) == ("Open", before)


def test_a_scanner_that_posts_half_a_minute_later_changes_nothing(guest, asked):
	sent = {"satisfied": 1, "question_0": 5, "comment": "Thanks", "key": "page-1"}
	assert post(guest(), asked.token, **sent) == 200
	for later in ({"satisfied": 0, "comment": "robot"}, {**sent, "key": "page-2"}, {"satisfied": 1}):
		assert post(guest(1), asked.token, **later) == 417
	survey = stored(asked)
	assert (survey.satisfied, survey.score, survey.comment) == ("Yes", 5, "Thanks")
	assert frappe.db.get_value("Service Request", asked.case, "status") == "Closed"


def test_a_double_click_is_thanked_twice_and_is_one_answer_and_one_call(guest, asked):
	sent = {"satisfied": 1, "question_0": 1, "key": "page-1"}
	with ThreadPoolExecutor(2) as pool:
		answers = list(pool.map(lambda number: post(guest(number), asked.token, **sent), range(2)))
	assert answers == [200, 200]
	survey = stored(asked)
	assert (survey.status, survey.score, survey.follow_up) == ("Answered", 1, "Call Scheduled")
	assert frappe.db.count("Service Call Back", {"service_request": asked.case}) == 1
	assert frappe.db.count("Service Request Move", {"request": asked.case, "action": "confirm"}) == 1


def test_fifty_posts_at_once_are_one_answer(guest, asked):
	def send(number: int) -> int:
		values = {"satisfied": number % 2, "comment": f"answer {number}", "key": f"page-{number}"}
		return post(guest(number), asked.token, **values)

	with ThreadPoolExecutor(10) as pool:
		answers = list(pool.map(send, range(50)))
	assert answers.count(200) == 1 and set(answers) == {200, 417}
	winner = answers.index(200)
	survey = stored(asked)
	assert survey.comment == f"answer {winner}"
	closing = {"request": asked.case, "action": ("in", ("confirm", "dispute"))}
	assert frappe.db.count("Service Request Move", closing) == 1


def test_a_survey_at_intervals_asks_its_own_questions_in_its_language(guest):
	token = frappe.generate_hash(length=43)
	survey = frappe.get_doc(
		{
			"doctype": surveys.SURVEY,
			"occasion": rules.AT_INTERVALS,
			"customer": factories.make_customer().name,
			"contact_email": "customer@example.com",
			"language": "zh",
			"status": "Open",
			"opened_on": frappe.utils.now_datetime(),
			"expires_on": surveys.valid_until(),
			"token_hash": surveys.fingerprint(token),
			"survey_key": frappe.generate_hash(),
			"answers": [{"question": "满意吗？", "kind": rules.SATISFACTION, "mandatory": 1}],
		}
	)
	surveys.write(survey)
	frappe.db.commit()
	page = guest().get(f"/service-survey?token={token}").text
	assert "满意吗？" in page and 'name="satisfied"' not in page
	assert post(guest(), token) == 417
	assert post(guest(), token, question_0=4) == 200
	frappe.db.rollback()
	assert (survey.reload().status, survey.score, survey.satisfied) == ("Answered", 4, "")
