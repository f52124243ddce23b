"""Whom we have to call back: each unanswered call once, one call-back a number, closed by an answered call."""

from itertools import permutations

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime

from support_service.service_intake.calls import api, call_backs, duty, register
from tests.factories import make_customer, make_service_engineer, make_service_team, make_user
from tests.site.call_world import call_back_of, call_of, goes_on, make_caller, number, ring

SETTINGS = "Support Service Settings"


@pytest.fixture
def agent():
	return make_user("Service Desk Agent").name


def unanswered(phone, minutes_ago=0, **values):
	log = ring(phone, start_time=add_to_date(None, minutes=-minutes_ago), **values)
	return goes_on(log, "No Answer")


def test_an_unanswered_call_makes_one_call_back():
	phone, customer = number(), make_customer().name
	contact = make_caller(phone, customer)
	log = unanswered(phone)
	goes_on(log, "No Answer", duration=3)  # told twice
	goes_on(log, "Canceled")
	back = call_back_of(phone)
	assert (back.calls, back.customer, back.contact) == (1, customer, contact.name)
	assert back.caller_name == contact.full_name
	assert get_datetime(back.due_by) > now_datetime()
	assert call_of(log).call_back == back.name


@pytest.mark.parametrize("again", ["{0}", "0086{1}", "86{1}"])
def test_a_second_call_of_the_number_joins_it(again):
	phone = number()
	unanswered(phone, 10)
	unanswered(again.format(phone, phone.removeprefix("+86")))
	backs = frappe.get_all(
		"Service Call Back", {"open_key": phone[1:]}, ["calls", "first_call_on", "last_call_on"]
	)
	assert [row.calls for row in backs] == [2]
	assert backs[0].first_call_on < backs[0].last_call_on


def test_a_later_answered_call_closes_it_and_a_new_one_opens_another():
	phone = number()
	unanswered(phone, 10)
	back = call_back_of(phone)
	log = ring(phone)
	goes_on(log, "In Progress")
	back.reload()
	assert (back.state, back.open_key) == ("Done", None)
	goes_on(log, "Completed")
	assert not call_back_of(phone)
	unanswered(phone)
	assert call_back_of(phone).name != back.name


def test_our_own_call_closes_it_when_they_answer_and_counts_when_they_do_not():
	phone = number()
	unanswered(phone, 10)
	back = call_back_of(phone)
	ours = {"type": "Outgoing", "to": phone}
	goes_on(ring("+864008000", **ours), "No Answer")
	back.reload()
	assert (back.state, back.tries) == ("Open", 1)
	goes_on(ring("+864008000", **ours), "Completed")
	back.reload()
	assert back.state == "Done"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_in_which_events_come_does_not_matter(order):
	"""Missed at 10:00 and 10:10, talked with at 10:20: nobody waits, whichever we hear of first."""
	phone = number()
	calls = [(20, "No Answer"), (10, "No Answer"), (0, "Completed")]
	for index in order:
		minutes, status = calls[index]
		ring(phone, status=status, start_time=add_to_date(None, minutes=-minutes))
	frappe.db.commit()
	call_backs.run()
	assert not call_back_of(phone)


def test_an_answered_call_before_the_unanswered_one_closes_nothing():
	phone = number()
	unanswered(phone, 5)
	ring(phone, status="Completed", start_time=add_to_date(None, minutes=-10))
	frappe.db.commit()
	call_backs.run()
	assert call_back_of(phone)


def test_what_two_transactions_did_not_see_of_each_other_the_sweep_puts_right():
	phone = number()
	unanswered(phone, 5)
	back = call_back_of(phone)
	call = call_of(ring(phone))
	frappe.db.set_value("Service Call", call.name, "state", "Answered")
	frappe.db.commit()
	call_backs.run()
	back.reload()
	assert back.state == "Done"


def test_nobody_is_called_back_whose_number_is_hidden():
	log = unanswered("anonymous")
	assert call_of(log).state == "Unanswered"
	assert not call_of(log).call_back


def test_take_assign_and_close(agent):
	phone = number()
	unanswered(phone)
	back = call_back_of(phone)
	lead, engineer = make_user("After-Sales Lead").name, make_service_engineer().user
	frappe.set_user(agent)
	api.take_call_back(back.name)
	assert back.reload().assigned_to == agent
	frappe.set_user(lead)
	due = add_to_date(None, hours=3, as_datetime=True).replace(microsecond=0)
	api.assign_call_back(back.name, engineer, str(due))
	back.reload()
	assert (back.assigned_to, back.due_by) == (engineer, due)
	told = {"for_user": engineer, "document_type": back.doctype, "document_name": back.name}
	assert frappe.db.exists("Notification Log", told)
	frappe.set_user(engineer)
	with pytest.raises(api.NoteMissingError):
		api.close_call_back(back.name, " ")
	api.close_call_back(back.name, "Wants an offer")
	back.reload()
	assert (back.state, back.done_by, back.note) == ("Done", engineer, "Wants an offer")
	with pytest.raises(call_backs.CallBackDoneError):
		api.close_call_back(back.name, "again")


def test_a_call_back_is_given_only_to_who_can_make_it(agent):
	phone = number()
	unanswered(phone)
	frappe.set_user(agent)
	back = call_back_of(phone)
	nobody = make_user().name
	with pytest.raises(call_backs.CannotCallBackError):
		api.assign_call_back(back.name, nobody)
	listed = [row["value"] for row in api.who_calls_back()]
	assert agent in listed and nobody not in listed


