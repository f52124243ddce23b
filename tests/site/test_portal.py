"""The customer portal over real HTTP: own cases only, both ways of talking, survey by page and by link."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.utils import escape_html

from support_service.customer_portal import api, charges, people, survey
from support_service.foundation import rate_limits
from support_service.service_feedback import surveys
from support_service.support_service import moves
from tests import factories
from tests.http_server import Server, http_server  # noqa: F401  (a fixture)
from tests.portal_client import PortalClient, forget_rate_limits

RESULT = {
	"cause": "Worn belt",
	"solution": "<p>Belt replaced</p>",
	"resolution": "Fixed",
	"prevention": "Check it",
}


@pytest.fixture
def visitor(http_server: Server) -> Iterator[Callable[..., PortalClient]]:  # noqa: F811
	"""Makes visitors; a limit reached by one test must not stop the next."""
	forget_rate_limits()
	yield (
		lambda user=None: (
			PortalClient(http_server.base_url, http_server.site).log_in(user)
			if user
			else PortalClient(http_server.base_url, http_server.site)
		)
	)
	forget_rate_limits()


@pytest.fixture(scope="module")
def logins(site: str) -> SimpleNamespace:
	"""Two customers with a login and a unit each; once, as Frappe limits how many users are made per hour."""
	factories.make_service_channel("Portal")
	made = SimpleNamespace()
	for side in ("own", "other"):
		customer = factories.make_customer().name
		user = factories.make_customer_user(customer).name
		unit = factories.make_installed_unit(customer=customer)
		setattr(made, side, SimpleNamespace(customer=customer, user=user, unit=unit))
	made.engineer = factories.make_service_engineer()
	frappe.db.commit()
	return made


@pytest.fixture
def two_customers(logins: SimpleNamespace) -> SimpleNamespace:
	"""The two customers, each with a new case of their own."""
	for side in (logins.own, logins.other):
		side.case = factories.make_service_request(
			customer=side.customer, installed_unit=side.unit.name, contact_email=side.user
		)
	frappe.db.commit()
	return logins


def resolve(case: Any, engineer: Any) -> Any:
	"""Bring `case` to Resolved and commit."""
	moves.apply_move(case.name, "assign", engineer=engineer.name, by_app=True)
	moves.apply_move(case.name, "start", by_app=True)
	resolved = moves.apply_move(case.name, "resolve", values=RESULT, by_app=True)
	frappe.db.commit()
	return resolved


def said(answer: Any) -> list[str]:
	"""The messages an answer carries, without Frappe's random mark on each."""
	return [json.loads(message)["message"] for message in json.loads(answer.json()["_server_messages"])]


def fresh(doctype: str, name: str) -> Any:
	"""The document as other connections left it."""
	frappe.db.rollback()
	return frappe.get_doc(doctype, name)


def link_token(case: str) -> str:
	"""Give the case's open survey a token we know: the real one only exists in the mail."""
	token = frappe.generate_hash(length=40)
	frappe.db.set_value(
		surveys.SURVEY, surveys.open_survey_of(case), "token_hash", surveys.fingerprint(token)
	)
	frappe.db.commit()
	return token


# who sees what


@pytest.mark.parametrize("path", ["/service", "/service/new", "/service/units", "/service/SR-2020-00001"])
def test_guest_is_sent_to_log_in(visitor, path):
	answer = visitor().get(path)
	assert answer.status_code == 302
	assert answer.headers["Location"].endswith(f"/login?redirect-to={path}")


def test_lists_show_own_cases_and_units_only(visitor, two_customers):
	own, other = two_customers.own, two_customers.other
	client = visitor(own.user)
	cases, units = client.get("/service?show=all").text, client.get("/service/units").text
	assert own.case.name in cases and own.unit.name in units
	assert other.case.name not in cases and other.unit.name not in units
	found = '/service/{0}"'  # the search itself is shown again, so look for the link
	assert found.format(other.case.name) not in client.get(f"/service?show=all&q={other.case.name}").text
	assert found.format(own.case.name) in client.get(f"/service?q={own.case.name}").text


def test_pages_are_not_kept_and_not_indexed(visitor, two_customers):
	headers = visitor(two_customers.own.user).get(f"/service/{two_customers.own.case.name}").headers
	assert headers["Cache-Control"] == "no-store"
	assert "noindex" in headers["X-Robots-Tag"]


