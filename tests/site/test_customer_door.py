"""The customers' door: words in a text close nothing, and no spelling of a forbidden question opens it."""

import inspect
import itertools
import json
from types import SimpleNamespace
from urllib.parse import quote

import frappe
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support_service.permissions import asked, portal_access
from tests import factories
from tests.http_server import Client, Server, api_token
from tests.platform import CHECK_LINK
from tests.site.test_unit_guessing import ERROR_ID

PORTAL = "support_service.customer_portal.api"
INVENTED = "IU-999999"


@pytest.fixture(scope="module")
def visitor(http_server: Server) -> SimpleNamespace:
	"""A customer with a case and a unit; customer B has a unit whose number is guessed."""
	frappe.set_user("Administrator")
	customer = factories.make_customer().name
	user = factories.make_customer_user(customer).name
	found = SimpleNamespace(
		client=http_server.client(api_token(user)),
		server=http_server,
		user=user,
		case=factories.make_service_request(customer=customer).name,
		foreign=factories.make_installed_unit().name,
	)
	frappe.db.commit()
	return found


def guarded() -> list[str]:
	ours, rows = portal_access._our_doctypes()
	return [*portal_access._rules(ours), *rows]


# Where customers write words: door → how often a field of it is one of theirs
def contact(field):
	return lambda client, text: client.send(
		"POST", "/api/resource/Contact", json={"first_name": "Li", field: text}
	)


def as_form(client: Client, text: str) -> tuple[int, str]:
	return client.send("POST", "/api/resource/Contact", data={"data": json.dumps({"first_name": text})})


def as_raw_body(client: Client, text: str) -> tuple[int, str]:
	return client.send(
		"POST",
		"/api/resource/Contact",
		data=json.dumps({"first_name": text}).encode(),
		headers={"Content-Type": "text/plain"},
	)


def inserted(client: Client, text: str) -> tuple[int, str]:
	return client.call("frappe.client.insert", doc=json.dumps({"doctype": "Contact", "first_name": text}))


def second_version(client: Client, text: str) -> tuple[int, str]:
	return client.send("POST", "/api/v2/document/Contact", json={"first_name": "Li", "company_name": text})


def searched(client: Client, text: str) -> tuple[int, str]:
	filters = json.dumps([["first_name", "like", f"%{text}%"]])
	return client.send("GET", "/api/resource/Contact", params={"filters": filters})


def in_a_row(client: Client, text: str) -> tuple[int, str]:
	rows = [{"phone": "+4930123456", "doctype": "Contact Phone", "owner": text}]
	return client.send(
		"POST", "/api/resource/Contact", json={"first_name": "Li", "phone_nos": rows, "department": text}
	)


def commented(client: Client, text: str) -> tuple[int, str]:
	return client.call(
		"frappe.desk.form.utils.add_comment",
		reference_doctype="Contact",
		reference_name="none",
		content=text,
		comment_email="a@example.com",
		comment_by=text,
	)


def in_fields_with_telling_names(client: Client, text: str) -> tuple[int, str]:
	values = {
		"first_name": "Li",
		"issue_type": text,
		"query": text,
		"filters": text,
		"fields": text,
		"dt": text,
	}
	return client.send("POST", "/api/resource/Contact", json=values)


def uploaded(client: Client, text: str) -> tuple[int, str]:
	return client.send(
		"POST",
		"/api/method/upload_file",
		files={"file": (f"{text}.txt".replace("/", "-"), b"Serial No, Asset, Service Request")},
		data={"is_private": 1, "file_name": text},
	)


TEXTS = {
	"first name": contact("first_name"),
	"designation": contact("designation"),
	"form": as_form,
	"raw body": as_raw_body,
	"client.insert": inserted,
	"second version": second_version,
	"search": searched,
	"row": in_a_row,
	"comment": commented,
	"telling names": in_fields_with_telling_names,
	"upload": uploaded,
}
WORDS = (
	"Serial No",
	"serial no 123 fails",
	"Asset",
	"service request",
	"Installed Unit",
	"support_service.api",
	"tabSerial No",
	'{"doctype": "Serial No"}',
	'["Serial No"]',
	"doctype=Asset",
)


