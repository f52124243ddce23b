"""Clocks follow their case on a real site: started, paused, stopped, excused, taken up again, computed again.

2026-11-23 is a Monday. The calendar is Monday to Friday 09:00 to 17:00 in the site's time zone unless a test says so.
"""

import frappe
import pytest

from support_service.service_level import api, recompute, sweep
from support_service.service_level.api import CorrectionRefusedError
from support_service.support_service import promises, telling
from support_service.support_service.api import move
from tests.factories import make_engineer_visit, make_service_level_policy, make_user
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


def test_another_priority_is_another_promise_and_the_old_one_stays_readable():
	world = make_world(
		targets=[target("Repair Complete", 16), target("Repair Complete", 4, priority="Critical")]
	)
	case = raise_case(world, f"{MONDAY} 09:00", impact="Medium", urgency="Medium")
	assert due(case, "Repair Complete") == f"{TUESDAY} 17:00"
	with at(f"{MONDAY} 10:00"):
		doc = case_of(case)
		doc.update({"impact": "High", "urgency": "High"})
		doc.save()
	assert due(case, "Repair Complete") == f"{MONDAY} 13:00"
	change = ledger(case, "Repair Complete")[-1]
	assert change.event == "Promise Changed"
	assert (str(change.old_due), str(change.new_due)) == (f"{TUESDAY} 17:00:00", f"{MONDAY} 13:00:00")
	assert "Priority" in change.reason and "Critical" in change.reason
	assert doc.clock_state == "On Track"


def test_pauses_survive_a_change_of_policy():
	world = make_world(8)
	other = make_service_level_policy(
		scope={"customer": world.customer, "request_type": "Repair"},
		calendar=world.calendar,
		targets=[target("Repair Complete", 8, pauses_for_customer=0, pauses_for_parts=1)],
	)
	case = raise_case(world, f"{MONDAY} 09:00", request_type="Fault")
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 10:00", "wait_for_parts")
	step(case, f"{MONDAY} 12:00", "resume")
	assert due(case, "Repair Complete") == f"{MONDAY} 17:00"
	with at(f"{MONDAY} 13:00"):
		doc = case_of(case)
		doc.request_type = "Repair"
		doc.save()
	assert doc.service_level_policy == other.name
	assert due(case, "Repair Complete") == f"{TUESDAY} 11:00"
	assert clock(case, "On Site").state == "Not Needed"


def test_a_clock_only_the_new_policy_knows_counts_from_the_beginning():
	world = make_world(targets=[target("Repair Complete", 16)])
	make_service_level_policy(
		scope={"customer": world.customer, "request_type": "Repair"},
		calendar=world.calendar,
		targets=[target("Repair Complete", 16), target("Business Restored", 4)],
	)
	case = raise_case(world, f"{MONDAY} 09:00", request_type="Fault")
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 10:00", "wait_for_customer")
	step(case, f"{MONDAY} 11:00", "resume")
	with at(f"{MONDAY} 11:30"):
		doc = case_of(case)
		doc.request_type = "Repair"
		doc.save()
	assert due(case, "Business Restored") == f"{MONDAY} 14:00"


def test_another_calendar_is_computed_again_in_the_background():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	with at(f"{MONDAY} 10:00"):
		calendar = frappe.get_doc("Service Calendar", world.calendar)
		for row in calendar.windows:
			row.to_time = "13:00:00"
		calendar.save()
		assert clock(case, "Repair Complete").stale == 1
		recompute.run()
	changed = clock(case, "Repair Complete")
	assert (due(case, "Repair Complete"), changed.stale) == (f"{TUESDAY} 13:00", 0)
	assert ledger(case, "Repair Complete")[-1].event == "Promise Changed"
	assert str(case_of(case).next_due_at) == f"{TUESDAY} 13:00:00"


def test_a_clock_stored_after_the_change_but_computed_before_it_is_found():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	before = clock(case, "Repair Complete").calendar_version
	with at(f"{MONDAY} 10:00"):
		calendar = frappe.get_doc("Service Calendar", world.calendar)
		for row in calendar.windows:
			row.to_time = "13:00:00"
		calendar.save()
		recompute.run()
		# as a transaction that began before the change would have stored it
		frappe.db.set_value("Service Clock", clock(case, "Repair Complete").name, "calendar_version", before)
	with at(f"{MONDAY} 10:01"):
		recompute.run()
	assert clock(case, "Repair Complete").calendar_version == calendar.version


def test_another_target_in_the_policy_is_computed_again_and_closed_promises_stay():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 10:00", "acknowledge")
	with at(f"{MONDAY} 11:00"):
		policy = frappe.get_doc("Service Level Policy", world.policy)
		for row in policy.targets:
			row.target = 0.5
		policy.save()
		recompute.run()
	assert clock(case, "First Response").state == "Met"
	assert clock(case, "Repair Complete").state == "Overdue"
	assert case_of(case).clock_state == "Overdue"


def test_a_case_is_taken_even_where_its_calendar_can_never_keep_a_promise():
	world = make_world(8)
	frappe.db.set_value("Service Calendar", world.calendar, "version", None)
	calendar = frappe.get_doc("Service Calendar", world.calendar)
	calendar.append("changes", {"from_date": "2026-01-01", "to_date": "2099-12-31", "reason": "Closed down"})
	calendar.flags.ignore_validate = True
	calendar.save()
	case = raise_case(world, f"{MONDAY} 09:00")
	assert case_of(case).status == "New"