@pytest.mark.parametrize("kind", ["case", "unit"])
def test_foreign_page_answers_as_a_missing_one(visitor, two_customers, kind):
	client = visitor(two_customers.own.user)
	folder = "/service/units/" if kind == "unit" else "/service/"
	foreign = getattr(two_customers.other, kind).name
	missing = foreign[:-2] + "99X"
	answers = [client.get(folder + name) for name in (foreign, missing)]
	assert [answer.status_code for answer in answers] == [404, 404]
	assert answers[0].text.replace(foreign, "?") == answers[1].text.replace(missing, "?")


@pytest.mark.parametrize(
	("function", "values"),
	[
		("send_message", {"text": "hello", "key": "12345678"}),
		("withdraw", {}),
		("answer_survey", {"satisfied": 1}),
	],
)
def test_foreign_case_cannot_be_acted_on(visitor, two_customers, function, values):
	client = visitor(two_customers.own.user)
	client.get("/service")
	bodies = []
	for name in (two_customers.other.case.name, "SR-1999-99999"):
		answer = client.call(function, request=name, **values)
		assert answer.status_code == 404
		bodies.append(said(answer))
	assert bodies[0] == bodies[1]
	case = fresh("Service Request", two_customers.other.case.name)
	assert case.status == "New"
	assert not frappe.db.exists("Communication", {"reference_name": case.name})


def test_login_without_customer_gets_a_helpful_page(visitor):
	stranger = factories.make_user("Customer", user_type="Website User").name
	frappe.db.commit()
	client = visitor(stranger)
	for path in ("/service", "/service/new", "/service/units"):
		answer = client.get(path)
		assert answer.status_code == 200
		assert "not connected to a customer yet" in answer.text
	assert client.call("new_case", key="k" * 16, subject="x").status_code == 403


def test_staff_login_without_customer_role_sees_no_cases(visitor, two_customers):
	agent = factories.make_user("Service Desk Agent").name
	frappe.db.commit()
	client = visitor(agent)
	assert two_customers.own.case.name not in client.get("/service?show=all").text
	assert client.get(f"/service/{two_customers.own.case.name}").status_code == 404


# a new case


def test_new_case_for_own_unit_with_private_file(visitor, two_customers):
	own = two_customers.own
	client = visitor(own.user)
	client.get("/service/new")
	answer = client.call(
		"new_case",
		files=[("files", ("photo.txt", b"error 42", "text/plain"))],
		key=frappe.generate_hash(length=32),
		unit=own.unit.name,
		subject="No <b>picture</b>",
		description="since today\n<script>alert(1)</script>",
		urgency="High",
		contact_phone="+86 10 5555",
	)
	assert answer.status_code == 200, answer.text
	name = answer.json()["message"]["name"]
	case = fresh("Service Request", name)
	assert (case.customer, case.installed_unit, case.channel) == (own.customer, own.unit.name, "Portal")
	assert (case.urgency, case.contact_phone, case.status) == ("High", "+86 10 5555", "New")
	file = frappe.get_last_doc("File", {"attached_to_name": name})
	assert file.is_private and file.file_url.startswith("/private/files/")
	page = client.get(f"/service/{name}").text
	assert "photo.txt" in page and "<script>alert" not in page and "<b>picture</b>" not in page
	got = client.download("attachment", request=name, file=file.name)
	assert got.content == b"error 42"
	assert got.headers["Content-Disposition"].startswith("attachment")
	stranger = visitor(two_customers.other.user)
	assert stranger.download("attachment", request=name, file=file.name).status_code == 404
	assert stranger.get(file.file_url).status_code == 403


@pytest.mark.parametrize("written", [str, escape_html], ids=["as tags", "as entities"])
def test_what_is_stored_as_text_stays_text(visitor, two_customers, written):
	"""Entities are what Frappe makes of tags when it saves, and what its title of a page would turn into tags again."""
	own, mark = two_customers.own, "<img src=q onerror=alert(1)>"
	bad = written(f'x">{mark}')
	# straight into the columns, past what Frappe cleans on save
	facts = {"subject": bad, "serial_label": bad, "contact_phone": bad, "site_address_display": bad}
	frappe.db.set_value("Service Request", own.case.name, facts)
	unit = factories.make_installed_unit(customer=own.customer)
	frappe.db.set_value("Installed Unit", unit.name, {"unit_name": bad, "item_name": bad})
	frappe.db.commit()
	client = visitor(own.user)
	for path in ("", f"/{own.case.name}", "/new", "/units", f"/units/{unit.name}", f"?q={bad}"):
		answer = client.get(f"/service{path}")
		assert answer.status_code == 200 and mark not in answer.text, path


