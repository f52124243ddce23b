"""Two cases become one, and two again within a day: nothing is lost, nothing is there twice, no promise is loosened."""

from __future__ import annotations

from types import SimpleNamespace

import frappe
import pytest

from support_service.customer_portal import messages, pages
from support_service.service_level import api as level_api
from support_service.support_service import api, promises
from support_service.support_service.merging import leading_on, merges, whole
from support_service.support_service.messaging import customer_people
from tests.factories import (
	make_customer,
	make_customer_user,
	make_engineer_visit,
	make_part_need,
	make_service_request,
)
from tests.site.clock_world import at, make_world, raise_case, round_the_clock, step, to_work
from tests.site.merge_world import CASE, file, files_of, mail, mails_of, merge, of, status, undo

DAY = "2025-09-01"
KIND = "Repair Complete"


@pytest.fixture
def two() -> SimpleNamespace:
	"""`early` of 09:00 and `late` of 11:00, eight hours around the clock."""
	world = make_world(calendar=round_the_clock())
	found = SimpleNamespace(**world, world=world)
	found.early = raise_case(world, f"{DAY} 09:00")
	found.late = raise_case(world, f"{DAY} 11:00")
	return found


def promise(origin: str, kind: str = KIND) -> frappe._dict:
	fields = ["name", "request", "state", "due_at", "stopped_at", "used_seconds"]
	return frappe.get_all("Service Clock", {"origin": origin, "kind": kind}, fields)[0]


def test_everything_goes_to_the_whole_and_back(two):
	ours, theirs = mail(two.late, f"{DAY} 11:10"), mail(two.early, f"{DAY} 11:20")
	attached, in_mail = file(CASE, two.early), file("Communication", theirs)
	visit = make_engineer_visit(service_request=two.early).name
	before = {name: of("Service Clock", name) for name in (two.early, two.late)}
	done = merge(two.early, two.late, f"{DAY} 12:00", "Called twice")
	assert status(two.early) == "Cancelled"
	assert whole.goes_on_as(two.early) == two.late
	assert mails_of(two.late) == sorted([ours, theirs]) and mails_of(two.early) == []
	assert files_of(two.late) == [attached]
	assert frappe.db.get_value("File", in_mail, "attached_to_name") == theirs
	assert frappe.db.get_value("Engineer Visit", visit, "service_request") == two.late
	assert of("Service Clock", two.late) == sorted(before[two.early] + before[two.late])
	assert frappe.db.get_value(CASE, two.late, "merges") == 1
	undo(done, f"{DAY} 13:00")
	assert status(two.early) == "New" and not frappe.db.get_value(CASE, two.early, "merged_into")
	assert mails_of(two.early) == [theirs] and mails_of(two.late) == [ours]
	assert files_of(two.early) == [attached]
	assert frappe.db.get_value("Engineer Visit", visit, "service_request") == two.early
	assert {name: of("Service Clock", name) for name in before} == before
	assert frappe.db.get_value(CASE, two.late, "merges") == 0


def test_the_earlier_promise_stays(two):
	to_work(two.world, two.late, f"{DAY} 11:30")
	merge(two.early, two.late, f"{DAY} 12:00")
	assert promise(two.early).due_at.strftime("%H:%M") == "17:00"
	assert promise(two.late).due_at.strftime("%H:%M") == "19:00"
	assert frappe.db.get_value(CASE, two.late, "next_due_at").strftime("%H:%M") == "17:00"
	step(two.late, f"{DAY} 17:30", "resolve")
	assert (promise(two.early).state, promise(two.late).state) == ("Missed", "Met")
	# what starts with the solution is promised once
	assert len(of("Service Clock", two.late, kind="Report Delivered")) == 1


def test_a_wait_is_in_the_whole_once(two):
	to_work(two.world, two.early, f"{DAY} 11:30")
	step(two.early, f"{DAY} 12:00", "wait_for_customer")
	merge(two.early, two.late, f"{DAY} 13:00")
	# nobody waits on the one that goes on
	assert promise(two.early).due_at.strftime("%H:%M") == "18:00"
	to_work(two.world, two.late, f"{DAY} 13:30")
	step(two.late, f"{DAY} 14:00", "wait_for_customer")
	assert promise(two.early).state == promise(two.late).state == "Paused"
	step(two.late, f"{DAY} 16:00", "resume")
	assert promise(two.early).due_at.strftime("%H:%M") == "20:00"
	assert promise(two.late).due_at.strftime("%H:%M") == "21:00"


def test_what_was_done_for_one_was_done_for_both(two):
	step(two.early, f"{DAY} 10:00", "acknowledge")
	step(two.late, f"{DAY} 11:30", "acknowledge")
	third = raise_case(two.world, f"{DAY} 11:40")
	merge(third, two.late, f"{DAY} 12:00")
	assert promise(third, "First Response").stopped_at.strftime("%H:%M") == "11:40"
	fourth = raise_case(two.world, f"{DAY} 12:10")
	done = merge(two.early, fourth, f"{DAY} 12:30")
	assert promise(fourth, "First Response").stopped_at.strftime("%H:%M") == "12:10"
	assert promise(two.early, "First Response").stopped_at.strftime("%H:%M") == "10:00"
	undo(done, f"{DAY} 13:00")
	assert promise(fourth, "First Response").state == "Running"
	assert promise(two.early, "First Response").stopped_at.strftime("%H:%M") == "10:00"


