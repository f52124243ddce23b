"""The API for other systems, over real HTTP: what it does, for whom, how often, and what it answers when it refuses."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import frappe
import pytest

from support_service.foundation import rate_limits
from support_service.service_api import answers, endpoint, errors, openapi, v1  # noqa: F401 - v1 names the functions
from tests import factories, payloads
from tests.effort import times
from tests.http_server import Server, http_server  # noqa: F401 - a fixture
from tests.site.api_world import V1, Api, make_api_client, of_customer, of_staff

CASE = "Service Request"
TEXT_FILE = base64.b64encode(b"a report").decode()


def error_of(answer) -> str:
	assert set(answer) == {"error"} and set(answer["error"]) == {"type", "message", "fields"}, answer
	return answer["error"]["type"]


@pytest.fixture
def customer(http_server: Server):  # noqa: F811
	return of_customer(http_server)


def test_a_customer_opens_follows_writes_and_attaches(customer):
	api, name = customer
	unit = factories.make_installed_unit(customer=name)
	frappe.db.commit()
	status, made = api.call(
		"create_request", subject="Does not start", description="a\n<b>", installed_unit=unit.name
	)
	assert status == 201, made
	assert (made["customer"], made["installed_unit"], made["channel"], made["status"]) == (
		name,
		unit.name,
		"API",
		"New",
	)
	assert [one["kind"] for one in made["promises"]][:1] == ["First Response"]
	case = made["name"]
	assert api.call("add_comment", request=case, text="It smokes")[0] == 201
	assert api.call("attach_file", request=case, file_name="report.txt", content=TEXT_FILE)[0] == 201
	status, shown = api.get("get_request", request=case)
	assert status == 200 and [one["content"] for one in shown["messages"]] == ["It smokes"]
	frappe.db.rollback()
	file = frappe.get_doc("File", {"attached_to_name": case})
	assert (file.is_private, file.file_name, file.owner) == (1, "report.txt", api.user)
	assert "&lt;b&gt;" in frappe.db.get_value(CASE, case, "description")


def test_lists_go_on_where_the_cursor_is(customer):
	api, _name = customer
	made = [api.call("create_request", subject=f"Fault {number}")[1]["name"] for number in range(5)]
	seen, cursor = [], None
	while True:
		status, page = api.get("list_requests", limit=2, **({"cursor": cursor} if cursor else {}))
		assert status == 200
		seen += [row["name"] for row in page["requests"]]
		cursor = page["next_cursor"]
		if not cursor:
			break
	assert seen == made[::-1]
	assert api.get("list_requests", cursor="not one of ours")[0] == 422


def test_nobody_sees_what_is_another_customers(customer, http_server):  # noqa: F811
	api, _name = customer
	other, other_customer = of_customer(http_server)
	foreign = other.call("create_request", subject="Theirs")[1]["name"]
	unit = factories.make_installed_unit(customer=other_customer)
	frappe.db.commit()
	missing = api.get("get_request", request="SR-1999-00001")
	assert missing[0] == 404 and error_of(missing[1]) == "NotFound"
	assert api.get("get_request", request=foreign) == missing
	assert api.call("add_comment", request=foreign, text="x") == missing
	assert api.call("attach_file", request=foreign, file_name="a.txt", content=TEXT_FILE) == missing
	assert api.get("list_requests", state="all")[1]["requests"] == []
	there = api.call("create_request", subject="x", installed_unit=unit.name)
	nowhere = api.call("create_request", subject="x", installed_unit="UNIT-NOWHERE")
	assert there == nowhere and there[0] == 404
	assert api.call("create_request", subject="x", customer=other_customer)[0] == 404


def test_staff_see_what_their_role_sees_and_a_client_of_one_customer_only_that(http_server):  # noqa: F811
	mine, other = factories.make_customer().name, factories.make_customer().name
	frappe.db.commit()
	agent, kept = of_staff(http_server), of_staff(http_server, customer=mine)
	theirs = agent.call("create_request", subject="x", customer=other)[1]["name"]
	assert agent.get("get_request", request=theirs)[0] == 200
	assert kept.get("get_request", request=theirs)[0] == 404
	assert kept.call("create_request", subject="x", customer=other)[0] == 422
	own = kept.call("create_request", subject="x")[1]
	assert own["customer"] == mine
	# Frappe itself does not notice a unit that is not there
	assert agent.call("create_request", subject="x", installed_unit="UNIT-NOWHERE")[0] == 422
	engineer = factories.make_service_engineer().user
	make_api_client(engineer)
	frappe.db.commit()
	api = Api(http_server, engineer)
	assert api.get("get_request", request=theirs)[0] == 404
	assert api.call("create_request", subject="x")[0] == 403


class TestIdempotency:
	def test_the_same_key_gives_the_same_answer(self, customer):
		api, name = customer
		first = api.call("create_request", key="A", subject="Once")
		again = api.call("create_request", key="A", subject="Once")
		assert first == again and first[0] == 201
		frappe.db.rollback()
		assert frappe.db.count(CASE, {"customer": name}) == 1

	def test_another_body_is_refused(self, customer):
		api, _name = customer
		case = api.call("create_request", key="A", subject="Once")[1]["name"]
		status, answer = api.call("create_request", key="A", subject="Twice")
		assert status == 422 and error_of(answer) == "IdempotencyKeyReused"
		# per function and per key, letter by letter
		assert api.call("add_comment", key="A", request=case, text="x")[0] == 201
		assert api.call("create_request", key="a", subject="Twice")[0] == 201

	def test_a_key_is_the_clients_own(self, customer, http_server):  # noqa: F811
		api, _name = customer
		other, _other = of_customer(http_server)
		assert (
			api.call("create_request", key="A", subject="x")[1]["name"]
			!= other.call("create_request", key="A", subject="x")[1]["name"]
		)

	def test_a_refused_request_may_be_sent_again(self, customer):
		api, _name = customer
		unit = "not there"
		assert api.call("create_request", key="A", subject="x", installed_unit=unit)[0] == 404
		assert api.call("create_request", key="A", subject="x")[0] == 201

	def test_at_the_same_time(self, customer):
		api, name = customer
		with ThreadPoolExecutor(8) as pool:
			found = list(pool.map(lambda _n: api.call("create_request", key="A", subject="Once"), range(8)))
		assert {status for status, _answer in found} == {201}
		assert len({answer["name"] for _status, answer in found}) == 1
		frappe.db.rollback()
		assert frappe.db.count(CASE, {"customer": name}) == 1

	def test_old_keys_are_forgotten(self, customer):
		api, _name = customer
		api.call("create_request", key="A", subject="x")
		client = frappe.db.get_value("Service API Client", {"user": api.user})
		frappe.db.set_value(answers.ANSWER, {"client": client}, "creation", "2020-01-01")
		answers.forget_old()
		assert not frappe.db.exists(answers.ANSWER, {"client": client})


class TestLimits:
	def test_too_many_are_told_when_to_go_on(self, http_server):  # noqa: F811
		api, _name = of_customer(http_server, requests_per_minute=3)
		found = []
		for number in range(12):
			# nothing that a caller can change counts
			forged = {
				"X-Forwarded-For": f"10.0.0.{number}",
				"X-Real-IP": f"10.0.1.{number}",
				"User-Agent": str(number),
			}
			found.append(api.get("list_requests", headers=forged))
		refused = [answer for status, answer in found if status == 429]
		assert len(refused) >= 6  # a window may end in between
		assert {error_of(answer) for answer in refused} == {"TooManyRequests"}
		answer = api.client.session.get(api.client.base_url + V1 + "list_requests", timeout=60)
		assert answer.status_code == 429 and 1 <= int(answer.headers["Retry-After"]) <= 61

	def test_windows(self):
		key = frappe.generate_hash()
		for _turn in range(2):
			rate_limits.count("test", 2, subject=key, seconds=600)
		with pytest.raises(rate_limits.TooManyRequestsError) as refused:
			rate_limits.count("test", 2, subject=key, seconds=600)
		assert 1 <= refused.value.retry_after <= 601
		rate_limits.count("test", 2, subject=key + "x", seconds=600)


class TestRefusals:
	def test_without_a_key(self, http_server):  # noqa: F811
		guest = Api(http_server, None)
		for headers in (
			{},
			{"Authorization": "token wrong:wrong"},
			{"Authorization": "Bearer x"},
			{"Authorization": "x"},
		):
			status, answer = guest.get("list_requests", headers=headers)
			assert status == 401 and error_of(answer) == "NotProven", headers

	def test_whoever_tries_keys_is_told_to_wait(self, http_server):  # noqa: F811
		guest = Api(http_server, None)
		found, number = [], 0
		# a window may end in between
		while number < 2 * errors.WRONG_PER_MINUTE + 20 and 429 not in found:
			number += 1
			forged = {
				"Authorization": f"token wrong{number}:{number}",
				# the address that counts is the last one, which the proxy before the site has written
				"X-Forwarded-For": f"10.0.0.{number}, 203.0.113.99",
				"X-Real-IP": f"10.0.1.{number}",
			}
			status, answer = guest.get("list_requests", headers=forged)
			found.append(status)
		assert set(found) == {401, 429} and len(found) > errors.WRONG_PER_MINUTE
		assert error_of(answer) == "TooManyRequests" and answer["error"]["message"]
		# a right key is let in, whoever sits at that address, and others are told what is wrong with theirs
		api, _name = of_customer(http_server)
		assert api.get("list_requests", headers={"X-Forwarded-For": "203.0.113.99"})[0] == 200
		elsewhere = {"X-Forwarded-For": "203.0.113.98", "Authorization": "token wrong:wrong"}
		assert guest.get("list_requests", headers=elsewhere)[0] == 401

	def test_a_login_that_is_no_client(self, http_server):  # noqa: F811
		user = factories.make_user("Service Manager").name
		api = Api(http_server, user)
		status, answer = api.get("list_requests")
		assert status == 403 and error_of(answer) == "NotAllowed"
		make_api_client(user, active=0)
		frappe.db.commit()
		assert api.get("list_requests")[0] == 403

	def test_fields_that_are_not_offered(self, customer):
		api, _name = customer
		for field, value in (
			("status", "Closed"),
			("priority", "Critical"),
			("owner", "Administrator"),
			("docstatus", 1),
			("flags", {"ignore_permissions": True}),
			("ignore_permissions", 1),
			("doctype", "User"),
			("intake_key", "x"),
			("client", "x"),
		):
			status, answer = api.call("create_request", subject="x", **{field: value})
			assert status == 422 and field in answer["error"]["fields"], (field, answer)

	@pytest.mark.parametrize(
		("values", "field"),
		[
			({}, "subject"),
			({"subject": ""}, "subject"),
			({"subject": "x" * 141}, "subject"),
			({"subject": ["x"]}, "subject"),
			({"subject": {"$gt": ""}}, "subject"),
			({"subject": "\ud800"}, "subject"),
			({"subject": "a\0b"}, "subject"),
			({"subject": "x", "request_type": "Nothing"}, "request_type"),
		],
	)
	def test_what_is_wrong_is_named(self, customer, values, field):
		status, answer = customer[0].call("create_request", **values)
		assert status == 422 and error_of(answer) == "InvalidInput"
		assert any(place.split(".")[0] == field for place in answer["error"]["fields"])

	def test_what_is_no_json_no_function_or_another_method(self, customer):
		client = customer[0].client
		json_type = {"Content-Type": "application/json"}
		for body in ("{", "[1]", "null", '"text"', "1"):
			status, text = client.send("POST", V1 + "create_request", data=body, headers=json_type)
			assert status in (400, 422) and '"error"' in text, body
		assert client.send("POST", V1 + "delete_everything", json={})[0] == 404
		assert client.send("POST", V1 + "find", json={})[0] == 404
		assert client.send("GET", V1 + "create_request")[0] == 405

	@pytest.mark.parametrize(
		"name", ["x.html", "x.svg", "x.exe", "x", "../x.pdf", "a/b.pdf", "a\\b.pdf", "x.pdf.html"]
	)
	def test_files_that_are_not_taken(self, customer, name):
		api, _customer = customer
		case = api.call("create_request", subject="x")[1]["name"]
		assert api.call("attach_file", request=case, file_name=name, content=TEXT_FILE)[0] == 422
		assert api.call("attach_file", request=case, file_name="x.txt", content="no base64!")[0] == 422


@pytest.mark.parametrize("name", ["x.pdf", "x.png", "x.jpg", "x.gif"])
def test_files_that_are_not_what_they_say_break_nothing(customer, name):
	api, _customer = customer
	case = api.call("create_request", subject="x")[1]["name"]
	for content in (b"%PDF-1.4 no more", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"):
		status, _answer = api.call(
			"attach_file", request=case, file_name=name, content=base64.b64encode(content).decode()
		)
		assert status in (201, 422)


def string_arguments() -> list[tuple[str, str]]:
	"""Every function of the API with each of its arguments that takes a text, by the description."""
	found = []
	for name, one in endpoint.ENDPOINTS.items():
		for field, schema in one.parameters.model_json_schema()["properties"].items():
			kinds = schema.get("anyOf", [schema])
			if any(kind.get("type") == "string" for kind in kinds):
				found.append((name, field))
	return found


@pytest.mark.parametrize(("function", "field"), string_arguments())
def test_what_is_written_is_text_whatever_it_is(customer, function, field):
	"""Forty payloads in each text: taken as it is or refused with the place, shown as text, and nothing breaks."""
	api, name = customer
	case = api.call("create_request", subject="x")[1]["name"]
	errors_before = frappe.db.count("Error Log")
	right = {
		"create_request": {"subject": "x"},
		"get_request": {"request": case},
		"list_requests": {},
		"add_comment": {"request": case, "text": "x"},
		"attach_file": {"request": case, "file_name": "x.txt", "content": TEXT_FILE},
	}[function]
	send = api.call if endpoint.ENDPOINTS[function].method == "POST" else api.get
	step = times(8, 1)
	for text in payloads.INJECTIONS[(len(function + field) % step) :: step]:
		status, answer = send(function, **{**right, field: text})
		assert status in (200, 201, 404, 422), (text, answer)
		if status in (404, 422):
			assert error_of(answer) in ("NotFound", "InvalidInput", "UploadRefused", "UnknownChannel"), answer
		if function == "create_request" and status == 201:
			frappe.db.rollback()
			assert "<" not in (frappe.db.get_value(CASE, answer["name"], "description") or "").replace(
				"<br>", ""
			)
	status, shown = api.get("get_request", request=case)
	assert status == 200
	for message in shown["messages"]:
		assert "<" not in message["content"].replace("<br>", ""), message
	frappe.db.rollback()
	assert frappe.db.count("Error Log") == errors_before
	assert set(frappe.get_all(CASE, {"owner": api.user}, pluck="customer")) == {name}


def test_the_description_names_every_function_and_its_parameters():
	document = openapi.document()
	create = document["paths"][V1 + "create_request"]["post"]
	schema = create["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
	properties = document["components"]["schemas"][schema]
	assert properties["required"] == ["subject"] and properties["additionalProperties"] is False
	assert {path.rpartition(".")[2] for path in document["paths"]} == {
		"create_request",
		"get_request",
		"list_requests",
		"add_comment",
		"attach_file",
	}
