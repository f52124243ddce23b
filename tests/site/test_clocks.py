"""Clocks follow their case on a real site: started, paused, stopped, excused, taken up again, computed again.

2026-11-23 is a Monday. The calendar is Monday to Friday 09:00 to 17:00 in the site's time zone unless a test says so.
"""

import frappe
import pytest

from support_service.support_service.api import move
from support_service.support_service.messaging import notify
from tests.factories import make_engineer_visit
from tests.site.clock_world import (
	at,
	clock,
	due,
	ledger,
	make_world,
	raise_case,
	step,
	target,
	to_work,
)
from tests.site.queries import count_queries

MONDAY, TUESDAY, FRIDAY = "2026-11-23", "2026-11-24", "2026-11-27"


def case_of(name: str):
	return frappe.get_doc("Service Request", name)


def test_a_new_case_has_the_clocks_of_its_policy_and_shows_the_next():
	world = make_world(targets=[target("First Response", 2), target("Repair Complete", 10)])
	case = raise_case(world, f"{MONDAY} 16:00")
	assert due(case, "First Response") == f"{TUESDAY} 10:00"
	shown = case_of(case)
	assert shown.service_level_policy == world.policy
	assert (shown.clock_state, shown.next_due_kind) == ("On Track", "First Response")
	assert str(shown.next_due_at) == f"{TUESDAY} 10:00:00"


def test_the_target_follows_the_priority():
	world = make_world(
		targets=[target("First Response", 8), target("First Response", 1, priority="Critical")],
	)
	urgent = raise_case(world, f"{MONDAY} 09:00", impact="High", urgency="High")
	calm = raise_case(world, f"{MONDAY} 09:00", impact="Low", urgency="Low")
	assert due(urgent, "First Response") == f"{MONDAY} 10:00"
	assert due(calm, "First Response") == f"{MONDAY} 17:00"


def test_waiting_for_the_customer_takes_nothing_from_the_promise():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 10:00")
	step(case, f"{MONDAY} 11:00", "wait_for_customer")
	paused = clock(case, "Repair Complete")
	assert (paused.state, paused.due_at, paused.next_utc) == ("Paused", None, None)
	assert paused.used_seconds == 2 * 3600
	assert case_of(case).clock_state == "Paused"
	step(case, f"{MONDAY} 13:00", "resume")
	assert due(case, "Repair Complete") == f"{TUESDAY} 11:00"
	assert clock(case, "Repair Complete").state == "Running"


def test_a_wait_over_the_weekend_does_not_add_hours_nobody_works():
	world = make_world(8)
	case = raise_case(world, f"{FRIDAY} 09:00")
	to_work(world, case, f"{FRIDAY} 09:00")
	step(case, f"{FRIDAY} 16:00", "wait_for_customer")
	step(case, "2026-11-30 10:00", "resume")
	assert due(case, "Repair Complete") == "2026-11-30 11:00"


def test_waiting_for_parts_is_our_own_time_unless_the_policy_says_otherwise():
	ours = make_world(8)
	theirs = make_world(targets=[target("Repair Complete", 8, pauses_for_parts=1)])
	for world, expected in ((ours, f"{MONDAY} 17:00"), (theirs, f"{TUESDAY} 10:00")):
		case = raise_case(world, f"{MONDAY} 09:00")
		to_work(world, case, f"{MONDAY} 09:30")
		step(case, f"{MONDAY} 10:00", "wait_for_parts")
		step(case, f"{MONDAY} 11:00", "resume")
		assert due(case, "Repair Complete") == expected


def test_asking_the_customer_is_an_answer():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:30")
	step(case, f"{MONDAY} 10:00", "wait_for_customer")
	assert clock(case, "First Response").state == "Met"


def test_late_answer_and_timely_repair_are_one_missed_and_one_kept_promise():
	world = make_world(targets=[target("First Response", 1), target("Repair Complete", 8)])
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 12:00")
	step(case, f"{MONDAY} 13:00", "resolve")
	assert clock(case, "First Response").state == "Missed"
	assert clock(case, "Repair Complete").state == "Met"
	assert case_of(case).clock_state == "Missed"


