"""The hotline on ERPNext's Call Log: whose call it is, who may be calling, note and case in one step."""

import frappe
import pytest

from support_service.foundation import people
from support_service.service_intake import api as hotline_api
from support_service.service_intake import channels
from support_service.service_intake.calls import api, register, screen, timeline
from tests.factories import (
	insert,
	make_customer,
	make_customer_user,
	make_installed_unit,
	make_service_contract,
	make_service_request,
	make_user,
	unique,
)
from tests.site.call_world import call_back_of, call_of, goes_on, make_agent, make_caller, number, ring


@pytest.fixture(autouse=True)
def _channels():
	channels.sync()


@pytest.fixture
def agent():
	return make_user("Service Desk Agent").name


@pytest.fixture
def told(monkeypatch):
	"""What realtime says to whom."""
	sent = []
	monkeypatch.setattr(
		frappe,
		"publish_realtime",
		lambda event=None, message=None, user=None, **_how: sent.append((event, message, user)),
	)
	return sent


def test_each_call_log_becomes_one_call_and_keeps_its_recording():
	log = ring(number())
	goes_on(log, "In Progress")
	goes_on(log, "Completed", duration=75, recording_url="https://tel.example.com/r/1.mp3")
	assert frappe.db.count("Service Call", {"call_log": log.name}) == 1
	call = call_of(log)
	assert (call.state, call.direction, call.number) == ("Answered", "Incoming", log.get("from"))
	assert (call.duration, call.recording_url) == (75, "https://tel.example.com/r/1.mp3")
	assert call.talked_on and call.ended_on


def test_the_screen_is_told_whose_telephone_rings(told):
	user, phone = make_agent()
	told.clear()
	call = call_of(ring(number(), to=phone))
	assert call.agent == user
	said = {user: message for event, message, user in told if event == "support_service_call"}
	assert said[user] == {
		"call": call.name,
		"state": "Waiting",
		"agent": user,
		"direction": "Incoming",
	}
	# nothing of the caller is in it
	assert call.number not in str(said)
	frappe.set_user(user)
	mine = api.my_calls()
	assert mine["call"]["name"] == call.name


def test_a_call_at_the_common_number_waits_for_whoever_takes_it(agent):
	call = call_of(ring(number()))
	other = make_user("Service Desk Agent").name
	frappe.set_user(agent)
	assert call.name in [row.name for row in api.my_calls()["waiting"]]
	api.take(call.name)
	assert api.my_calls()["call"]["name"] == call.name
	api.take(call.name)  # again: the same
	frappe.set_user(other)
	assert call.name not in [row.name for row in api.my_calls()["waiting"]]
	with pytest.raises(screen.CallTakenError):
		api.take(call.name)


def test_who_took_a_call_keeps_it_when_the_telephone_system_names_nobody(agent):
	log = ring(number())
	frappe.set_user(agent)
	api.take(call_of(log).name)
	frappe.set_user("Administrator")
	goes_on(log, "In Progress")
	assert call_of(log).agent == agent


@pytest.mark.parametrize(
	("calling", "stored"),
	[("+49 30 {0}", "030/{0}"), ("0049 30 {0}", "(030) {0}"), ("+86139{0}00", "139{0}00")],
)
def test_the_caller_is_found_however_the_number_is_written(calling, stored, agent):
	local = str(int(frappe.generate_hash(length=8), 36) % 10**6).zfill(6).replace("0", "7")
	unit = make_installed_unit()
	contract = make_service_contract(customer=unit.customer)
	case = make_service_request(customer=unit.customer, installed_unit=unit.name)
	contact = make_caller(stored.format(local), unit.customer)
	call = call_of(ring(calling.format(local)))
	assert (call.contact, call.customer) == (contact.name, unit.customer)
	frappe.set_user(agent)
	found = api.caller_of(call.name)
	assert (found["chosen"]["name"], found["chosen"]["customer"]) == (contact.name, unit.customer)
	# the search box finds them, too
	assert contact.name in [hit["name"] for hit in hotline_api.look_up(calling.format(local))]
	card = hotline_api.customer_card(unit.customer)
	assert [row.name for row in card["units"]] == [unit.name]
	assert [row.name for row in card["open_cases"]] == [case.name]
	assert [row.name for row in card["contracts"]] == [contract.name]


