"""What a review of the promises found: states in which a clock said, or did, the wrong thing.

2026-11-23 is a Monday. The calendar is Monday to Friday 09:00 to 17:00 in the site's time zone unless a test says so.
"""

import frappe
import pytest

from support_service.field_service.errors import VisitWindowError
from support_service.service_level import api
from support_service.service_level.clock import derive, escalation, recompute, registry, sweep
from support_service.service_level.clock import kinds as clock_kinds
from support_service.service_level.doctype.service_calendar.service_calendar import CalendarInUseError
from support_service.support_service import promises
from tests.factories import make_engineer_visit, make_service_calendar, make_user, unique
from tests.site.clock_world import at, clock, due, ledger, make_world, raise_case, step, target, to_work

MONDAY, TUESDAY = "2026-11-23", "2026-11-24"
BY_PRIORITY = [target("Repair Complete", 16), target("Repair Complete", 2, priority="Critical")]
HALF = {
	"clock": "Repair Complete",
	"point": "Percent Used",
	"value": 50,
	"whom": "Team Lead",
	"action": "Desk Notification",
}


def steps_reached(case: str) -> int:
	return frappe.db.count("Service Clock Entry", {"request": case, "event": "Escalated"})


def close_for_ever(calendar: str) -> None:
	found = frappe.get_doc("Service Calendar", calendar)
	found.append("changes", {"from_date": "2026-01-01", "to_date": "2099-12-31", "reason": "Closed down"})
	found.save()


def test_the_reason_of_a_change_outlives_the_search_for_latecomers():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	calendar = frappe.get_doc("Service Calendar", world.calendar)
	calendar.append("changes", {"from_date": MONDAY, "to_date": MONDAY, "reason": "Inventory"})
	calendar.save()
	recompute.run()
	changed = ledger(case, "Repair Complete")[-1]
	assert changed.event == "Promise Changed"
	assert world.calendar in (changed.reason or "")


def test_one_save_may_move_a_case_and_change_its_priority():
	world = make_world(targets=BY_PRIORITY)
	case = raise_case(world, f"{MONDAY} 09:00", impact="Low", urgency="Low")
	step(case, f"{MONDAY} 09:00", "assign", to=world.engineer.name)
	with at(f"{MONDAY} 09:30"):
		doc = frappe.get_doc("Service Request", case)
		doc.update({"status": "In Progress", "impact": "High", "urgency": "High"})
		doc.save()
	assert frappe.db.get_value("Service Request", case, ["status", "priority"]) == ("In Progress", "Critical")
	assert due(case, "Repair Complete") == f"{MONDAY} 11:00"


def test_a_reopened_clock_promises_what_holds_for_the_case_now():
	world = make_world(targets=BY_PRIORITY)
	case = raise_case(world, f"{MONDAY} 09:00", impact="Low", urgency="Low")
	to_work(world, case, f"{MONDAY} 09:30")
	step(case, f"{MONDAY} 10:00", "resolve")
	with at(f"{MONDAY} 11:00"):
		doc = frappe.get_doc("Service Request", case)
		doc.update({"impact": "High", "urgency": "High"})
		doc.save()
	step(case, f"{MONDAY} 12:00", "reopen", reason="Broken again")
	assert due(case, "Repair Complete") == f"{MONDAY} 13:00"
	assert [row.event for row in ledger(case, "Repair Complete")][-2:] == ["Reopened", "Promise Changed"]


def test_correcting_a_stopped_clock_does_not_escalate_again_after_reopening():
	world = make_world(targets=[target("Repair Complete", 16)], ladder=[HALF])
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:30")
	with at(f"{TUESDAY} 10:00"):
		sweep.sweep()
	assert steps_reached(case) == 1
	step(case, f"{TUESDAY} 11:00", "resolve")
	with at(f"{TUESDAY} 12:00"):
		name = clock(case, "Repair Complete").name
		api.correct_clock(name, "stop", "Typed late", at=f"{TUESDAY} 10:30")
	step(case, f"{TUESDAY} 13:00", "reopen", reason="Broken again")
	with at(f"{TUESDAY} 13:05"):
		sweep.sweep()
	assert steps_reached(case) == 1