def test_stopping_in_the_second_it_is_due_keeps_the_promise():
	world = make_world(targets=[target("First Response", 1)])
	for moment, expected in (("10:00:00", "Met"), ("10:00:01", "Missed")):
		case = raise_case(world, f"{MONDAY} 09:00")
		step(case, f"{MONDAY} {moment}", "acknowledge")
		assert clock(case, "First Response").state == expected


def test_restored_counts_from_the_moment_it_happened():
	world = make_world(4)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 15:00", "restore", values={"business_restored_on": f"{MONDAY} 12:00:00"})
	restored = clock(case, "Business Restored")
	assert (restored.state, str(restored.stopped_at)) == ("Met", f"{MONDAY} 12:00:00")
	assert clock(case, "Repair Complete").state in ("Running", "Warning", "Overdue")


def test_an_arrival_stops_the_clock_and_a_corrected_arrival_corrects_it():
	world = make_world(4)
	case = raise_case(world, f"{MONDAY} 09:00")
	with at(f"{MONDAY} 10:00"):
		visit = make_engineer_visit(service_request=case, engineer=world.engineer.name)
	with at(f"{MONDAY} 14:00"):
		visit.reload()
		visit.arrived_at = f"{MONDAY} 13:30:00"
		visit.save()
	assert clock(case, "On Site").state == "Missed"
	with at(f"{MONDAY} 15:00"):
		visit.reload()
		visit.arrived_at = f"{MONDAY} 12:30:00"
		visit.save()
	corrected = clock(case, "On Site")
	assert (corrected.state, str(corrected.stopped_at)) == ("Met", f"{MONDAY} 12:30:00")
	assert [row.event for row in ledger(case, "On Site")] == ["Started", "Stopped", "Stop Corrected"]


def test_nobody_need_come_when_it_is_solved_from_afar_in_time():
	world = make_world(4)
	in_time = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, in_time, f"{MONDAY} 09:00")
	step(in_time, f"{MONDAY} 11:00", "resolve")
	assert clock(in_time, "On Site").state == "Not Needed"
	late = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, late, f"{MONDAY} 09:00")
	step(late, f"{MONDAY} 14:00", "resolve")
	assert clock(late, "On Site").state == "Missed"


def test_the_report_has_a_clock_of_its_own_which_starts_when_it_is_solved():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	assert clock(case, "Report Delivered") is None
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 12:00", "resolve")
	assert due(case, "Report Delivered") == f"{TUESDAY} 12:00"
	step(case, f"{MONDAY} 16:00", "deliver_report")
	assert clock(case, "Report Delivered").state == "Met"
	assert case_of(case).status == "Resolved"


def test_an_engineer_delivers_the_report_of_a_closed_case():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 12:00", "resolve")
	step(case, f"{MONDAY} 13:00", "confirm")
	frappe.set_user(world.engineer.user)
	with at(f"{MONDAY} 14:00"):
		move(case, "deliver_report")
	assert case_of(case).report_delivered_on
	assert clock(case, "Report Delivered").state == "Met"


@pytest.mark.parametrize("on_reopen", ["Resume", "Start Anew"])
def test_a_reopened_case_goes_on_as_the_policy_says(on_reopen):
	world = make_world(8, on_reopen=on_reopen)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 12:00", "resolve")
	step(case, f"{TUESDAY} 09:00", "dispute")
	if on_reopen == "Resume":
		assert due(case, "Repair Complete") == f"{TUESDAY} 14:00"
		assert clock(case, "Repair Complete", 2) is None
	else:
		assert clock(case, "Repair Complete").state == "Met"
		assert due(case, "Repair Complete", 2) == f"{TUESDAY} 17:00"
	assert clock(case, "Report Delivered").state == "Not Needed"
	step(case, f"{TUESDAY} 10:00", "resolve")
	assert due(case, "Report Delivered", 2) == "2026-11-25 10:00"