def test_an_engineer_sees_only_what_they_are_asked_to_do():
	phone = number()
	unanswered(phone)
	back = call_back_of(phone)
	engineer = make_service_engineer().user
	frappe.set_user(engineer)
	assert back.name not in frappe.get_list("Service Call Back", pluck="name")
	with pytest.raises(frappe.PermissionError):
		api.close_call_back(back.name, "x")
	frappe.set_user("Administrator")
	call_backs.assign(back.name, engineer)
	frappe.set_user(engineer)
	assert back.name in frappe.get_list("Service Call Back", pluck="name")


def test_who_is_late_is_reminded_once(agent):
	phone = number()
	unanswered(phone)
	back = call_back_of(phone)
	call_backs.assign(back.name, agent, add_to_date(None, minutes=-1))
	frappe.db.commit()
	call_backs.run()
	call_backs.run()
	told = {"for_user": agent, "document_name": back.name, "subject": ["like", "%in time%"]}
	assert frappe.db.count("Notification Log", told) == 1


@pytest.fixture
def closed_now():
	"""The team that takes what nobody else does is closed; one engineer is on duty."""
	lead = make_user("After-Sales Lead").name
	engineer = make_service_engineer(phone="+8613912345678")
	team = make_service_team(lead=lead)
	team.office_hours = closed_calendar()
	team.append(
		"duty",
		{
			"engineer": engineer.name,
			"starts_on": add_to_date(None, hours=-1),
			"ends_on": add_to_date(None, hours=8),
		},
	)
	team.save(ignore_permissions=True)
	before = frappe.db.get_single_value(SETTINGS, "default_team")
	frappe.db.set_single_value(SETTINGS, "default_team", team.name)
	frappe.clear_document_cache(SETTINGS, SETTINGS)
	yield frappe._dict(team=team.name, engineer=engineer)
	frappe.db.set_single_value(SETTINGS, "default_team", before)
	frappe.clear_document_cache(SETTINGS, SETTINGS)


def closed_calendar():
	"""Opens on a weekday that is not today nor tomorrow."""
	from tests.factories import make_service_calendar

	days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
	day = days[(now_datetime().weekday() + 3) % 7]
	windows = [{"day": day, "from_time": "09:00:00", "to_time": "17:00:00"}]
	return make_service_calendar(windows=windows).name


def test_out_of_hours_the_engineer_on_duty_is_shown_and_told(closed_now, agent):
	phone = number()
	unanswered(phone)
	back = call_back_of(phone)
	assert back.assigned_to == closed_now.engineer.user
	# at once, not in the office hours of three days later
	assert get_datetime(back.due_by) < add_to_date(None, hours=2, as_datetime=True)
	told = {"for_user": closed_now.engineer.user, "document_name": back.name}
	assert frappe.db.count("Notification Log", told) == 1
	unanswered(phone)
	assert frappe.db.count("Notification Log", told) == 1
	frappe.set_user(agent)
	shown = {row["team"]: row["engineers"] for row in api.my_calls()["closed_teams"]}
	assert [row.phone for row in shown[closed_now.team]] == ["+8613912345678"]


def test_out_of_hours_a_case_says_who_is_on_duty(closed_now, agent):
	from support_service.service_intake import api as hotline_api

	frappe.set_user(agent)
	created = hotline_api.open_case("Smoke", contact_name="A")
	frappe.set_user("Administrator")
	shown = duty.of_team(closed_now.team)
	assert shown["closed"] and [row.user for row in shown["engineers"]] == [closed_now.engineer.user]
	assert created["duty"]["team"] == created["team"]


def test_due_by_counts_in_office_hours_where_nobody_is_on_duty(closed_now):
	frappe.db.delete("Service Duty Shift", {"parent": closed_now.team})
	frappe.clear_document_cache("Service Team", closed_now.team)
	assert duty.due_by() > add_to_date(None, days=1, as_datetime=True)


def test_the_live_view_says_who_talks_who_waits_and_what_was_missed():
	talking, waiting, missed = number(), number(), number()
	goes_on(ring(talking), "In Progress")
	ring(waiting)
	unanswered(missed)
	frappe.set_user(make_user("After-Sales Lead").name)
	found = api.live_view()
	assert talking in [row.number for row in found["talking"]]
	assert waiting in [row.number for row in found["waiting"]]
	assert missed in [row.number for row in found["unanswered"]]
	assert missed in [row.number for row in found["call_backs"]]
	assert call_back_of(missed).owner


@pytest.mark.parametrize("role", ["Service Desk Agent", "Service Engineer", None])
def test_the_live_view_is_for_leads_and_managers(role):
	frappe.set_user(make_user(*filter(None, [role])).name)
	with pytest.raises(frappe.PermissionError):
		api.live_view()


def test_the_reads_use_their_indexes():
	for sql, key in (
		("state = 'Talking' AND started_on > '2026-01-01'", "state_started_on_index"),
		("agent = 'a' AND state IN ('Waiting', 'Talking')", "agent_state_index"),
		("number_key = '1' AND started_on > '2026-01-01'", "number_key_started_on_index"),
	):
		keys = frappe.db.sql(f"EXPLAIN SELECT name FROM `tabService Call` WHERE {sql}", as_dict=True)[0]  # noqa: S608
		assert key in (keys.possible_keys or ""), keys


def test_the_sweep_ends_lost_calls_and_calls_them_back():
	phone = number()
	ring(phone, start_time=add_to_date(None, hours=-3))
	frappe.db.commit()
	register.run()
	assert call_back_of(phone)
