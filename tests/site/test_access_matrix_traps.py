"""Side doors of the platform that do not ask the usual question, tried by the visitor who would gain by them."""

import json

import frappe
import pytest

from support_service.permissions.customer_endpoints import CUSTOMER_FUNCTIONS
from tests.access import functions
from tests.access.world import PERSONAS, SECRET_COST, SECRET_WORDS, World
from tests.http_server import Client
from tests.platform import CHECK_LINK

Clients = dict[str, Client]
STRANGERS = ("customer_b", "other_engineer", "nobody", "guest")
CASE = "Service Request"


@pytest.mark.parametrize("path", functions.expected())
def test_link_search_runs_no_function_for_a_stranger(path: str, world: World, clients: Clients) -> None:
	"""search_link(query=…) calls any whitelisted function, with the searched DocType as its first argument."""
	arguments = functions.ARGUMENTS[path](world.sides["a"])
	first = next((value for value in arguments.values() if isinstance(value, str)), "")
	subject = frappe.db.get_value(CASE, world.record(CASE, "a"), "subject")
	for persona in ("customer_b", "other_engineer"):
		_status, body = clients[persona].call(
			"frappe.desk.search.search_link", doctype=first, txt="", query=path, page_length=5
		)
		assert SECRET_WORDS not in body
		assert subject not in body


@pytest.mark.parametrize("persona", STRANGERS)
def test_upload_calls_no_function_for_a_stranger(persona: str, world: World, clients: Clients) -> None:
	for path in (
		"support_service.support_service.api.move",
		"support_service.customer_portal.api.withdraw",
	):
		before = frappe.db.get_value(CASE, world.record(CASE, "a"), "modified")
		clients[persona].send(
			"POST",
			"/api/method/upload_file",
			data={"method": path, "request": world.record(CASE, "a"), "action": "resolve"},
			files={"file": ("x.txt", b"x")},
		)
		frappe.db.rollback()  # see what the server committed
		assert frappe.db.get_value(CASE, world.record(CASE, "a"), "modified") == before


@pytest.mark.parametrize("persona", STRANGERS)
def test_nobody_attaches_to_a_foreign_case(persona: str, world: World, clients: Clients) -> None:
	status, _body = clients[persona].send(
		"POST",
		"/api/method/upload_file",
		data={"doctype": CASE, "docname": world.record(CASE, "a"), "is_private": 1},
		files={"file": ("x.txt", b"x")},
	)
	assert status in (401, 403)


@pytest.mark.parametrize("persona", STRANGERS)
@pytest.mark.parametrize("doctype", [CASE, "Engineer Visit", "Installed Unit"])
def test_website_list_is_shut(persona: str, doctype: str, world: World, clients: Clients) -> None:
	if doctype == "Installed Unit" and persona == "other_engineer":
		pytest.skip("engineers may see every unit")
	name = world.record(doctype, "a")
	answers = [
		clients[persona].call("frappe.www.list.get", "GET", doctype=doctype, limit=500),
		clients[persona].call("frappe.www.list.get_list_data", "GET", doctype=doctype, limit=500),
		clients[persona].send("GET", f"/list/{doctype}"),
	]
	assert not [body for _status, body in answers if name in body]


@pytest.mark.parametrize("persona", STRANGERS)
def test_a_foreign_clock_tells_a_stranger_nothing(persona: str, world: World, clients: Clients) -> None:
	"""Its number begins with the case's, which is no secret; its subject and reasons are."""
	clock, client, get = world.record("Service Clock", "a"), clients[persona], "GET"
	subject = frappe.db.get_value("Service Clock", clock, "subject")
	answers = {
		"preview": client.call(
			"frappe.desk.link_preview.get_preview_data", get, doctype="Service Clock", docname=clock
		),
		"title": client.call(
			"frappe.desk.search.get_link_title", get, doctype="Service Clock", docname=clock
		),
		"linked": client.call(
			"frappe.desk.form.linked_with.get", get, doctype="Service Clock", docname=clock
		),
		"report": client.call(
			"frappe.desk.query_report.run", get, report_name="Service Level Attainment", filters="{}"
		),
		"history": client.call("support_service.service_level.api.history_of", clock=clock),
		"printed": client.call(
			"frappe.www.printview.get_html_and_style", get, doc="Service Clock", name=clock
		),
	}
	assert not [door for door, (_status, body) in answers.items() if subject in body]