def test_a_cancelled_case_owes_nothing_more_but_what_was_late_stays_late():
	world = make_world(targets=[target("First Response", 1), target("Repair Complete", 8)])
	case = raise_case(world, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 11:00", "cancel")
	assert clock(case, "First Response").state == "Missed"
	assert clock(case, "Repair Complete").state == "Not Needed"
	assert clock(case, "Repair Complete").next_utc is None


def test_specialists_have_a_clock_from_the_handover():
	world = make_world(
		targets=[target("Specialist Solution", 7, unit="Working Days"), target("Repair Complete", 8)]
	)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:00")
	assert clock(case, "Specialist Solution") is None
	frappe.db.set_value("Service Team", world.team, "department_queue", "Technical Support")
	frappe.clear_document_cache("Service Team", world.team)
	step(case, f"{MONDAY} 12:00", "reassign", to=world.engineer.name)
	assert due(case, "Specialist Solution") == "2026-12-02 12:00"


def test_lists_of_clocks_follow_the_engineer_and_the_team():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:30")
	row = clock(case, "Repair Complete")
	assert (row.engineer_user, row.team, row.customer) == (world.engineer.user, world.team, world.customer)


def test_the_first_mail_a_person_sends_is_the_first_response():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00", contact_email="li@example.com")
	mail = {
		"doctype": "Communication",
		"recipients": "Li <li@example.com>",
		"communication_type": "Communication",
		"communication_medium": "Email",
		"reference_doctype": "Service Request",
		"reference_name": case,
		"subject": "Your request",
	}
	with at(f"{MONDAY} 10:00"):
		frappe.get_doc({**mail, "sent_or_received": "Received"}).insert()
		assert clock(case, "First Response").state == "Running"
		frappe.get_doc({**mail, "sent_or_received": "Sent"}).insert()
	assert clock(case, "First Response").state == "Met"
	assert case_of(case).first_response_on
	assert case_of(case).status == "New"


@pytest.mark.parametrize(("attached", "state"), [(1, "Met"), (0, "Running")])
def test_a_mail_with_something_attached_brings_the_report_of_a_resolved_case(attached, state):
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00", contact_email="li@example.com")
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 12:00", "resolve")
	with at(f"{MONDAY} 13:00"):
		frappe.get_doc(
			{
				"doctype": "Communication",
				"recipients": "li@example.com",
				"communication_type": "Communication",
				"communication_medium": "Email",
				"reference_doctype": "Service Request",
				"reference_name": case,
				"subject": "Report",
				"sent_or_received": "Sent",
				"has_attachment": attached,
			}
		).insert()
	assert clock(case, "Report Delivered").state == state


def test_the_customer_is_told_the_plan():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00", contact_email="li@example.com")
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 12:00", "deliver_plan")
	move_row = frappe.get_last_doc("Service Request Move", {"request": case, "action": "deliver_plan"})
	notify.notify(move_row.name)
	message = frappe.get_last_doc("Service Message", {"request": case})
	assert "Replace the board on Friday" in message.body


def test_who_is_on_duty_hears_of_what_comes_in_at_night():
	world = make_world(8)
	team = frappe.get_doc("Service Team", world.team)
	team.office_hours = world.calendar
	team.append(
		"duty",
		{
			"engineer": world.engineer.name,
			"starts_on": f"{MONDAY} 00:00:00",
			"ends_on": f"{FRIDAY} 00:00:00",
		},
	)
	team.save()
	for moment, told in ((f"{MONDAY} 22:00", 1), (f"{TUESDAY} 10:00", 0)):
		case = raise_case(world, moment)
		with at(moment):
			notify.notify(frappe.get_last_doc("Service Request Move", {"request": case}).name)
		of_case = {"document_name": case, "for_user": world.engineer.user}
		assert frappe.db.count("Notification Log", of_case) == told


def test_more_clocks_cost_no_more_queries():
	few = make_world(targets=[target("First Response", 8)])
	many = make_world(8)
	for world in (few, many):
		raise_case(world, f"{MONDAY} 09:00")  # caches warm
	one = count_queries(lambda: raise_case(few, f"{MONDAY} 09:01"))
	assert count_queries(lambda: raise_case(many, f"{MONDAY} 09:01")) <= one