def test_undone_after_the_whole_was_resolved(two):
	to_work(two.world, two.early, f"{DAY} 11:30")
	to_work(two.world, two.late, f"{DAY} 11:30")
	done = merge(two.early, two.late, f"{DAY} 12:00")
	step(two.late, f"{DAY} 13:00", "resolve")
	undo(done, f"{DAY} 14:00")
	assert status(two.early) == "In Progress" and status(two.late) == "Resolved"
	assert promise(two.early).state == "Running" and promise(two.late).state == "Met"
	# the hour in which it counted as solved is nobody's
	assert promise(two.early).due_at.strftime("%H:%M") == "18:00"


def test_a_wait_comes_back(two):
	to_work(two.world, two.early, f"{DAY} 11:30")
	step(two.early, f"{DAY} 12:00", "wait_for_customer")
	done = merge(two.early, two.late, f"{DAY} 13:00")
	undo(done, f"{DAY} 14:00")
	assert status(two.early) == "Waiting for Customer"
	assert promise(two.early).state == "Paused" and promise(two.late).state == "Running"
	step(two.early, f"{DAY} 15:00", "resume")
	assert promise(two.early).due_at.strftime("%H:%M") == "19:00"


def test_a_chain_leads_to_its_end_and_is_undone_from_there(two):
	third = raise_case(two.world, f"{DAY} 11:30")
	said = mail(two.early, f"{DAY} 11:40")
	first = merge(two.early, two.late, f"{DAY} 12:00")
	second = merge(two.late, third, f"{DAY} 12:10")
	assert whole.goes_on_as(two.early) == third and mails_of(third) == [said]
	assert whole.parts_of(third) == [third, two.late, two.early]
	assert promise(two.early).request == third
	with pytest.raises(merges.CannotUndoMergeError, match=third):
		undo(first, f"{DAY} 12:20")
	undo(second, f"{DAY} 12:30")
	assert mails_of(two.late) == [said] and promise(two.early).request == two.late
	undo(first, f"{DAY} 12:40")
	assert mails_of(two.early) == [said] and promise(two.early).request == two.early


@pytest.mark.parametrize("why", ["itself", "other customer", "over", "merged before", "crossing"])
def test_what_cannot_be_one(two, why):
	merged, into = two.early, two.late
	if why == "itself":
		into = merged
	elif why == "other customer":
		into = make_service_request(customer=make_customer().name).name
	elif why == "over":
		step(two.late, f"{DAY} 11:30", "cancel")
	elif why == "merged before":
		merge(two.early, two.late, f"{DAY} 12:00")
	else:
		merge(two.late, two.early, f"{DAY} 12:00")
	with pytest.raises(merges.CannotMergeError):
		merge(merged, into, f"{DAY} 12:10")


def test_a_day_is_the_limit(two):
	done = merge(two.early, two.late, f"{DAY} 12:00")
	with pytest.raises(merges.CannotUndoMergeError):
		undo(done, "2025-09-02 12:00:01")
	undo(done, "2025-09-02 12:00:00")
	with pytest.raises(merges.CannotUndoMergeError):
		undo(done, "2025-09-02 12:00:00")


def test_what_is_said_to_the_old_number_is_in_the_whole_and_goes_back(two):
	done = merge(two.early, two.late, f"{DAY} 12:00")
	said, ours = mail(two.early, f"{DAY} 12:30"), mail(two.late, f"{DAY} 12:40")
	assert mails_of(two.late) == sorted([said, ours])
	attached = file(CASE, two.early)
	assert files_of(two.late) == [attached]
	undo(done, f"{DAY} 13:00")
	assert mails_of(two.early) == [said] and mails_of(two.late) == [ours]
	assert files_of(two.early) == [attached]


def test_what_came_in_past_every_hook_is_carried_over(two):
	done = merge(two.early, two.late, f"{DAY} 12:00")
	said = mail(two.late, f"{DAY} 12:30")
	# a job that had begun before the merge
	frappe.db.set_value("Communication", said, "reference_name", two.early)
	with at(f"{DAY} 12:31"):
		leading_on.run_recent()
	assert mails_of(two.late) == [said]
	undo(done, f"{DAY} 13:00")
	assert mails_of(two.early) == [said]


def test_a_form_opened_before_does_not_write_the_old_number_back(two):
	visit = make_engineer_visit(service_request=two.early)
	merge(two.early, two.late, f"{DAY} 12:00")
	with pytest.raises(frappe.TimestampMismatchError):
		visit.save()
	visit.reload()
	visit.service_request = two.early  # typed
	visit.save()
	assert visit.service_request == two.late