def test_same_key_makes_one_case(visitor, two_customers):
	client = visitor(two_customers.own.user)
	client.get("/service/new")
	values = {"key": frappe.generate_hash(length=32), "subject": "Twice", "other_device": "Old printer 77"}
	file = [("files", ("a.txt", b"once", "text/plain"))]
	names = {client.call("new_case", files=file, **values).json()["message"]["name"] for _ in range(3)}
	assert len(names) == 1
	case = fresh("Service Request", names.pop())
	assert "Old printer 77" in case.description and not case.installed_unit
	assert frappe.db.count("File", {"attached_to_name": case.name}) == 1
	# another customer with the same key gets a case of their own
	other = visitor(two_customers.other.user)
	other.get("/service/new")
	theirs = other.call("new_case", **values).json()["message"]["name"]
	assert theirs != case.name


def test_simultaneous_presses_make_one_case_and_one_message(visitor, two_customers):
	clients = [visitor(two_customers.own.user) for _ in range(4)]
	for client in clients:
		client.get("/service/new")
	key = frappe.generate_hash(length=32)

	def press(client: PortalClient) -> tuple[str, str]:
		case = client.call("new_case", key=key, subject="At once").json()["message"]["name"]
		return case, client.call("send_message", request=case, text="Hello", key=key).json()["message"][
			"name"
		]

	with ThreadPoolExecutor(len(clients)) as pool:
		assert len(set(pool.map(press, clients))) == 1


@pytest.mark.parametrize(
	("wrong", "status"),
	[
		({"subject": "  "}, 417),
		({"urgency": "Now!"}, 417),
		({"request_type": "Change Request"}, 417),
		({"key": "short"}, 417),
		({"customer": "Nobody Ltd"}, 404),
		({"unit": "IU-999999"}, 404),
	],
)
def test_new_case_refuses_wrong_input(visitor, two_customers, wrong, status):
	client = visitor(two_customers.own.user)
	client.get("/service/new")
	values = {"key": frappe.generate_hash(length=32), "subject": "Fine", **wrong}
	answer = client.call("new_case", **values)
	assert answer.status_code == status
	assert said(answer)


def test_new_case_for_a_foreign_unit_answers_as_for_a_missing_one(visitor, two_customers):
	client = visitor(two_customers.own.user)
	client.get("/service/new")
	bodies = [
		client.call("new_case", key=frappe.generate_hash(length=32), subject="x", unit=unit)
		for unit in (two_customers.other.unit.name, "IU-999999")
	]
	assert [body.status_code for body in bodies] == [404, 404]
	assert said(bodies[0]) == said(bodies[1])


def test_page_script_file_is_refused_and_nothing_is_kept(visitor, two_customers):
	client = visitor(two_customers.own.user)
	client.get("/service/new")
	answer = client.call(
		"new_case",
		files=[("files", ("x.html", b"<script>", "text/html"))],
		key=frappe.generate_hash(length=32),
		subject="With a page",
	)
	assert answer.status_code == 417
	frappe.db.rollback()
	assert not frappe.db.exists(
		"Service Request", {"customer": two_customers.own.customer, "subject": "With a page"}
	)


@pytest.mark.parametrize("visited", [True, False])
def test_write_without_csrf_token_is_refused(visitor, two_customers, visited):
	client = visitor(two_customers.own.user)
	if visited:
		client.get("/service")
	client.csrf_token = ""
	answer = client.call("new_case", key=frappe.generate_hash(length=32), subject="Forged")
	assert answer.status_code == 400
	assert answer.json()["exc_type"] == "CSRFTokenError"
	assert client.call("withdraw", request=two_customers.own.case.name).status_code == 400


def test_withdraw_while_new_only(visitor, two_customers):
	case = two_customers.own.case
	client = visitor(two_customers.own.user)
	client.get(f"/service/{case.name}")
	assert client.call("withdraw", request=case.name).status_code == 200
	assert fresh("Service Request", case.name).status == "Cancelled"
	assert client.call("withdraw", request=case.name).status_code == 417