@pytest.mark.parametrize("persona", ["customer_b", "other_engineer", "nobody"])
def test_side_readers_tell_a_stranger_nothing(persona: str, world: World, clients: Clients) -> None:
	client, case = clients[persona], world.record(CASE, "a")
	subject = frappe.db.get_value(CASE, case, "subject")
	get = "GET"
	answers = {
		"preview": client.call("frappe.desk.link_preview.get_preview_data", get, doctype=CASE, docname=case),
		"validate": client.call(
			CHECK_LINK, get, doctype=CASE, docname=case, fields='["subject"]', fields_to_fetch='["subject"]'
		),
		"title": client.call("frappe.desk.search.get_link_title", get, doctype=CASE, docname=case),
		"linked": client.call(
			"frappe.desk.form.linked_with.get", get, doctype="Customer", docname=world.sides["a"]["customer"]
		),
		"linked case": client.call("frappe.desk.form.linked_with.get", get, doctype=CASE, docname=case),
		"global search": client.call("frappe.utils.global_search.search", get, text=subject),
		"web search": client.call("frappe.utils.global_search.web_search", get, text=subject),
		"communications": client.call(
			"frappe.desk.form.load.get_communications", get, doctype=CASE, name=case
		),
		"versions": client.call(
			"frappe.client.get_list", get, doctype="Version", filters=json.dumps([["docname", "=", case]])
		),
		"comments": client.call(
			"frappe.client.get_list",
			get,
			doctype="Comment",
			filters=json.dumps([["reference_name", "=", case]]),
			fields='["content", "reference_name"]',
		),
		"bulk": client.call(
			"frappe.desk.reportview.get_stats", get, doctype=CASE, stats='["subject"]', filters="[]"
		),
		"group": client.call(
			"frappe.desk.listview.get_group_by_count",
			get,
			doctype=CASE,
			current_filters="[]",
			field="subject",
		),
		"values": client.call(
			"frappe.client.get_value",
			get,
			doctype=CASE,
			filters=json.dumps({"name": case}),
			fieldname="subject",
		),
		"single field": client.call(
			"frappe.client.get_list",
			get,
			doctype=CASE,
			fields='["max(subject) as m"]',
			filters=json.dumps([["name", "=", case]]),
		),
		"print": client.call("frappe.www.printview.get_html_and_style", get, doc=CASE, name=case),
		"pdf": client.call("frappe.utils.print_format.download_pdf", get, doctype=CASE, name=case),
	}
	told = [door for door, (_status, body) in answers.items() if subject in body or "application/pdf" in body]
	assert not told, f"{told} tell {persona} about {case}"


def test_no_document_of_ours_is_in_global_search() -> None:
	"""Global search asks for the right to read the DocType only, never for the document."""
	from frappe.utils.global_search import get_doctypes_with_global_search

	narrowed = set(frappe.get_hooks("permission_query_conditions"))
	ours = {doctype for doctype in get_doctypes_with_global_search() if doctype in narrowed}
	assert not ours & {
		"Service Request",
		"Engineer Visit",
		"Installed Unit",
		"Service Survey",
		"Service Message",
		"Service Clock",
		"Service Clock Entry",
	}


@pytest.mark.parametrize("persona", [persona for persona in PERSONAS if persona != "guest"])
def test_survey_token_is_unreadable(persona: str, world: World, clients: Clients) -> None:
	survey, client = world.record("Service Survey", "a"), clients[persona]
	answers = [
		client.send("GET", f"/api/resource/Service Survey/{survey}"),
		client.call("frappe.desk.form.load.getdoc", "GET", doctype="Service Survey", name=survey),
		client.call(
			"frappe.client.get_list", "GET", doctype="Service Survey", fields='["name", "token_hash"]'
		),
		client.call(
			"frappe.client.get_value", "GET", doctype="Service Survey", filters=survey, fieldname="token_hash"
		),
		client.call(
			"frappe.desk.reportview.get",
			"GET",
			doctype="Service Survey",
			fields='["`tabService Survey`.`token_hash`"]',
			page_length=20,
		),
		client.send(
			"GET", "/printview", params={"doctype": "Service Survey", "name": survey, "format": "Standard"}
		),
	]
	assert not [body for _status, body in answers if SECRET_WORDS in body]


def _formats(doctype: str) -> list[str]:
	return [
		"Standard",
		*frappe.get_all("Print Format", filters={"doc_type": doctype, "disabled": 0}, pluck="name"),
	]


def test_prints_show_a_customer_no_costs_and_no_internal_words(world: World, clients: Clients) -> None:
	for doctype in (CASE, "Engineer Visit", "Service Request Move"):
		for print_format in _formats(doctype):
			params = {"doctype": doctype, "name": world.record(doctype, "a"), "format": print_format}
			status, body = clients["customer_a"].send("GET", "/printview", params=params)
			assert status == 200, (doctype, print_format)
			for secret in (SECRET_WORDS, f"{SECRET_COST:,.2f}", str(SECRET_COST)):
				assert secret not in body, (doctype, print_format)


