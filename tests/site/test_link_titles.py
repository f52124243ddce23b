"""Links show names instead of numbers, to whoever may see what is named, and to nobody else."""

from typing import Any

import frappe
import pytest
from frappe.desk.search import search_link
from frappe.permissions import add_permission, update_permission_property
from frappe.www.printview import get_html_and_style

from support_service.erpnext_desk import api
from tests.factories import (
	make_engineer_visit,
	make_installed_unit,
	make_service_contract,
	make_service_engineer,
	make_service_request,
	make_service_team,
	make_user,
	unique,
)

NAMED = {"Installed Unit": "unit_name", "Service Contract": "title", "Engineer Visit": "title"}


@pytest.mark.parametrize("doctype", NAMED)
def test_links_show_the_name(doctype: str):
	meta = frappe.get_meta(doctype)
	assert (meta.show_title_field_in_link, meta.title_field) == (1, NAMED[doctype])


def test_the_desk_asks_our_functions():
	for path in (
		"frappe.desk.search.get_link_title",
		"frappe.desk.form.load.getdoc",
		"frappe.desk.notifications.get_open_count",
		"frappe.utils.global_search.search",
	):
		assert frappe.override_whitelisted_method(path).startswith("support_service.erpnext_desk.api.")


@pytest.mark.parametrize("typed", ["unit_name", "serial_label", "customer_name", "name"])
def test_a_link_is_found_by_what_people_know(typed: str):
	unit = make_installed_unit()
	frappe.set_user(make_user("Service Desk Agent").name)
	rows = search_link("Installed Unit", unit.get(typed))
	assert [(row["value"], row["label"]) for row in rows] == [(unit.name, unit.unit_name)]
	assert unit.serial_label in rows[0]["description"]


def test_a_contract_is_found_by_title_and_customer():
	contract = make_service_contract(title=unique("Gold"))
	for typed in (contract.title, contract.customer_name):
		assert [row["value"] for row in search_link("Service Contract", typed)] == [contract.name]


def test_a_title_is_for_who_may_see_the_document():
	visit = make_engineer_visit()
	stranger, own = make_service_engineer().user, visit.engineer_user
	shown = {}
	for user in (own, stranger, make_user("Stock User").name):
		frappe.set_user(user)
		shown[user] = api.get_link_title("Engineer Visit", visit.name)
	assert list(shown.values()) == [visit.title, visit.name, visit.name]


def test_other_apps_links_keep_their_titles():
	user = make_user(first_name="Ada", last_name="Lovelace")
	frappe.set_user(make_user().name)
	assert api.get_link_title("User", user.name) == frappe.desk.search.get_link_title("User", user.name)


def _opened(doctype: str, name: str, user: str) -> dict[str, Any]:
	frappe.set_user(user)
	frappe.local.response = frappe._dict(docs=[])
	api.getdoc(doctype, name)
	frappe.set_user("Administrator")
	return frappe.local.response["_link_titles"]


def _used_part(visit: Any) -> str:
	"""A ledger row that every engineer may read, of a visit they may not."""
	entry = {
		"doctype": "Fitted Part Entry",
		"installed_unit": make_installed_unit().name,
		"kind": "Fitted",
		"qty": 1,
		"voucher_type": visit.doctype,
		"voucher_no": visit.name,
		"entry_key": frappe.generate_hash(),
		"name": frappe.generate_hash(length=10),
	}
	frappe.get_doc(entry).db_insert()
	return entry["name"]


def test_a_form_names_only_what_its_reader_may_see():
	visit = make_engineer_visit()
	key = f"Engineer Visit::{visit.name}"
	entry = _used_part(visit)
	assert _opened("Fitted Part Entry", entry, visit.engineer_user)[key] == visit.title
	told = _opened("Fitted Part Entry", entry, make_service_engineer().user)
	assert told[key] == visit.name
	unit = next(title for link, title in told.items() if link.startswith("Installed Unit::"))
	assert unit.startswith("Unit ")  # units are everybody's


@pytest.fixture
def sellers_read_cases():
	"""An admin lets a role read and print cases that has no right to units."""
	add_permission("Service Request", "Sales User")
	update_permission_property("Service Request", "Sales User", 0, "print", 1)
	yield
	frappe.db.rollback()
	frappe.clear_cache(doctype="Service Request")


def test_a_print_names_only_what_its_reader_may_see(sellers_read_cases):
	unit = make_installed_unit()
	case = make_service_request(customer=unit.customer, installed_unit=unit.name).name
	papers = []
	for user in (make_user("Service Desk Agent").name, make_user("Sales User").name):
		frappe.set_user(user)
		papers.append(get_html_and_style("Service Request", case, print_format="Standard")["html"])
	own, foreign = papers
	assert unit.unit_name in own
	assert unit.unit_name not in foreign
	assert unit.name in foreign


def test_a_case_names_its_unit_on_the_form():
	unit = make_installed_unit()
	case = make_service_request(
		customer=unit.customer, installed_unit=unit.name, team=make_service_team().name
	)
	told = _opened("Service Request", case.name, make_user("Service Desk Agent").name)
	assert told[f"Installed Unit::{unit.name}"] == unit.unit_name
