"""The hotline screen's server side: search, cards, new case; who may use it, and what it costs."""

import frappe
import pytest

from support_service.service_intake import api, channels
from support_service.service_intake.look_up import phone_digits
from tests.factories import (
	insert,
	make_customer,
	make_engineer_visit,
	make_installed_unit,
	make_service_request,
	make_user,
	unique,
)
from tests.site.queries import count_queries


@pytest.fixture(autouse=True)
def agent():
	channels.sync()
	user = make_user("Service Desk Agent").name
	return user


def make_contact(customer, phone):
	return insert(
		"Contact",
		{
			"first_name": unique("Caller"),
			"phone_nos": [{"phone": phone, "is_primary_mobile_no": 1}],
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		},
		{},
	)


def found(text, kind):
	return [hit["name"] for hit in api.look_up(text) if hit["kind"] == kind]


def random_phone():
	return "139" + str(int(frappe.generate_hash(length=8), 36) % 10**8).zfill(8)


@pytest.mark.parametrize(
	("text", "digits"),
	[
		("+86 138-0013 8000", "800138000"),
		("021 5888 6677", "158886677"),
		("12345", "12345"),
		("1234", ""),
		("SN-12345", ""),
		("", ""),
	],
)
def test_only_what_can_be_a_phone_number_is_compared_by_its_last_digits(text, digits):
	assert phone_digits(text) == digits


@pytest.mark.parametrize("written", ["{0}", "+86 {0}", "0086{0}", "({0}) "])
def test_a_contact_is_found_however_the_number_was_written(written, agent):
	number = random_phone()
	customer = make_customer().name
	contact = make_contact(customer, f"{number[:3]} {number[3:7]}-{number[7:]}")
	frappe.set_user(agent)
	hits = [hit for hit in api.look_up(written.format(number)) if hit["kind"] == "Contact"]
	assert [(hit["name"], hit["customer"]) for hit in hits] == [(contact.name, customer)]


def test_a_caller_we_do_not_know_is_found_by_the_number_on_the_open_case(agent):
	frappe.set_user(agent)
	number = random_phone()
	name = api.open_case("Smoke", contact_name="Somebody", contact_phone=number)["name"]
	assert name in found(number, "Service Request")


def test_serial_number_unit_customer_and_case_are_found_by_their_beginning(agent):
	unit = make_installed_unit(unit_name=unique("Press"), serial_label=unique("SER"))
	case = make_service_request(customer=unit.customer, installed_unit=unit.name)
	frappe.set_user(agent)
	assert unit.name in found(unit.serial_label[:9], "Installed Unit")
	assert unit.name in found(unit.unit_name, "Installed Unit")
	assert unit.customer in found(unit.customer[-6:], "Customer")
	assert found(case.name, "Service Request") == [case.name]
	# two digits at the least, else it is too short to search for
	assert found(f"{int(case.name[-5:]):02d}", "Service Request") == [case.name]


def test_a_customer_whose_name_is_a_number_is_found_by_it(agent):
	number = random_phone()
	customer = make_customer(customer_name=f"{number} Railways").name
	frappe.set_user(agent)
	assert found(number, "Customer") == [customer]
	assert customer in found(number[:4], "Customer")


@pytest.mark.parametrize("text", ["", " ", "x", "%%", "__", "%' OR 1=1 --", "\\"])
def test_wildcards_and_short_texts_find_nothing(text, agent):
	make_installed_unit()
	frappe.set_user(agent)
	assert api.look_up(text) == []


def test_the_customer_card_tells_what_stands_open_and_hides_the_rest(agent):
	unit = make_installed_unit()
	contact = make_contact(unit.customer, random_phone())
	cases = [make_service_request(customer=unit.customer).name for _ in range(2)]
	frappe.db.set_value("Service Request", cases[0], "status", "Closed")
	make_service_request()
	frappe.set_user(agent)
	card = api.customer_card(unit.customer)
	assert card["customer"]["name"] == unit.customer
	assert [row.name for row in card["open_cases"]] == [cases[1]]
	assert [row.name for row in card["closed_cases"]] == [cases[0]]
	assert [row.name for row in card["units"]] == [unit.name]
	assert [row.name for row in card["contacts"]] == [contact.name]


def test_the_unit_card_tells_open_cases_and_visits(agent):
	unit = make_installed_unit()
	case = make_service_request(customer=unit.customer, installed_unit=unit.name)
	visit = make_engineer_visit(service_request=case.name)
	frappe.set_user(agent)
	card = api.unit_card(unit.name)
	assert card["unit"]["serial_label"] == unit.serial_label
	assert [row.name for row in card["open_cases"]] == [case.name]
	assert [row.name for row in card["visits"]] == [visit.name]
	assert card["inside"] == []


def test_a_case_needs_only_a_subject_and_somebody_to_call_back(agent):
	frappe.set_user(agent)
	created = api.open_case("Smoke from the rack", contact_name="Mr. Unknown")
	case = frappe.get_doc("Service Request", created["name"])
	assert (case.channel, case.status, case.customer, case.owner) == ("Hotline", "New", None, agent)
	with pytest.raises(api.CallerMissingError):
		api.open_case("Smoke from the rack")


def test_an_impatient_second_click_returns_the_same_case(agent):
	frappe.set_user(agent)
	first = api.open_case("Smoke", contact_name="A", key="call-1")
	assert api.open_case("Smoke", contact_name="A", key="call-1") == first


def test_markup_in_a_subject_does_not_survive(agent):
	frappe.set_user(agent)
	created = api.open_case("<img src=x onerror=alert(1)>Smoke", contact_name="A")
	assert frappe.db.get_value("Service Request", created["name"], "subject") == "Smoke"


@pytest.mark.parametrize("role", ["Service Engineer", "Customer", None])
def test_the_hotline_is_closed_to_everybody_else(role):
	unit = make_installed_unit()
	frappe.set_user(make_user(*filter(None, [role])).name)
	calls = (
		lambda: api.look_up("Press"),
		lambda: api.customer_card(unit.customer),
		lambda: api.unit_card(unit.name),
		lambda: api.open_case("Smoke", contact_name="A"),
	)
	for call in calls:
		with pytest.raises(frappe.PermissionError):
			call()


def test_the_reads_of_the_cards_use_their_indexes():
	"""The history grows without end; the last closed cases of a customer must come from an index, unsorted."""
	unit = make_installed_unit()
	for fieldname, value in (("customer", unit.customer), ("installed_unit", unit.name)):
		plan = frappe.db.sql(
			f"""EXPLAIN SELECT name FROM `tabService Request` FORCE INDEX FOR JOIN ({fieldname}_status_raised_on_index)
			WHERE `{fieldname}` = %s AND status = 'Closed' ORDER BY raised_on DESC LIMIT 5""",  # noqa: S608
			value,
			as_dict=True,
		)[0]
		assert plan.key == f"{fieldname}_status_raised_on_index"
		assert "filesort" not in (plan.Extra or "")


def test_a_card_costs_a_fixed_number_of_queries(agent):
	unit = make_installed_unit()
	frappe.set_user(agent)
	api.unit_card(unit.name)
	few = count_queries(lambda: api.unit_card(unit.name))
	frappe.set_user("Administrator")
	for _number in range(4):
		make_service_request(customer=unit.customer, installed_unit=unit.name)
	frappe.set_user(agent)
	assert count_queries(lambda: api.unit_card(unit.name)) <= few