def test_prints_show_a_customer_nothing_internal_of_a_contract(world: World, clients: Clients) -> None:
	name = world.record("Service Contract", "a")
	before = frappe.db.get_value(
		"Service Contract", name, ["cost_center", "price_change", "company"], as_dict=True
	)
	cost_center = frappe.get_cached_value("Company", before.pop("company"), "cost_center")
	frappe.db.set_value("Service Contract", name, {"cost_center": cost_center, "price_change": 17.37})
	frappe.db.commit()
	try:
		for print_format in _formats("Service Contract"):
			params = {"doctype": "Service Contract", "name": name, "format": print_format}
			status, body = clients["customer_a"].send("GET", "/printview", params=params)
			assert status == 200, print_format
			assert cost_center not in body and "17.37" not in body, print_format
		_status, body = clients["engineer"].send("GET", f"/api/resource/Service Contract/{name}")
		assert cost_center in body and "17.37" in body
	finally:
		frappe.db.set_value("Service Contract", name, before)
		frappe.db.commit()


def test_costs_are_shown_to_leads_and_not_to_engineers(world: World, clients: Clients) -> None:
	"""The counterpart: the figures are there to be leaked."""
	path = f"/api/resource/Engineer Visit/{world.record('Engineer Visit', 'a')}"
	shown = {who: clients[who].send("GET", path)[1].count(str(SECRET_COST)) for who in ("lead", "engineer")}
	assert shown == {"lead": 3, "engineer": 0}


def test_customer_cannot_ask_for_hidden_columns_by_filter(world: World, clients: Clients) -> None:
	"""Frappe hides a column's values from a customer, but would still filter by them."""
	for filters in ([["parts_cost", ">", 1]], [["Engineer Visit Part", "amount", ">", 1]]):
		status, body = clients["customer_a"].call(
			"frappe.client.get_list", "GET", doctype="Engineer Visit", filters=json.dumps(filters)
		)
		assert status in (200, 403)
		assert world.record("Engineer Visit", "a") not in body


def test_posted_document_cannot_lie_about_its_owner(world: World, clients: Clients) -> None:
	"""run_doc_method and save build the document from what the client posts."""
	engineer = world.users["other_engineer"]
	posted = {
		"doctype": CASE,
		"name": world.record(CASE, "a"),
		"engineer_user": engineer,
		"team": world.sides["b"]["team"],
		"owner": engineer,
		"__islocal": 1,
	}
	client = clients["other_engineer"]
	answers = [
		client.call("run_doc_method", method="get_assigned_users", docs=json.dumps(posted)),
		client.call("frappe.client.save", doc=json.dumps(posted)),
		client.call("frappe.desk.form.save.savedocs", doc=json.dumps(posted), action="Save"),
		client.call("frappe.www.printview.get_html_and_style", doc=json.dumps(posted)),
	]
	assert [status for status, _body in answers if status == 200] == []


def test_file_of_a_foreign_case_stays_shut(world: World, clients: Clients) -> None:
	"""A File record that names a foreign file must not open it."""
	url = world.files[CASE, "a"]
	detours = (url, url.replace("/files/", "/files/./"), url.replace("/files/", "/%66iles/"))
	for persona in ("customer_b", "other_engineer", "nobody"):
		for detour in detours:
			status, _body = clients[persona].send(
				"POST", "/api/resource/File", json={"file_url": detour, "is_private": 1}
			)
			assert status == 403, (persona, detour)
			status, _body = clients[persona].call("upload_file", file_url=detour, is_private=1)
			assert status == 403, (persona, detour)
		assert clients[persona].send("GET", url)[0] == 403, persona


@pytest.mark.parametrize(
	"path", [path for path in functions.expected() if not path.startswith(CUSTOMER_FUNCTIONS)]
)
def test_staff_functions_do_not_tell_a_customer_what_exists(
	path: str, world: World, clients: Clients
) -> None:
	"""A foreign number and an invented one get the same refusal."""
	real = functions.ARGUMENTS[path](world.sides["a"])
	records = set(world.sides["a"].values())
	invented = {
		key: f"{value}0" if isinstance(value, str) and value in records else value
		for key, value in real.items()
	}
	method = "GET" if path in functions.GET else "POST"
	answers = [clients["customer_b"].call(path, method, **arguments) for arguments in (real, invented)]
	assert [status for status, _body in answers] == [403, 403]
	assert len({json.loads(body).get("exc_type") for _status, body in answers}) == 1