def test_a_clock_whose_calendar_closed_for_ever_still_stops():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:30")
	close_for_ever(world.calendar)
	recompute.run()
	assert clock(case, "Repair Complete").due_at is None
	step(case, f"{MONDAY} 10:00", "resolve")
	stopped = clock(case, "Repair Complete")
	assert (stopped.state, str(stopped.stopped_at)) == ("Met", f"{MONDAY} 10:00:00")
	assert clock(case, "On Site").state == "Not Needed"


def test_a_policy_deleted_past_every_check_does_not_keep_others_from_being_computed():
	gone, other = make_world(8), make_world(8)
	orphan, case = raise_case(gone, f"{MONDAY} 09:00"), raise_case(other, f"{MONDAY} 09:00")
	frappe.db.delete("Service Level Policy", {"name": gone.policy})
	frappe.clear_document_cache("Service Level Policy", gone.policy)
	frappe.db.set_value("Service Clock", {"request": ("in", (orphan, case))}, "stale", 1)
	recompute.run()
	assert not frappe.db.exists("Service Clock", {"request": ("in", (orphan, case)), "stale": 1})
	assert due(orphan, "Repair Complete") == f"{MONDAY} 17:00"


def test_one_case_that_cannot_get_clocks_does_not_keep_others_from_theirs(monkeypatch):
	world = make_world(8)
	cases = [raise_case(world, f"{MONDAY} 09:00") for _ in range(3)]
	for name in ("Service Clock", "Service Clock Entry"):
		frappe.db.delete(name, {"request": ("in", cases)})
	for case in cases:
		frappe.db.set_value("Service Request", case, {"service_level_policy": None, "clock_state": ""})
	start = promises.start_missing_clocks
	monkeypatch.setattr(
		promises, "start_missing_clocks", lambda case: 1 // 0 if case == cases[1] else start(case)
	)
	promises.start_missing()
	assert [bool(clock(case, "Repair Complete")) for case in cases] == [True, False, True]


def test_a_clock_of_an_app_that_is_gone_ends_with_its_case(monkeypatch):
	foreign = clock_kinds.ClockKind("Report Delivered", "RD", (clock_kinds.CREATED,), ())
	registered = dict(registry.registered())
	monkeypatch.setattr(
		frappe.local, "support_service_clock_kinds", {**registered, foreign.name: foreign}, raising=False
	)
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	assert clock(case, foreign.name).state == "Running"
	monkeypatch.setattr(
		frappe.local,
		"support_service_clock_kinds",
		{name: kind for name, kind in registered.items() if name != foreign.name},
	)
	to_work(world, case, f"{MONDAY} 09:30")
	step(case, f"{MONDAY} 10:00", "resolve")
	assert clock(case, foreign.name).state == "Not Needed"


def test_a_calendar_the_ledger_names_cannot_be_deleted():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	policy = frappe.get_doc("Service Level Policy", world.policy)
	policy.calendar = make_service_calendar().name
	policy.save()
	recompute.run()
	assert clock(case, "Repair Complete").calendar == policy.calendar
	with pytest.raises(CalendarInUseError):
		frappe.delete_doc("Service Calendar", world.calendar)


def test_a_mail_noted_by_somebody_who_may_not_read_the_case_is_no_response():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	frappe.set_user(make_user("Inbox User").name)
	try:
		frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Sent",
				"subject": "We are on it",
				"reference_doctype": "Service Request",
				"reference_name": case,
			}
		).insert()
	finally:
		frappe.set_user("Administrator")
	assert clock(case, "First Response").state in ("Running", "Warning", "Overdue")