def test_the_first_answer_counts_for_every_part(two):
	step(two.early, f"{DAY} 09:30", "acknowledge")
	third = raise_case(two.world, f"{DAY} 11:30")
	merge(two.early, two.late, f"{DAY} 12:00")
	# late was answered as early was, and so third, which becomes part of both
	merge(third, two.late, f"{DAY} 12:10")
	assert promise(third, "First Response").stopped_at.strftime("%H:%M") == "11:30"


def test_a_part_of_a_part_waits_with_the_whole(two):
	third = raise_case(two.world, f"{DAY} 11:30")
	to_work(two.world, third, f"{DAY} 11:40")
	step(third, f"{DAY} 12:00", "wait_for_customer")
	merge(two.early, two.late, f"{DAY} 12:10")
	merge(two.late, third, f"{DAY} 12:20")
	assert {promise(name).state for name in (two.early, two.late, third)} == {"Paused"}


def test_an_arrival_counts_for_both_until_it_is_undone(two):
	make_engineer_visit(
		service_request=two.early, engineer=two.engineer.name, visit_type="On Site", arrived_at=f"{DAY} 11:30"
	)
	with at(f"{DAY} 11:30"):
		promises.engineer_arrived(frappe.get_last_doc("Engineer Visit", {"service_request": two.early}))
	done = merge(two.early, two.late, f"{DAY} 12:00")
	assert promise(two.late, "On Site").stopped_at.strftime("%H:%M") == "11:30"
	undo(done, f"{DAY} 13:00")
	assert promise(two.late, "On Site").state == "Running"
	assert promise(two.early, "On Site").stopped_at.strftime("%H:%M") == "11:30"


def test_minutes_of_both_are_there_once(two):
	for case, minutes in ((two.early, 51), (two.late, 26)):
		make_engineer_visit(service_request=case, work_minutes=minutes)
	merge(two.early, two.late, f"{DAY} 12:00")
	assert sum(frappe.get_all("Engineer Visit", {"service_request": two.late}, pluck="work_minutes")) == 77
	assert not frappe.db.exists("Engineer Visit", {"service_request": two.early})


def test_what_stands_on_both_keeps_the_merge(two):
	visit = make_engineer_visit(service_request=two.early).name
	done = merge(two.early, two.late, f"{DAY} 12:00")
	need = make_part_need(service_request=two.late, engineer_visit=visit).name
	with pytest.raises(merges.CannotUndoMergeError, match=need):
		undo(done, f"{DAY} 13:00")


def test_every_reader_of_steps_sees_both(two):
	merge(two.early, two.late, f"{DAY} 12:00")
	rows = api.movements(two.late)
	assert [row.action for row in rows].count("create") == 2
	assert {row.request for row in rows} == {two.early, two.late}


def test_whoever_worked_on_the_merged_one_confirms_nothing_on_the_whole(two):
	to_work(two.world, two.early, f"{DAY} 11:30")
	frappe.set_user(two.engineer.user)
	step(two.early, f"{DAY} 11:40", "acknowledge")
	frappe.set_user("Administrator")
	before = customer_people.workers(frappe.get_doc(CASE, two.early))
	merge(two.early, two.late, f"{DAY} 12:00")
	assert before and before - {two.engineer.user} <= customer_people.workers(frappe.get_doc(CASE, two.late))


def test_the_explanation_says_where_it_was_promised(two):
	merge(two.early, two.late, f"{DAY} 12:00")
	said = [row["explanation"] for row in level_api.promises_of(two.late)]
	assert sum(two.early in one for one in said) == len(said) / 2


def test_frappes_own_functions_follow_the_pointer(two):
	merge(two.early, two.late, f"{DAY} 12:00")
	comment = frappe.get_doc(CASE, two.early).add_comment("Comment", "Called again")
	assert comment.reference_name == two.late


def test_what_is_said_to_the_first_number_goes_back_through_the_chain(two):
	third = raise_case(two.world, f"{DAY} 11:30")
	first = merge(two.early, two.late, f"{DAY} 12:00")
	second = merge(two.late, third, f"{DAY} 12:10")
	said = mail(two.early, f"{DAY} 12:20")
	assert mails_of(third) == [said]
	undo(second, f"{DAY} 12:30")
	assert mails_of(two.late) == [said]
	undo(first, f"{DAY} 12:40")
	assert mails_of(two.early) == [said]


def test_a_message_of_the_portal_sent_again_after_the_merge_is_one(two):
	user = make_customer_user(two.customer).name
	frappe.set_user(user)
	before = messages.add(pages.find_whole(two.early), "It beeps", "key-1")
	frappe.set_user("Administrator")
	merge(two.early, two.late, f"{DAY} 12:00")
	frappe.set_user(user)
	again = messages.add(pages.find_whole(two.early), "It beeps", "key-1")
	other = messages.add(pages.find_whole(two.early), "Still", "key-2")
	frappe.set_user("Administrator")
	assert again == before and mails_of(two.late) == sorted([before, other])
