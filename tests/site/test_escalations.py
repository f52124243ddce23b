"""The escalation ladder over real cases: each action, each person, office hours, waits, failures."""

from __future__ import annotations

import secrets
from datetime import UTC
from zoneinfo import ZoneInfo

import frappe
import pytest

from support_service.foundation import zones
from support_service.service_level.clock import escalation, sweep
from support_service.support_service.messaging import messages
from support_service.support_service.moves import apply_move
from tests.factories import (
	make_email_account,
)
from tests.site.ladder_world import (
	escalations,
	later,
	make_ladder_case,
	notified,
	on_duty,
	play,
	step,
)


@pytest.fixture(autouse=True)
def stored(clean_transaction):
	"""The sweep commits, so what a test makes is committed with it; `play` begins from there."""
	yield
	frappe.db.rollback()


@pytest.fixture
def outgoing():
	account = make_email_account()
	frappe.local.outgoing_email_account = {}
	yield
	frappe.db.rollback()
	frappe.delete_doc("Email Account", account.name, force=True)
	frappe.local.outgoing_email_account = {}
	frappe.db.commit()  # the account was committed by the sweep


def state_of(world) -> tuple:
	return (
		frappe.db.get_value("Service Clock", world.clock, "state"),
		frappe.db.get_value("Service Request", world.case.name, "clock_state"),
	)


def test_each_step_once_and_in_order():
	world = make_ladder_case(
		step(value=50, whom="Engineer"),
		step(value=80),
		step(value=100, whom="Project Manager"),
		{**step(whom="Director"), "point": "Hours after Due", "value": 2},
	)
	play(1)
	assert escalations(world.clock) == [] and state_of(world) == ("Running", "On Track")
	play(2.1)
	assert [row.told_to for row in escalations(world.clock)] == [world.engineer.user]
	play(3.5)
	assert state_of(world) == ("Warning", "Warning")
	play(4)
	assert state_of(world) == ("Overdue", "Overdue")
	for _again in range(3):
		play(6.5)
	told = [world.engineer.user, world.team.lead, world.team.project_manager, world.team.director]
	assert [row.told_to for row in escalations(world.clock)] == told
	assert sorted(notified(world.case.name)) == sorted(told)
	assert frappe.db.get_value("Service Clock", world.clock, "next_utc") is None


def test_several_steps_at_once_after_a_long_silence():
	world = make_ladder_case(step(value=50), step(value=100, whom="Director"))
	play(24)
	rows = escalations(world.clock)
	assert [row.step.split("|")[1] for row in rows] == ["50", "100"]
	assert (rows[1].at - rows[0].at).total_seconds() == 2 * 3600, "when it was reached, not when it was seen"


def test_silent_while_waiting_for_the_customer_and_told_after():
	world = make_ladder_case(step())
	apply_move(world.case.name, "start")
	frappe.db.commit()  # the sweep begins from what is stored
	with later(2.1):
		sweep.sweep()  # reached
		assert [row.told for row in escalations(world.clock)] == [0]
		apply_move(world.case.name, "wait_for_customer", reason="Which error code?")
		frappe.db.commit()  # as the request of a user does
		escalation.carry_out_due(limit=5000)
		assert [row.told for row in escalations(world.clock)] == [0] and notified(world.case.name) == []
	with later(50):
		sweep.sweep()
		assert len(escalations(world.clock)) == 1, "the customer's time is not counted"
		apply_move(world.case.name, "resume")
		frappe.db.commit()  # as the request of a user does
		escalation.carry_out_due(limit=5000)
	assert [row.told_to for row in escalations(world.clock)] == [world.team.lead]


def test_nothing_is_reached_during_the_wait():
	world = make_ladder_case(step())
	apply_move(world.case.name, "start")
	apply_move(world.case.name, "wait_for_customer", reason="Which error code?")
	assert frappe.db.get_value("Service Clock", world.clock, ["state", "next_utc"]) == ("Paused", None)
	play(100)
	assert escalations(world.clock) == []


def test_a_clock_that_stopped_before_its_step_was_told_is_left_alone():
	world = make_ladder_case(step())
	apply_move(world.case.name, "start")
	with later(2.1):
		sweep.sweep()
		apply_move(world.case.name, "restore")
		frappe.db.commit()  # as the request of a user does
		escalation.carry_out_due(limit=5000)
	(row,) = escalations(world.clock)
	assert (row.told, row.told_to) == (1, "") and "stopped" in row.reason
	assert notified(world.case.name) == []