# talking


def test_messages_go_both_ways_and_internal_ones_stay_inside(visitor, two_customers):
	own = two_customers.own
	engineer = two_customers.engineer
	moves.apply_move(own.case.name, "assign", engineer=engineer.name, by_app=True)
	case = frappe.get_doc("Service Request", own.case.name)
	for recipient, text in (
		(own.user, "We come tomorrow"),
		("parts@vendor.example", "Your price is too high"),
	):
		factories.insert(
			"Communication",
			{
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Sent",
				"sender": engineer.user,
				"recipients": recipient,
				"content": text,
				"reference_doctype": "Service Request",
				"reference_name": case.name,
			},
			{},
		)
	case.add_comment("Comment", "Difficult customer")
	frappe.db.commit()
	client = visitor(own.user)
	client.get(f"/service/{case.name}")
	key = frappe.generate_hash(length=32)
	names = {
		client.call("send_message", request=case.name, text="Bring a <b>ladder</b>", key=key).json()[
			"message"
		]["name"]
		for _ in range(2)
	}
	assert len(names) == 1
	message = fresh("Communication", names.pop())
	assert (message.sent_or_received, message.reference_name) == ("Received", case.name)
	told = frappe.get_all(
		"Notification Log", {"for_user": engineer.user, "document_name": case.name}, pluck="subject"
	)
	assert any("wrote on" in subject for subject in told)
	page = client.get(f"/service/{case.name}").text
	assert "We come tomorrow" in page
	assert "Bring a &lt;b&gt;ladder" in page
	assert "Your price is too high" not in page and "Difficult customer" not in page
	assert client.call("send_message", request=case.name, text=" ", key=key).status_code == 417


def test_history_tells_reasons_meant_for_the_customer_only(visitor, two_customers):
	case = two_customers.own.case
	engineer = two_customers.engineer
	moves.apply_move(case.name, "assign", engineer=engineer.name, by_app=True)
	moves.apply_move(case.name, "start", by_app=True)
	moves.apply_move(case.name, "wait_for_vendor", reason="Vendor is slow again", by_app=True)
	moves.apply_move(case.name, "resume", by_app=True)
	moves.apply_move(case.name, "wait_for_customer", reason="Please send a photo", by_app=True)
	visit = factories.make_engineer_visit(service_request=case.name, engineer=engineer.name)
	frappe.db.commit()
	page = visitor(two_customers.own.user).get(f"/service/{case.name}").text
	assert "Please send a photo" in page
	assert "Vendor is slow again" not in page
	assert visit.engineer_name in page and "Planned visit" in page


# result and survey


def test_result_and_report_after_resolve_only(visitor, two_customers):
	case = two_customers.own.case
	frappe.db.set_value("Service Request", case.name, "solution", "Draft of a thought")
	frappe.db.commit()
	client = visitor(two_customers.own.user)
	assert "Draft of a thought" not in client.get(f"/service/{case.name}").text
	assert client.download("report", request=case.name).status_code == 404
	resolve(case, two_customers.engineer)
	page = client.get(f"/service/{case.name}").text
	assert "Belt replaced" in page and "Worn belt" in page
	pdf = client.download("report", request=case.name)
	assert pdf.status_code == 200, said(pdf)
	assert pdf.content.startswith(b"%PDF")
	assert fresh("Service Request", case.name).report_delivered_on, "the customer has it now"
	assert visitor(two_customers.other.user).download("report", request=case.name).status_code == 404


def test_not_satisfied_reopens_then_satisfied_closes(visitor, two_customers):
	case = two_customers.own.case
	resolve(case, two_customers.engineer)
	client = visitor(two_customers.own.user)
	assert "Is it solved?" in client.get(f"/service/{case.name}").text
	assert client.call("answer_survey", request=case.name, satisfied=0).status_code == 417
	answer = client.call("answer_survey", request=case.name, satisfied=0, comment="Still noisy")
	assert answer.json()["message"]["status"] == "In Progress", answer.text
	page = client.get(f"/service/{case.name}").text
	assert "Still noisy" in page and "Is it solved?" not in page
	frappe.db.rollback()
	moves.apply_move(case.name, "resolve", values=RESULT, by_app=True)
	frappe.db.commit()
	answer = client.call("answer_survey", request=case.name, satisfied=1, score=5)
	assert answer.json()["message"]["status"] == "Closed"
	assert client.call("answer_survey", request=case.name, satisfied=0, comment="x").status_code == 417
	assert fresh("Service Request", case.name).reopen_count == 1