def test_of_two_contacts_with_one_number_a_person_chooses(agent):
	phone = number()
	contacts = {make_caller(phone).name, make_caller(phone.removeprefix("+86")).name}
	call = call_of(ring(phone))
	assert (call.contact, call.customer) == (None, None)
	frappe.set_user(agent)
	found = api.caller_of(call.name)
	assert {hit["name"] for hit in found["hits"]} == contacts
	assert found["chosen"] is None


def test_a_contact_of_two_customers_is_shown_for_both(agent):
	phone, one, other = number(), make_customer().name, make_customer().name
	contact = make_caller(phone, one)
	contact.append("links", {"link_doctype": "Customer", "link_name": other})
	contact.save(ignore_permissions=True)
	call = call_of(ring(phone))
	frappe.set_user(agent)
	found = api.caller_of(call.name)
	assert {hit["customer"] for hit in found["hits"]} == {one, other}
	assert (found["chosen"], call.customer) == (None, None)


def test_nobody_with_the_number_is_an_unverified_caller(agent):
	call = call_of(ring(number()))
	frappe.set_user(agent)
	assert api.caller_of(call.name) == {"hits": [], "chosen": None}
	created = hotline_api.open_case("Smoke", contact_phone=call.number, call=call.name)
	case = frappe.get_doc("Service Request", created["name"])
	assert (case.customer, case.contact_phone) == (None, call.number)


def test_a_contact_that_a_customer_wrote_opens_no_customer(agent):
	"""Everybody with a login may write a Contact with any number and any customer."""
	phone, stranger = number(), make_customer_user(make_customer().name).name
	other = make_customer().name
	frappe.set_user(stranger)
	insert(
		"Contact",
		{
			"first_name": unique("Impostor"),
			"phone_nos": [{"phone": phone, "is_primary_phone": 1}],
			"links": [{"link_doctype": "Customer", "link_name": other}],
		},
		{},
	)
	frappe.set_user("Administrator")
	call = call_of(ring(phone))
	assert (call.contact, call.customer) == (None, None)
	frappe.set_user(agent)
	found = api.caller_of(call.name)
	assert [hit["customer"] for hit in found["hits"]] == [None]
	assert found["chosen"] is None


@pytest.mark.parametrize("calling", ["", "anonymous", None])
def test_a_hidden_number_is_a_call_of_nobody(calling, agent):
	call = call_of(ring(calling))
	frappe.set_user(agent)
	assert api.caller_of(call.name) == {"hits": [], "chosen": None}


def test_note_and_case_are_one_step_and_the_call_names_the_case(agent):
	phone, customer = number(), make_customer().name
	contact = make_caller(phone, customer)
	log = ring(phone)
	frappe.set_user(agent)
	created = hotline_api.open_case(
		"Smoke",
		description="Since this morning",
		customer=customer,
		contact=contact.name,
		call=call_of(log).name,
		department_queue="Technical Support",
		key="once",
	)
	again = hotline_api.open_case("Smoke", customer=customer, call=call_of(log).name, key="once")
	assert again["name"] == created["name"]
	assert created["department_queue"] == "Technical Support"
	frappe.set_user("Administrator")
	goes_on(log, "Completed", recording_url="https://tel.example.com/r/2.mp3")
	call = call_of(log)
	assert (call.service_request, call.customer, call.agent) == (created["name"], customer, agent)
	cards = timeline.calls_of_case("Service Request", created["name"])
	assert len(cards) == 1
	assert phone in cards[0]["content"] and "https://tel.example.com/r/2.mp3" in cards[0]["content"]


@pytest.mark.parametrize("queue", ["Pre-Sales", "After-Sales", "Technical Support"])
def test_a_case_goes_to_the_department_that_the_agent_chose(queue, agent):
	frappe.set_user(agent)
	created = hotline_api.open_case("Question", contact_name="A", department_queue=queue)
	assert created["department_queue"] == queue