def test_mail(outgoing):
	world = make_ladder_case(step("Email", "Director"))
	frappe.db.set_value("User", world.team.director, "language", "zh")
	play(2.1)
	assert escalations(world.clock)[0].told_to == world.team.director
	(mail,) = frappe.get_all("Email Queue", {"reference_name": world.case.name}, pluck="name")
	assert [row.recipient for row in frappe.get_doc("Email Queue", mail).recipients] == [world.team.director]


def test_each_is_told_by_their_own_clock():
	world = make_ladder_case(step(), step(whom="Project Manager"))
	frappe.db.set_value(
		"User", world.team.project_manager, {"time_zone": "America/New_York", "language": "en"}
	)
	frappe.clear_document_cache("User", world.team.project_manager)
	play(2.1)
	due = frappe.db.get_value("Service Clock", world.clock, "due_utc")
	for user, zone in (
		(world.team.lead, frappe.utils.get_system_timezone()),
		(world.team.project_manager, "America/New_York"),
	):
		(subject,) = frappe.get_all(
			"Notification Log", {"for_user": user, "document_name": world.case.name}, pluck="subject"
		)
		local = due.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
		assert f"{frappe.utils.format_datetime(local)} ({zones.city(zone, 'en')} time)" in subject


def test_text_message_without_a_gateway_says_so():
	world = make_ladder_case(step("SMS"))
	number = f"+86 139 {secrets.randbelow(10**8):08}"  # one number belongs to one user
	frappe.db.set_value("User", world.team.lead, "mobile_no", number)
	play(2.1)
	assert escalations(world.clock)[0].told_to == world.team.lead
	(name,) = frappe.get_all(
		"Service Message", {"request": world.case.name, "sender": "SMS"}, pluck="name", limit=0
	)
	messages.send_due(limit=5000)
	message = frappe.get_doc("Service Message", name)
	assert message.recipient == number
	assert message.status == "Queued" and "SMS Settings" in message.error


def test_who_has_no_number_is_told_on_the_desk():
	world = make_ladder_case(step("SMS"))
	play(2.1)
	assert escalations(world.clock)[0].told_to == world.team.lead
	assert notified(world.case.name) == [world.team.lead]


def test_reassign_hands_the_case_to_the_engineer_on_duty():
	world = make_ladder_case(step("Reassign"))
	on_duty(world.team, world.other.name)
	play(2.1)
	case = frappe.get_doc("Service Request", world.case.name)
	assert (case.engineer, case.status) == (world.other.name, "Assigned")
	move = frappe.get_last_doc("Service Request Move", {"request": case.name})
	assert move.action == "reassign" and "Business Restored" in move.reason
	assert escalations(world.clock)[0].told_to == world.other.user


def test_reassign_assigns_a_case_nobody_has():
	world = make_ladder_case(step("Reassign"), engineer=False)
	on_duty(world.team, world.other.name)
	play(2.1)
	assert frappe.db.get_value("Service Request", world.case.name, "engineer") == world.other.name


@pytest.mark.parametrize("duty", ["nobody", "the engineer who has it"])
def test_reassign_to_nobody_tells_the_lead(duty):
	world = make_ladder_case(step("Reassign"))
	if duty != "nobody":
		on_duty(world.team, world.engineer.name)
	play(2.1)
	assert frappe.db.get_value("Service Request", world.case.name, "engineer") == world.engineer.name
	assert escalations(world.clock)[0].told_to == world.team.lead


def test_raise_priority_once_with_reason_and_history(monkeypatch):
	# Frappe keeps no versions in tests; 15 asks the first, 16 the second
	monkeypatch.setitem(frappe.flags, "in_test", False)
	monkeypatch.setattr(frappe, "in_test", False, raising=False)
	world = make_ladder_case(step("Raise Priority"))
	assert world.case.priority == "Medium"
	for _again in range(4):
		play(2.1)
	case = frappe.get_doc("Service Request", world.case.name)
	assert (case.priority, case.urgency, case.impact) == ("High", "High", "Medium")
	assert "Business Restored" in case.priority_reason
	versions = frappe.get_all("Version", {"docname": case.name}, pluck="data")
	assert any('["urgency","Medium","High"]' in version for version in versions)
	case.subject += "!"
	case.save()
	assert case.priority == "High"
	assert [row.told_to for row in escalations(world.clock)] == [world.team.lead]


