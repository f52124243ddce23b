"""Quick entry of what came on paper or in person: the channel, the same intake, the scans as private files of the case."""

import frappe
import pytest

from support_service.service_intake import api, by_hand, channels
from tests.factories import (
	insert,
	make_customer,
	make_installed_unit,
	make_service_request,
	make_user,
	unique,
)


@pytest.fixture(autouse=True)
def _channels():
	channels.sync()


@pytest.fixture
def agent():
	user = make_user("Service Desk Agent").name
	frappe.set_user(user)
	return user


def make_scan(**values):
	return insert(
		"File", {"file_name": f"{unique('scan')}.txt", "content": unique("Letter"), "is_private": 1}, values
	)


@pytest.mark.parametrize("channel", by_hand.BUILTIN)
def test_each_way_in_person_or_on_paper_makes_a_case(channel, agent):
	created = api.enter_case(channel, "Does not start", contact_name="A visitor")
	case = frappe.get_doc("Service Request", created["name"])
	assert (case.channel, case.status, case.contact_name, case.owner) == (channel, "New", "A visitor", agent)
	assert channel in [row["value"] for row in api.channels_by_hand()]


def test_the_scans_become_private_files_of_the_case(agent):
	unit = frappe.db.get_value("Installed Unit", make_unit(), ["name", "customer"], as_dict=True)
	scans = [make_scan().name, make_scan(is_private=0).name]
	given = {
		"customer": unit.customer,
		"installed_unit": unit.name,
		"description": "Dear <b>all</b>,\nit broke",
		"files": frappe.as_json(scans),
		"key": "once",
	}
	created = api.enter_case("Letter", "Broken", **given)
	again = api.enter_case("Letter", "Broken", **given)
	assert again == created
	files = frappe.get_all(
		"File",
		{"attached_to_doctype": "Service Request", "attached_to_name": created["name"]},
		["name", "is_private"],
	)
	assert sorted(row.name for row in files) == sorted(scans)
	assert all(row.is_private for row in files)
	case = frappe.get_doc("Service Request", created["name"])
	assert (case.installed_unit, case.customer) == (unit.name, unit.customer)
	assert "<b>" not in case.description and "it broke" in case.description


def make_unit():
	user = frappe.session.user
	frappe.set_user("Administrator")
	name = make_installed_unit().name
	frappe.set_user(user)
	return name


@pytest.mark.parametrize("whose", ["a colleague's", "of another case"])
def test_a_file_that_was_not_just_uploaded_is_refused(whose, agent):
	if whose == "of another case":
		frappe.set_user("Administrator")
		case = make_service_request().name
		frappe.set_user(agent)
		file = make_scan(attached_to_doctype="Service Request", attached_to_name=case)
	else:
		frappe.set_user(make_user("Service Desk Agent").name)
		file = make_scan()
		frappe.set_user(agent)
	with pytest.raises(frappe.PermissionError):
		api.enter_case("Letter", "Broken", contact_name="A", files=[file.name])


def test_a_channel_that_comes_in_by_itself_is_refused(agent):
	for channel in ("Portal", "Monitoring", "E-mail"):
		with pytest.raises(by_hand.NotByHandError):
			api.enter_case(channel, "Broken", contact_name="A")


def test_a_channel_that_an_admin_made_is_offered(agent):
	frappe.set_user("Administrator")
	own = insert("Service Channel", {"channel_name": unique("Kiosk"), "enabled": 1}, {}).name
	frappe.set_user(agent)
	assert own in [row["value"] for row in api.channels_by_hand()]
	created = api.enter_case(own, "Broken", contact_name="A")
	assert frappe.db.get_value("Service Request", created["name"], "channel") == own


def test_somebody_to_answer_is_needed(agent):
	with pytest.raises(api.CallerMissingError):
		api.enter_case("Fax", "Broken")
	assert api.enter_case("Fax", "Broken", contact_email="a@example.com")["name"]


@pytest.mark.parametrize("role", ["Service Engineer", "Customer", None])
def test_quick_entry_is_for_the_service_desk(role):
	customer = make_customer().name
	frappe.set_user(make_user(*filter(None, [role])).name)
	for call in (lambda: api.channels_by_hand(), lambda: api.enter_case("Fax", "x", customer=customer)):
		with pytest.raises(frappe.PermissionError):
			call()