def test_a_note_on_an_open_case_is_one_step(agent):
	case = make_service_request()
	call = call_of(ring(number()))
	frappe.set_user(agent)
	assert api.note_on_case(call.name, case.name, "Asks <b>when</b>\nwe come") == case.name
	call.reload()
	assert (call.service_request, call.note, call.customer) == (
		case.name,
		"Asks <b>when</b>\nwe come",
		case.customer,
	)
	said = frappe.get_all(
		"Comment",
		{"reference_name": case.name, "comment_type": "Comment"},
		pluck="content",
	)
	assert said == ["Asks &lt;b&gt;when&lt;/b&gt;<br>we come"]
	with pytest.raises(api.NoteMissingError):
		api.note_on_case(call.name, case.name, " ")


def test_a_second_matter_of_one_call_says_so(agent):
	first, second = make_service_request(), make_service_request()
	call = call_of(ring(number()))
	frappe.set_user(agent)
	api.note_on_case(call.name, first.name, "One")
	api.note_on_case(call.name, second.name, "Two")
	call.reload()
	assert (call.service_request, call.note) == (first.name, "One\nTwo")
	info = frappe.get_all("Comment", {"reference_name": second.name, "comment_type": "Info"}, pluck="content")
	assert any(first.name in text for text in info)


def test_a_recording_that_is_no_link_is_none():
	case = make_service_request()
	log = ring(number(), recording_url="javascript:alert(1)")
	frappe.db.set_value(
		"Service Call", call_of(log).name, {"service_request": case.name, "note": "<img src=x>"}
	)
	card = timeline.calls_of_case("Service Request", case.name)[0]["content"]
	assert "javascript" not in card and "<img" not in card


def test_what_is_written_past_the_events_is_followed_by_the_sweep():
	log = ring(number())
	frappe.db.set_value("Call Log", log.name, "status", "In Progress")
	silent = ring(number())
	frappe.db.delete("Service Call", {"call_log": silent.name})
	frappe.db.commit()
	register.run()
	assert call_of(log).state == "Talking"
	assert call_of(silent).state == "Waiting"


def test_a_recording_that_comes_later_past_the_events_is_followed():
	log = ring(number(), status="Completed")
	frappe.db.set_value("Call Log", log.name, "recording_url", "https://tel.example.com/late.mp3")
	frappe.db.commit()
	register.run()
	assert call_of(log).recording_url == "https://tel.example.com/late.mp3"


def test_a_call_that_nobody_ended_is_over_after_a_while():
	log = ring(number(), start_time=frappe.utils.add_to_date(None, hours=-2))
	frappe.db.commit()
	register.run()
	call = call_of(log)
	assert call.state == "Unanswered"
	assert call.call_back


def test_a_telephone_system_is_never_refused_because_of_us(monkeypatch):
	def broken(_log):
		raise frappe.ValidationError("broken")

	monkeypatch.setattr(register, "follow", broken)
	log = ring(number())
	assert frappe.db.exists("Call Log", log.name)
	assert not frappe.db.exists("Service Call", {"call_log": log.name})
	monkeypatch.undo()
	assert register.FOLLOW.has(log.name)


def test_an_agent_who_left_is_nobodys_telephone():
	user, phone = make_agent()
	frappe.db.set_value("User", user, "enabled", 0)
	assert not people.able([user])
	assert call_of(ring(number(), to=phone)).agent is None


@pytest.mark.parametrize("role", ["Service Engineer", "Customer", None])
def test_calls_are_for_the_service_desk(role):
	call, case = call_of(ring(number())), make_service_request()
	frappe.set_user(make_user(*filter(None, [role])).name)
	for ask in (
		lambda: api.my_calls(),
		lambda: api.caller_of(call.name),
		lambda: api.take(call.name),
		lambda: api.note_on_case(call.name, case.name, "x"),
		lambda: api.live_view(),
	):
		with pytest.raises(frappe.PermissionError):
			ask()


def test_a_call_outlives_a_case_that_is_deleted():
	"""Spam and tests are deleted; that somebody called stays on record."""
	caller = number()
	call = call_of(ring(caller))
	call_of(goes_on(frappe.get_doc("Call Log", call.call_log), "No Answer"))
	case = make_service_request()
	screen.write_down(call.name, case.name)
	assert call_back_of(caller).service_request == case.name
	frappe.delete_doc("Service Request", case.name)
	assert not call.reload().service_request and not call_back_of(caller).service_request