def test_a_raised_priority_that_lengthens_the_promise_does_not_raise_again():
	"""A policy that promises less for a higher priority: the step is reached again under the new promise."""
	world = make_ladder_case(step("Raise Priority"), impact="Low", urgency="Medium")
	world.policy.append(
		"targets",
		{"clock": step()["clock"], "priority": "Medium", "target": 40, "unit": "Hours", "warn_at": "80"},
	)
	world.policy.save()
	assert world.case.priority == "Low"
	for hours in (2.1, 2.2, 21, 30, 50):
		play(hours)
	rows = escalations(world.clock)
	assert len(rows) == len({row.promise_no for row in rows}) == 2
	assert frappe.db.get_value("Service Request", world.case.name, "priority") == "Medium"


def test_the_highest_priority_is_only_told():
	world = make_ladder_case(step("Raise Priority"), impact="High", urgency="High")
	play(2.1)
	assert frappe.db.get_value("Service Request", world.case.name, "priority") == "Critical"
	assert escalations(world.clock)[0].told_to == world.team.lead


def test_a_failing_action_is_undone_recorded_and_tried_again(monkeypatch):
	world, other = make_ladder_case(step()), make_ladder_case(step())
	from support_service.support_service.messaging import escalations as actions

	real = actions.notify_on_desk

	def refuse(one):
		told = real(one)
		if one.case.name == world.case.name:
			raise ConnectionError("the desk is closed")
		return told

	monkeypatch.setattr(actions, "notify_on_desk", refuse)
	play(2.1)
	(row,) = escalations(world.clock)
	assert (row.told, row.tell_attempts, row.reason) == (0, 1, "the desk is closed")
	assert notified(world.case.name) == [] and notified(other.case.name) == [other.team.lead]
	monkeypatch.setattr(actions, "notify_on_desk", real)
	escalation.carry_out_due(limit=5000)
	assert escalations(world.clock)[0].told == 0, "not before its time"
	an_hour_ago = frappe.utils.add_to_date(frappe.utils.now_datetime(), hours=-1)
	frappe.db.set_value("Service Clock Entry", row.name, "modified", an_hour_ago, update_modified=False)
	escalation.carry_out_due(limit=5000)
	assert escalations(world.clock)[0].told_to == world.team.lead
	assert notified(world.case.name) == [world.team.lead]


def test_an_action_nobody_provides_is_an_error_that_says_so():
	world = make_ladder_case(step())
	row = {"name": world.policy.ladder[0].name, "action": "Carrier Pigeon"}
	frappe.db.set_value("Service Escalation Step", row["name"], "action", row["action"])
	frappe.clear_document_cache("Service Level Policy", world.policy.name)
	play(2.1)
	(found,) = escalations(world.clock)
	assert found.told == 0 and "Carrier Pigeon" in found.reason


def test_nobody_at_all_is_noted(monkeypatch):
	world = make_ladder_case(step())
	from support_service.foundation import people

	monkeypatch.setattr(people, "able", lambda users, *roles: [])
	play(2.1)
	(row,) = escalations(world.clock)
	assert (row.told, row.told_to) == (1, "") and "Nobody" in row.reason
	assert frappe.db.exists("Error Log", {"reference_name": world.case.name})


def test_a_broken_clock_holds_up_nobody_and_is_logged_once():
	bad, good = make_ladder_case(step()), make_ladder_case(step())
	frappe.db.set_value("Service Clock", bad.clock, "calendar_version", "gone")
	for hours in (2.1, 2.2, 3.3):
		play(hours)
	assert escalations(bad.clock) == [] and len(escalations(good.clock)) == 1
	logs = {"reference_doctype": "Service Clock", "reference_name": bad.clock}
	assert frappe.db.count("Error Log", logs) == 1


def test_a_step_with_a_long_role_has_a_key_of_its_own():
	long, other = "R" * 140, "R" * 139 + "S"
	keys = {sweep.entry_key("SR-1-BR", 1, role) for role in (long, other)}
	assert len(keys) == 2 and max(map(len, keys)) <= 140


def test_an_open_form_and_the_list_are_told_and_nobody_else(monkeypatch):
	world = make_ladder_case(step())
	frappe.db.commit()  # what making the case has to announce is announced
	sent: list[tuple] = []
	monkeypatch.setattr(frappe.realtime, "emit_via_redis", lambda event, _m, room: sent.append((event, room)))
	with later(2.1):
		sweep.sweep()
	rooms = {room for event, room in sent if event == sweep.CHANGED}
	assert f"doc:Service Request/{world.case.name}" in rooms
	assert all(room.startswith("doc") for _event, room in sent)
