"""The search bar and the search dialog: what is found, in every language, and who is shown it."""

import json
from typing import Any

import frappe
import pytest

from support_service.erpnext_desk import api, search
from tests.factories import (
	make_customer,
	make_engineer_visit,
	make_installed_unit,
	make_service_contract,
	make_service_engineer,
	make_service_request,
	make_service_team,
	make_user,
	unique,
)
from tests.platform import SIXTEEN

CASE, UNIT = "Service Request", "Installed Unit"


def found(text: str, doctype: str = CASE, user: str | None = None) -> list[str]:
	"""Numbers of what the search bar shows of `doctype`, in its order."""
	frappe.set_user(user or make_user("Service Desk Agent").name)
	try:
		return [line["name"] for line in api.find(text) if line["doctype"] == doctype]
	finally:
		frappe.set_user("Administrator")


@pytest.mark.parametrize("kind", search.KINDS, ids=lambda kind: kind.doctype)
def test_the_index_of_a_search_holds_what_it_looks_at(kind: search.Kind):
	"""Else every key somebody types reads the documents themselves."""
	rows = frappe.db.sql(
		f"show index from `tab{kind.doctype}` where key_name = %s", search.SEARCH_INDEX, as_dict=True
	)
	assert [row.Column_name for row in sorted(rows, key=lambda row: row.Seq_in_index)] == list(kind.known_by)
	plan = frappe.db.sql(
		f"explain select name from `tab{kind.doctype}` force index ({search.SEARCH_INDEX}) "  # noqa: S608 - names of ours
		f"where concat_ws(' ', name, {', '.join(kind.known_by)}) like '%%x%%' order by name desc limit 20",
		as_dict=True,
	)
	assert plan[0].key == search.SEARCH_INDEX
	assert "Using index" in plan[0].Extra


@pytest.mark.parametrize("kind", search.KINDS, ids=lambda kind: kind.doctype)
def test_beginnings_are_looked_up(kind: search.Kind):
	looked_up = [(kind.doctype, name) for name in kind.begins] + [pair[:2] for pair in [kind.inside] if pair]
	for doctype, fieldname in looked_up:
		rows = frappe.db.sql(f"show index from `tab{doctype}` where seq_in_index = 1", as_dict=True)
		assert fieldname in {row.Column_name for row in rows}


@pytest.mark.parametrize(
	("subject", "typed"),
	[
		("Printer jams on floor seven-%s", "jams on floor seven-%s"),
		("Printer jams on floor seven-%s", "seven-%s printer"),
		("Printer jams on floor seven-%s", "PRINTER SEVEN-%s"),
		("三号机房交换机主板故障%s", "主板故障%s"),
		("三号机房交换机主板故障%s", "交换机 %s"),
		("三号机房交换机主板故障%s", "三号机房交换机主板故障%s"),
		("100%% load, tab_%s", "100%% load, tab_%s"),
	],
)
def test_a_case_is_found_by_its_subject(subject: str, typed: str):
	mark = frappe.generate_hash(length=6)
	case = make_service_request(subject=subject % mark).name
	make_service_request(subject="Another matter altogether")
	assert found(typed % mark) == [case]


def test_signs_of_the_search_language_are_letters_like_others():
	mark = frappe.generate_hash(length=6)
	make_service_request(subject=f"Load 100 tabx{mark}")
	assert found(f"100%{mark}") == found(f"tab_{mark}") == []


def test_a_case_is_found_by_number_serial_number_and_customer():
	customer = make_customer().name
	unit = make_installed_unit(customer=customer, serial_label=f"AX-{frappe.generate_hash(length=8)}-0042")
	case = make_service_request(customer=customer, installed_unit=unit.name, subject="Fan is loud").name
	assert found(case)[0] == case
	assert case in found(case[-5:])
	assert found(unit.serial_label) == [case]
	assert found(unit.serial_label[5:]) == [case]  # from somewhere in it
	assert found(f"{customer.split()[-1]} fan") == [case]


def test_units_contracts_and_visits_are_found():
	customer = make_customer().name
	mark = frappe.generate_hash(length=8)
	unit = make_installed_unit(customer=customer, unit_name=f"超声波诊断仪 {mark}")
	contract = make_service_contract(customer=customer, title=f"金牌维保 {mark}")
	visit = make_engineer_visit(service_request=make_service_request(customer=customer).name)
	assert found(f"诊断仪 {mark}", UNIT) == [unit.name]
	assert found(unit.serial_label, UNIT) == [unit.name]
	assert found(unit.name, UNIT)[0] == unit.name
	assert found(f"维保 {mark}", "Service Contract") == [contract.name]
	assert found(contract.name, "Service Contract")[0] == contract.name
	assert found(visit.name, "Engineer Visit")[0] == visit.name


def test_a_unit_is_found_by_the_serial_number_of_a_part_inside():
	from support_service.installed_base import fitted_parts
	from support_service.installed_base.fitting_rules import FITTED

	unit = make_installed_unit().name
	serial = unique("BOARD")
	entry = {
		"doctype": "Fitted Part Entry",
		"installed_unit": unit,
		"kind": FITTED,
		"serial_label": serial,
		"qty": 1,
		"happened_at": frappe.utils.now_datetime(),
		"recorded_by": "Administrator",
		"entry_key": frappe.generate_hash(),
	}
	frappe.get_doc(entry).db_insert()
	assert fitted_parts.inside_now(unit)
	assert found(serial, UNIT) == [unit]


