"""Clocks are computed again: other priority, policy, calendar, a save of an older form, the past, corrections by hand.

2026-11-23 is a Monday. The calendar is Monday to Friday 09:00 to 17:00 in the site's time zone unless a test says so.
"""

import frappe
import pytest

from support_service.service_level import api
from support_service.service_level.api import CorrectionRefusedError
from support_service.service_level.clock import recompute, sweep
from support_service.support_service import promises
from tests.factories import make_service_level_policy, make_user
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

MONDAY, TUESDAY, FRIDAY = "2026-11-23", "2026-11-24", "2026-11-27"


def case_of(name: str):
	return frappe.get_doc("Service Request", name)


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