def test_a_save_of_an_older_form_does_not_turn_the_clocks_back():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	old = case_of(case)
	with at(f"{MONDAY} 16:00"):
		sweep.sweep()
	assert case_of(case).clock_state == "Warning"
	old.update({"clock_state": "Met", "next_due_at": "2030-01-01", "service_level_policy": None})
	old.description = "Edited"
	with at(f"{MONDAY} 16:30"):
		old.save()
	stored = case_of(case)
	assert (stored.description, stored.clock_state) == ("Edited", "Warning")
	assert stored.service_level_policy == world.policy


def test_lists_of_clocks_follow_the_engineer_and_the_team():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:30")
	row = clock(case, "Repair Complete")
	assert (row.engineer_user, row.team, row.customer) == (world.engineer.user, world.team, world.customer)


def test_the_first_mail_a_person_sends_is_the_first_response():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	mail = {
		"doctype": "Communication",
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
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 12:00", "resolve")
	with at(f"{MONDAY} 13:00"):
		frappe.get_doc(
			{
				"doctype": "Communication",
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
	telling.tell(move_row.name)
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
			telling.tell(frappe.get_last_doc("Service Request Move", {"request": case}).name)
		of_case = {"document_name": case, "for_user": world.engineer.user}
		assert frappe.db.count("Notification Log", of_case) == told


def test_clocks_of_older_cases_are_made_from_their_past():
	world = make_world(8)
	frappe.db.set_value("Service Level Policy", world.policy, "enabled", 0)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 10:00", "wait_for_customer")
	step(case, f"{MONDAY} 12:00", "resume")
	for name in frappe.get_all("Service Clock", {"request": case}, pluck="name"):
		frappe.db.delete("Service Clock", name)
	frappe.db.delete("Service Clock Entry", {"request": case})
	frappe.db.set_value("Service Request", case, "service_level_policy", None)
	frappe.db.set_value("Service Level Policy", world.policy, "enabled", 1)
	with at(f"{MONDAY} 16:00"):
		assert promises.start_missing_clocks(case)
		assert not promises.start_missing_clocks(case)
	assert due(case, "Repair Complete") == f"{TUESDAY} 11:00"
	assert clock(case, "First Response").state == "Met"


class TestCorrection:
	def test_a_lead_corrects_with_a_reason_and_the_ledger_says_so(self):
		world = make_world(targets=[target("First Response", 1)])
		case = raise_case(world, f"{MONDAY} 09:00")
		step(case, f"{MONDAY} 11:00", "acknowledge")
		name = clock(case, "First Response").name
		lead = make_user("Service Manager").name
		frappe.set_user(lead)
		with at(f"{MONDAY} 12:00"):
			done = api.correct_clock(name, "stop", "Answered by phone, not noted", at=f"{MONDAY} 09:45:00")
		assert done.state == "Met"
		row = ledger(case, "First Response")[-1]
		assert (row.event, row.recorded_by) == ("Stop Corrected", lead)
		assert row.reason == "Answered by phone, not noted"

	def test_a_pause_can_be_added(self):
		world = make_world(8)
		case = raise_case(world, f"{MONDAY} 09:00")
		with at(f"{MONDAY} 15:00"):
			api.correct_clock(
				clock(case, "Repair Complete").name,
				"pause",
				"The site was locked",
				at=f"{MONDAY} 10:00:00",
				until=f"{MONDAY} 12:00:00",
			)
		assert due(case, "Repair Complete") == f"{TUESDAY} 11:00"

	@pytest.mark.parametrize(
		("what", "moment", "until", "reason"),
		[
			("stop", f"{MONDAY} 09:30:00", None, " "),
			("stop", None, None, "Why"),
			("stop", "2026-11-22 09:00:00", None, "Before the start"),
			("stop", f"{FRIDAY} 09:00:00", None, "In the future"),
			("pause", f"{MONDAY} 09:30:00", f"{MONDAY} 09:10:00", "Backwards"),
			("rubbish", f"{MONDAY} 09:30:00", None, "Why"),
		],
	)
	def test_a_correction_must_make_sense(self, what, moment, until, reason):
		world = make_world(8)
		case = raise_case(world, f"{MONDAY} 09:00")
		with at(f"{MONDAY} 10:00"), pytest.raises(CorrectionRefusedError):
			api.correct_clock(clock(case, "First Response").name, what, reason, at=moment, until=until)

	def test_an_engineer_may_not(self):
		world = make_world(8)
		case = raise_case(world, f"{MONDAY} 09:00")
		frappe.set_user(world.engineer.user)
		with pytest.raises(frappe.PermissionError):
			api.correct_clock(clock(case, "First Response").name, "not_needed", "Because")


def test_more_clocks_cost_no_more_queries():
	few = make_world(targets=[target("First Response", 8)])
	many = make_world(8)
	for world in (few, many):
		raise_case(world, f"{MONDAY} 09:00")  # caches warm
	one = count_queries(lambda: raise_case(few, f"{MONDAY} 09:01"))
	assert count_queries(lambda: raise_case(many, f"{MONDAY} 09:01")) <= one