def test_the_best_comes_first():
	mark = frappe.generate_hash(length=8)
	unit = make_installed_unit(serial_label=f"{mark}-1")
	begins = make_service_request(customer=unit.customer, installed_unit=unit.name, subject="Old").name
	for _later in range(search.LINES_PER_KIND):
		make_service_request(subject=f"Like {mark} the other day")
	shown = found(mark)
	assert shown[0] == begins
	assert len(shown) == search.LINES_PER_KIND


@pytest.mark.parametrize("text", ["", " ", "x", None])
def test_too_little_finds_nothing(text: Any):
	frappe.set_user(make_user("Service Desk Agent").name)
	assert search.lines(text) == []


def test_only_what_the_reader_may_see():
	"""An engineer finds the cases of the own team, however many others stand before them."""
	team = make_service_team()
	engineer = make_service_engineer(team=team.name).user
	mark = frappe.generate_hash(length=8)
	own = make_service_request(subject=f"Leak {mark}", team=team.name).name
	other_team = make_service_team().name
	foreign = [make_service_request(subject=f"Leak {mark}", team=other_team).name for _i in range(6)]
	assert found(f"leak {mark}", user=engineer) == [own]
	assert set(found(f"leak {mark}")) <= set(foreign) | {own}
	assert found(foreign[0], user=engineer) == []
	assert found(f"leak {mark}", user=make_user("Sales User").name) == []


def test_a_user_permission_narrows_the_search():
	mark = frappe.generate_hash(length=8)
	customer = make_customer().name
	own = make_service_request(subject=f"Leak {mark}", customer=customer).name
	make_service_request(subject=f"Leak {mark}")
	agent = make_user("Service Desk Agent").name
	frappe.permissions.add_user_permission("Customer", customer, agent)
	assert found(f"leak {mark}", user=agent) == [own]


# --- the search dialog, which asks Frappe's function


def dialog(text: str, user: str, **more: Any) -> list[dict[str, Any]]:
	frappe.set_user(user)
	try:
		return frappe.call(
			frappe.get_attr(frappe.override_whitelisted_method("frappe.utils.global_search.search")),
			text=text,
			**more,
		)
	finally:
		frappe.set_user("Administrator")


def test_the_dialog_finds_ours_and_what_frappe_finds():
	mark = frappe.generate_hash(length=8)
	case = make_service_request(subject=f"Leak {mark}").name
	_index("Customer", make_customer().name, f"Customer Name : {mark}")
	rows = dialog(mark, make_user("Service Desk Agent", "Sales User").name)
	assert [row["doctype"] for row in rows] == [CASE, "Customer"]
	assert rows[0]["name"] == case
	assert rows[0]["content"].startswith(f"Subject : Leak {mark}")


def _index(doctype: str, name: str, content: str) -> None:
	"""A row of Frappe's index, as its job writes it."""
	if doctype not in frappe.get_all("Global Search DocType", pluck="document_type"):
		settings = frappe.get_single("Global Search Settings")
		settings.append("allowed_in_global_search", {"document_type": doctype})
		settings.save()
	frappe.utils.global_search.sync_value(
		{"doctype": doctype, "name": name, "content": content, "published": 0, "title": name, "route": ""}
	)


def test_ours_in_frappes_index_is_not_told_to_strangers():
	"""An admin may tick *In Global Search* on a field of ours; Frappe then asks nobody."""
	mark = frappe.generate_hash(length=8)
	case = make_service_request(subject=f"Leak {mark}", team=make_service_team().name)
	_index(CASE, case.name, f"Subject : Leak {mark}")
	engineer = make_service_engineer().user
	frappe.set_user(engineer)
	told_by_frappe = frappe.utils.global_search.search(mark)
	# the leak is there; version 16 asks who may read what it found
	assert (case.name in json.dumps(told_by_frappe)) is not SIXTEEN
	assert dialog(mark, engineer) == []
	frappe.set_user("Administrator")
	frappe.db.delete("__global_search", {"doctype": CASE, "name": case.name})  # a table without transactions


def test_more_of_one_kind():
	mark = frappe.generate_hash(length=8)
	cases = [make_service_request(subject=f"Leak {mark}").name for _i in range(3)]
	agent = make_user("Service Desk Agent").name
	first = dialog(mark, agent, start=0, limit=2, doctype=CASE)
	rest = dialog(mark, agent, start="2", limit="2", doctype=CASE)
	assert [row["name"] for row in first + rest] == sorted(cases, reverse=True)


def test_what_is_shown_as_html_is_written_as_text():
	mark = frappe.generate_hash(length=8)
	make_service_request(subject=f"{mark} <b>loud</b> <img src=x onerror=alert(1)>")
	content = dialog(mark, make_user("Service Desk Agent").name)[0]["content"]
	assert "<img" not in content
	many = dialog(f"{mark} loud", make_user("Service Desk Agent").name)[0]["content"]
	assert many.startswith(f"{mark} loud : ")