def test_a_rung_for_every_clock_and_the_same_for_one_clock_are_one_rung():
	world = make_world(
		targets=[target("Repair Complete", 2)], ladder=[HALF, {**HALF, "clock": None}]
	)  # their rows in the ledger had the same key, which ended every sweep of the site
	case = raise_case(world, f"{MONDAY} 09:00")
	with at(f"{MONDAY} 10:30"):
		sweep.sweep()
	assert steps_reached(case) == 1


def test_a_role_may_have_the_longest_name():
	role = frappe.get_doc({"doctype": "Role", "role_name": unique("R" * 120)}).insert().name
	world = make_world(
		targets=[target("Repair Complete", 2)], ladder=[{**HALF, "whom": "Role", "role": role}]
	)
	case = raise_case(world, f"{MONDAY} 09:00")
	with at(f"{MONDAY} 10:30"):
		sweep.sweep()
	assert steps_reached(case) == 1


def test_a_rung_the_calendar_never_reaches_takes_no_promise_away():
	world = make_world(
		targets=[target("Repair Complete", 2)],
		ladder=[{**HALF, "point": "Hours after Due", "value": 99999}],
	)
	case = raise_case(world, f"{MONDAY} 09:00")
	assert due(case, "Repair Complete") == f"{MONDAY} 11:00"


def test_an_overdue_promise_is_silent_too_while_we_wait_for_the_customer():
	world = make_world(targets=[target("Repair Complete", 2)], ladder=[{**HALF, "value": 100}])
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:10")
	step(case, f"{MONDAY} 11:01", "wait_for_customer")
	with at(f"{MONDAY} 11:05"):
		sweep.sweep()
		escalation.carry_out_due(limit=5000)
	told = {"request": case, "event": "Escalated"}
	assert frappe.get_all("Service Clock Entry", told, pluck="told") == [0]
	step(case, f"{MONDAY} 12:00", "resume")
	with at(f"{MONDAY} 12:01"):
		escalation.carry_out_due(limit=5000)
	assert frappe.get_all("Service Clock Entry", told, pluck="told") == [1]


def test_a_repair_stopped_by_hand_is_taken_up_again_with_the_case():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:10")
	with at(f"{MONDAY} 10:30"):
		api.correct_clock(clock(case, "Repair Complete").name, "stop", "Not noted", at=f"{MONDAY} 10:00")
	step(case, f"{MONDAY} 10:40", "resolve")
	step(case, f"{MONDAY} 11:00", "reopen", reason="Broken again")
	assert due(case, "Repair Complete") == f"{TUESDAY} 10:00"


def test_an_arrival_that_has_not_happened_keeps_no_promise():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:10")
	with at(f"{MONDAY} 10:00"):
		visit = make_engineer_visit(service_request=case, engineer=world.engineer.name)
	with at(f"{MONDAY} 10:01"), pytest.raises(VisitWindowError):
		visit.reload()
		visit.arrived_at = f"{TUESDAY} 10:00:00"
		visit.save()
	assert clock(case, "On Site").state == "Running"