def test_link_shows_on_get_and_records_once_on_post(visitor, two_customers):
	case = two_customers.own.case
	resolve(case, two_customers.engineer)
	token = link_token(case.name)
	guest = visitor()
	for _ in range(3):
		page = guest.get(f"/service-survey?token={token}")
		assert "Is it solved?" in page.text
	assert page.headers["Referrer-Policy"] == "no-referrer"
	assert page.headers["Cache-Control"] == "no-store"
	assert "noindex" in page.headers["X-Robots-Tag"]
	visitor().scan(f"/service-survey?token={token}")
	visitor().scan(f"/service/{case.name}")
	assert fresh("Service Request", case.name).status == "Resolved"
	assert guest.call("answer_survey_link", token=token, satisfied=1, score=4).status_code == 200
	assert fresh("Service Request", case.name).status == "Closed"
	survey = frappe.get_last_doc(surveys.SURVEY, {"service_request": case.name})
	assert (survey.answered_via, survey.score, survey.answered_by) == ("Link", 4, two_customers.own.user)
	again = guest.call("answer_survey_link", token=token, satisfied=0, comment="x")
	assert again.status_code == 417


def test_wrong_used_and_expired_links_look_the_same(visitor, two_customers):
	own, other = two_customers.own.case, two_customers.other.case
	resolve(own, two_customers.engineer)
	used = link_token(own.name)
	resolve(other, two_customers.engineer)
	expired = link_token(other.name)
	frappe.db.set_value(
		surveys.SURVEY, surveys.open_survey_of(other.name), "expires_on", "2020-01-01 00:00:00"
	)
	frappe.db.commit()
	guest = visitor()
	assert guest.call("answer_survey_link", token=used, satisfied=1).status_code == 200
	tokens = (used, expired, frappe.generate_hash(length=40), "")
	pages = [guest.get(f"/service-survey?token={token}") for token in tokens]
	assert len({(page.status_code, page.text) for page in pages}) == 1
	assert own.name not in pages[0].text
	answers = [guest.call("answer_survey_link", token=token, satisfied=1) for token in tokens]
	assert {answer.status_code for answer in answers} == {417}
	assert len({str(said(answer)) for answer in answers}) == 1
	assert fresh("Service Request", other.name).status == "Resolved"


@pytest.mark.parametrize(
	("function", "answer"),
	[("answer_survey_link", {"satisfied": 1}), ("answer_charge_link", {"accepted": 1})],
)
def test_link_answers_are_limited(visitor, function, answer):
	"""Neither another token nor a forged address helps: behind a proxy the last address is the one that it saw."""
	guest = visitor()
	limit = api.LINK_ANSWERS["address"]
	statuses = []
	for number in range(limit + 3):
		guest.session.headers["X-Forwarded-For"] = f"198.51.100.{number}, 192.0.2.7"
		token = frappe.generate_hash(length=40)
		statuses.append(guest.call(function, token=token, **answer).status_code)
	assert statuses == [417] * limit + [429] * 3
	guest.session.headers["X-Forwarded-For"] = "192.0.2.8"
	assert guest.call(function, token="x" * 40, **answer).status_code == 417


@pytest.mark.parametrize("page", ["service-survey", "service-charge", "service-invitation"])
def test_pages_behind_links_are_limited(visitor, page):
	name, limits = {
		"service-survey": ("survey-page", survey.LOOKS),
		"service-charge": ("charge-page", charges.LOOKS),
		"service-invitation": ("invitation-page", people.LOOKS),
	}[page]
	# all but two of the limit
	for _look in range(limits["address"] - 2):
		rate_limits.count(f"{name}:address", limits["address"], subject="192.0.2.7")
	guest = visitor()
	answers = []
	for number in range(4):
		guest.session.headers["X-Forwarded-For"] = f"198.51.100.{number}, 192.0.2.7"
		answers.append(guest.get(f"/{page}?token={frappe.generate_hash(length=43)}"))
	assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
	assert 0 < int(answers[-1].headers["Retry-After"]) <= rate_limits.HOUR