@pytest.mark.parametrize("door", TEXTS)
def test_words_change_nothing(door: str, visitor: SimpleNamespace) -> None:
	neutral = TEXTS[door](visitor.client, "Printer broken")[0]
	for text in WORDS:
		assert TEXTS[door](visitor.client, text)[0] == neutral, text


@settings(
	max_examples=40,
	deadline=None,
	derandomize=True,
	suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(door=st.sampled_from(sorted(TEXTS)), data=st.data())
def test_any_text_around_a_name_changes_nothing(
	door: str, data: st.DataObject, visitor: SimpleNamespace
) -> None:
	around = st.text(
		st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\\<>"), max_size=8
	)
	name = data.draw(st.sampled_from(guarded()))
	text = (
		data.draw(around) + data.draw(st.sampled_from([name, name.lower(), name.upper()])) + data.draw(around)
	)
	status, body = TEXTS[door](visitor.client, text)
	assert "service page" not in body, (door, text)
	assert status not in (403, 404) or status == TEXTS[door](visitor.client, "Printer")[0], (door, text)


@pytest.mark.parametrize("text", WORDS)
def test_the_portal_takes_any_words(text: str, visitor: SimpleNamespace) -> None:
	status, body = visitor.client.call(
		f"{PORTAL}.send_message", request=visitor.case, text=text, key=frappe.generate_hash()
	)
	assert status == 200, body


def test_staff_who_are_customers_too_are_not_held_up(http_server: Server) -> None:
	user = factories.make_user("Customer", "Service Desk Agent").name
	unit = factories.make_installed_unit().name
	client = http_server.client(api_token(user))
	frappe.db.commit()
	assert client.send("GET", f"/api/resource/Installed Unit/{unit}")[0] == 200
	assert client.send("GET", '/api/resource/Serial No?filters=[["name","like","%Asset%"]]')[0] == 200
	for name in ("Asset list.txt", "Serial No.txt"):
		answer = client.send(
			"POST", "/api/method/upload_file", files={"file": (name, b"x")}, data={"is_private": 1}
		)
		assert answer[0] == 200, answer


# The forbidden question: door → how it is asked for a DocType and a number
def path(template):
	return lambda doctype, name: ("GET", template.format(quote(doctype, safe=""), quote(name)), {})


def body(where, method="POST", **headers):
	def ask(values):
		return lambda doctype, name: (
			method,
			where.format(quote(doctype, safe="")),
			{"data": json.dumps(values(doctype, name)).encode(), "headers": headers},
		)

	return ask


def call(function, **values):
	def ask(doctype, name):
		filled = {
			key: (value(doctype, name) if callable(value) else value.format(doctype=doctype, name=name))
			for key, value in values.items()
		}
		return "POST", f"/api/method/{function}", {"json": filled}

	return ask


def plain_text(where):
	return body(where, **{"Content-Type": "text/plain"})


def inner(*rows):
	return lambda doctype, name: json.dumps(
		[[one.format(doctype=doctype, name=name) for one in row] for row in rows]
	)


QUESTIONS = {
	"resource": path("/api/resource/{}/{}"),
	"resource v1": path("/api/v1/resource/{}/{}"),
	"document v2": path("/api/v2/document/{}/{}"),
	"slash": path("/api/resource/{}/{}/"),
	"list": path('/api/resource/{}?filters=[["name","=","{}"]]'),
	"list v2": path('/api/v2/document/{}?filters=[["name","=","{}"]]'),
	"cmd": lambda d, n: ("GET", "/", {"params": {"cmd": "frappe.client.get", "doctype": d, "name": n}}),
	"cmd over a path of ours": lambda d, n: (
		"GET",
		f"/api/method/{PORTAL}.report",
		{"params": {"cmd": "frappe.client.get", "doctype": d, "name": n}},
	),
	"get": call("frappe.client.get", doctype="{doctype}", name="{name}"),
	"get_value": call("frappe.client.get_value", doctype="{doctype}", filters="{name}", fieldname="name"),
	"exists": call(CHECK_LINK, doctype="{doctype}", docname="{name}"),
	"getdoc": call("frappe.desk.form.load.getdoc", doctype="{doctype}", name="{name}"),
	"reportview": call(
		"frappe.desk.reportview.get", doctype="{doctype}", filters=inner(["{doctype}", "name", "=", "{name}"])
	),
	"search": call("frappe.desk.search.search_link", doctype="{doctype}", txt="{name}"),
	"comment": call(
		"frappe.desk.form.utils.add_comment",
		reference_doctype="{doctype}",
		reference_name="{name}",
		content="x",
		comment_email="a@example.com",
		comment_by="x",
	),
	"tag": call("frappe.desk.doctype.tag.tag.add_tag", tag="x", dt="{doctype}", dn="{name}"),
	"share": call("frappe.share.add", doctype="{doctype}", name="{name}", user="a@example.com"),
	"insert": call("frappe.client.insert", doc=lambda d, n: json.dumps({"doctype": d, "name": n})),
	"save": call("frappe.client.save", doc=lambda d, n: {"doctype": d, "name": n}),
	"bulk": call("frappe.client.bulk_update", docs=lambda d, n: json.dumps([{"doctype": d, "docname": n}])),
	"method": call("run_doc_method", dt="{doctype}", dn="{name}", method="x"),
	"method of a document": call(
		"run_doc_method", docs=lambda d, n: json.dumps({"doctype": d, "name": n}), method="x"
	),
	"upload": call("upload_file", doctype="{doctype}", docname="{name}"),
	"link of a contact": plain_text("/api/resource/Contact")(
		lambda d, n: {"first_name": "x", "links": [{"link_doctype": d, "link_name": n}]}
	),
	"link in a list": body("/api/resource/Contact", **{"Content-Type": "application/json"})(
		lambda d, n: {"first_name": "x", "links": json.dumps([{"link_doctype": d, "link_name": n}])}
	),
	"file": body("/api/resource/File", **{"Content-Type": "application/octet-stream"})(
		lambda d, n: {"file_url": "/x", "attached_to_doctype": d, "attached_to_name": n}
	),
	"filter of another list": lambda d, n: (
		"GET",
		"/api/resource/Contact",
		{"params": {"filters": json.dumps([[d, "name", "=", n]])}},
	),
	"column of another list": lambda d, n: (
		"GET",
		"/api/resource/Contact",
		{"params": {"fields": json.dumps([f"`tab{d}`.`name`"])}},
	),
	"parent": call(
		"frappe.client.get_value",
		doctype="Contact Email",
		parent="{doctype}",
		filters="{name}",
		fieldname="name",
	),
}
SPELLINGS = {
	"as it is": str,
	"lower": str.lower,
	"upper": str.upper,
	"spaces": lambda name: f" {name} ",
	"wide": lambda name: "".join(chr(ord(char) + 0xFEE0) if char.isalnum() else char for char in name),
	"accent": lambda name: name.replace("e", "é", 1),
}


def ask(visitor: SimpleNamespace, question, doctype: str, name: str) -> tuple[int, str]:
	method, where, more = question(doctype, name)
	headers = {**visitor.client.session.headers, **more.pop("headers", {})}
	answer = requests.request(
		method, visitor.server.base_url + where, headers=headers, timeout=60, allow_redirects=False, **more
	)
	return answer.status_code, ERROR_ID.sub("", answer.text.replace(quote(name), "?").replace(name, "?"))


@pytest.mark.parametrize("door", QUESTIONS)
def test_no_spelling_opens_a_door(door: str, visitor: SimpleNamespace) -> None:
	for spelling, doctype in itertools.product(SPELLINGS, ("Installed Unit", "Serial No", "Service Request")):
		asked_for = SPELLINGS[spelling](doctype)
		real = {"Installed Unit": visitor.foreign, "Service Request": visitor.case}.get(doctype, "SN-1")
		first = ask(visitor, QUESTIONS[door], asked_for, real)
		assert first[0] == 403, (spelling, doctype, first)
		assert first == ask(visitor, QUESTIONS[door], asked_for, INVENTED), (spelling, doctype)


PRINTS = {
	"page": lambda d, n: ("/printview", {"doctype": d, "name": n}),
	"page with a slash": lambda d, n: ("/printview/", {"doctype": d, "name": n}),
	"page and a function": lambda d, n: (
		"/printview",
		{"cmd": "frappe.client.get", "doctype": d, "name": n, "key": "x"},
	),
	"page and a method": lambda d, n: (
		"/printview",
		{"cmd": "run_doc_method", "dt": d, "dn": n, "method": "x"},
	),
	"a key that nobody gave": lambda d, n: ("/printview", {"doctype": d, "name": n, "key": "abc"}),
	"an address of its own": lambda d, n: (f"/{quote(d)}/{n}", {}),
	"a document in memory": lambda d, n: ("/printview", {"doc": json.dumps({"doctype": d, "name": n})}),
	"pdf": lambda d, n: ("/api/method/frappe.utils.print_format.download_pdf", {"doctype": d, "name": n}),
	"several": lambda d, n: (
		"/api/method/frappe.utils.print_format.download_multi_pdf",
		{"doctype": json.dumps({d: [n]}), "name": n},
	),
}


@pytest.mark.parametrize("door", PRINTS)
@pytest.mark.parametrize("doctype", ["Installed Unit", "Serial No"])
def test_no_print_tells_what_exists(doctype: str, door: str, visitor: SimpleNamespace) -> None:
	serial = frappe.get_all("Serial No", pluck="name", limit=1) or ["SN-1"]
	real = visitor.foreign if doctype == "Installed Unit" else serial[0]
	answers = set()
	for name in (real, "IU-777777"):
		path, values = PRINTS[door](doctype, name)
		status, body = ask(visitor, lambda _d, _n, p=path, v=values: ("GET", p, {"params": v}), doctype, name)
		answers.add((status, "service page" in body))
	assert answers == {(403, True)}, answers


def test_an_own_case_is_printed(visitor: SimpleNamespace) -> None:
	status, body = visitor.client.send("GET", f"/printview?doctype=Service Request&name={visitor.case}")
	assert status == 200 and visitor.case in body


def test_every_doctype_of_ours_is_guarded(visitor: SimpleNamespace) -> None:
	modules = frappe.get_all("Module Def", {"app_name": "support_service"}, pluck="name")
	ours = frappe.get_all("DocType", {"module": ("in", modules)}, pluck="name")
	assert set(ours) <= set(guarded())
	# what customers may read as anybody may, such as the channels, need not be hidden
	open_to_them = {
		doctype
		for doctype in ours
		if not portal_access._rules(ours).get(doctype)
		and frappe.has_permission(doctype, "read", user=visitor.user)
	}
	assert open_to_them <= {"Service Channel"}
	for doctype in set(ours) - open_to_them:
		answers = {
			ask(visitor, QUESTIONS["get"], doctype, name) for name in (INVENTED, "IU-888888", visitor.foreign)
		}
		assert len(answers) == 1 and next(iter(answers))[0] == 403, (doctype, answers)


@pytest.mark.parametrize(
	"values",
	[
		{"query": "support_service.service_intake.api.look_up", "doctype": "Contact", "txt": "x"},
		{"cmd": "support_service.service_intake.api.look_up", "text": "x"},
	],
)
def test_our_functions_are_closed_whoever_calls_them(values: dict, visitor: SimpleNamespace) -> None:
	assert visitor.client.call("frappe.desk.search.search_link", **values)[0] == 403
	assert visitor.client.send("POST", "/api/v2/method/frappe.desk.search.search_link", json=values)[0] == 403


def test_parameters_that_hold_a_doctype_are_known() -> None:
	"""Frappe's and ERPNext's whitelisted functions name them like this; one that is called otherwise is looked at here."""
	named = {
		name.casefold()
		for function in frappe.whitelisted
		for name in inspect.signature(inspect.unwrap(function)).parameters
	}
	held = {"doctype", "dt", "reference_doctype", "ref_doctype", "parent", "parent_doctype"}
	assert held <= named and all(asked.holds_doctype(name) for name in held)