class TestWithdrawnArrival:
	"""A visit that does not say any more that somebody came keeps no promise."""

	@pytest.fixture
	def visited(self):
		world = make_world(4)
		case = raise_case(world, f"{MONDAY} 09:00")
		to_work(world, case, f"{MONDAY} 09:00")
		with at(f"{MONDAY} 10:00"):
			visit = make_engineer_visit(service_request=case, engineer=world.engineer.name)
			visit.reload()
			visit.arrived_at = f"{MONDAY} 09:30:00"
			visit.save()
		assert clock(case, "On Site").state == "Met"
		return frappe._dict(world=world, case=case, visit=visit.name)

	def change(self, visited, moment: str, arrived_at: str | None) -> None:
		with at(moment):
			visit = frappe.get_doc("Engineer Visit", visited.visit)
			visit.arrived_at = arrived_at
			visit.save()

	def test_cleared_the_clock_goes_on_with_the_waits_since(self, visited):
		step(visited.case, f"{MONDAY} 11:00", "wait_for_customer")
		step(visited.case, f"{MONDAY} 12:00", "resume")
		self.change(visited, f"{MONDAY} 12:30", None)
		assert (clock(visited.case, "On Site").state, due(visited.case, "On Site")) == (
			"Running",
			f"{MONDAY} 14:00",
		)
		assert clock(visited.case, "First Response").state == "Met", "the customer was asked since"

	def test_entered_again(self, visited):
		self.change(visited, f"{MONDAY} 12:00", None)
		self.change(visited, f"{MONDAY} 13:00", f"{MONDAY} 09:45:00")
		stored = clock(visited.case, "On Site")
		assert (stored.state, str(stored.stopped_at)) == ("Met", f"{MONDAY} 09:45:00")

	def test_told_after_nobody_was_needed_any_more(self, visited):
		self.change(visited, f"{MONDAY} 11:00", None)
		step(visited.case, f"{MONDAY} 12:00", "resolve")
		assert clock(visited.case, "On Site").state == "Not Needed"
		self.change(visited, f"{MONDAY} 13:00", f"{MONDAY} 09:45:00")
		assert clock(visited.case, "On Site").state == "Met"


def test_a_policy_holds_for_what_was_raised_while_it_was_valid():
	world = make_world(8, valid_to=MONDAY)
	case = raise_case(world, f"{MONDAY} 09:00")
	with at("2026-11-25 10:00"):
		doc = frappe.get_doc("Service Request", case)
		doc.update({"impact": "High", "urgency": "High"})
		doc.save()
	assert doc.service_level_policy == world.policy


def test_another_customer_does_not_make_a_missed_promise_unnecessary():
	world = make_world(targets=[target("Repair Complete", 1), target("First Response", 8)])
	other = make_world(targets=[target("First Response", 8)])
	case = raise_case(world, f"{MONDAY} 09:00")
	with at(f"{MONDAY} 12:00"):
		doc = frappe.get_doc("Service Request", case)
		doc.customer = other.customer
		doc.save()
	assert doc.service_level_policy == other.policy
	assert clock(case, "Repair Complete").state == "Missed"


def test_amending_a_closed_case_promises_nothing_anew():
	world = make_world(8)
	case = raise_case(world, f"{MONDAY} 09:00")
	to_work(world, case, f"{MONDAY} 09:00")
	step(case, f"{MONDAY} 10:00", "resolve")
	step(case, f"{MONDAY} 11:00", "confirm")
	before = ledger(case, "Report Delivered")
	with at("2026-11-25 10:00"):
		doc = frappe.get_doc("Service Request", case)
		doc.update({"impact": "High", "urgency": "High"})
		doc.save()
	assert ledger(case, "Report Delivered") == before


def test_a_case_with_a_broken_clock_keeps_no_other_from_being_computed(monkeypatch):
	world = make_world(targets=[target("First Response", 8), target("Repair Complete", 8)])
	cases = [raise_case(world, f"{MONDAY} 09:00") for _turn in range(2)]
	broken = clock(cases[0], "First Response").name
	real = derive.terms_of

	def terms_of(row):
		if row.get("name") == broken:
			raise RuntimeError("broken")
		return real(row)

	with at(f"{MONDAY} 10:00"):
		calendar = frappe.get_doc("Service Calendar", world.calendar)
		for row in calendar.windows:
			row.to_time = "13:00:00"
		calendar.save()
		with monkeypatch.context() as patched:
			patched.setattr(derive, "terms_of", terms_of)
			recompute.run()
	assert due(cases[1], "Repair Complete") == due(cases[1], "First Response") == f"{TUESDAY} 13:00"
	assert frappe.db.get_value("Service Clock", broken, "stale"), "it keeps its mark and is tried again"
	with at(f"{MONDAY} 11:00"):
		recompute.run()
	assert due(cases[0], "First Response") == f"{TUESDAY} 13:00"
	assert not frappe.db.get_value("Service Clock", broken, "stale")
	assert not frappe.db.exists("Postponed Work", {"reference_name": cases[0]})
