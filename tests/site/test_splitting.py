"""Messages that are about something else become a request of their own, promised from when they were written."""

from __future__ import annotations

from types import SimpleNamespace

import frappe
import pytest

from support_service.support_service.merging import splits
from tests.site.clock_world import at, due, make_world, raise_case, round_the_clock, step, to_work
from tests.site.merge_world import CASE, file, files_of, mail, mails_of, merge, undo

DAY = "2025-09-01"
KIND = "Repair Complete"


@pytest.fixture
def case() -> SimpleNamespace:
	world = make_world(calendar=round_the_clock())
	found = SimpleNamespace(**world, world=world)
	found.name = raise_case(world, f"{DAY} 09:00")
	found.first = mail(found.name, f"{DAY} 09:00")
	found.other = mail(found.name, f"{DAY} 10:00", content="And the lamp flickers.")
	found.answer = mail(found.name, f"{DAY} 10:30", sent=True)
	return found


def split(case: SimpleNamespace, moment: str, *messages: str, subject: str = "The lamp") -> str:
	with at(moment):
		return splits.split(case.name, messages, subject).name


def test_chosen_messages_go_with_their_files_and_no_others(case):
	kept, goes = file("Communication", case.first), file("Communication", case.other)
	on_case = file(CASE, case.name)
	new = split(case, f"{DAY} 12:00", case.other)
	assert mails_of(new) == [case.other]
	assert mails_of(case.name) == sorted([case.first, case.answer])
	assert files_of(case.name) == [on_case] and files_of(new) == []
	assert frappe.db.get_value("File", goes, "attached_to_name") == case.other
	assert frappe.db.get_value("File", kept, "attached_to_name") == case.first
	row = frappe.get_doc(CASE, new)
	assert (row.subject, row.customer, row.description) == (
		"The lamp",
		case.customer,
		"And the lamp flickers.",
	)


def test_its_promises_begin_when_it_was_written(case):
	to_work(case.world, case.name, f"{DAY} 10:40")
	step(case.name, f"{DAY} 11:00", "wait_for_customer")
	before = frappe.get_all(
		"Service Clock", {"request": case.name}, ["name", "due_at", "state"], order_by="name"
	)
	new = split(case, f"{DAY} 12:00", case.other)
	assert due(new, KIND) == f"{DAY} 18:00"
	after = frappe.get_all(
		"Service Clock", {"request": case.name}, ["name", "due_at", "state"], order_by="name"
	)
	assert after == before


def test_what_we_answered_is_its_first_response(case):
	new = split(case, f"{DAY} 12:00", case.other, case.answer)
	found = frappe.get_all(
		"Service Clock", {"request": new, "kind": "First Response"}, ["state", "stopped_at"]
	)
	assert found[0].state == "Met" and found[0].stopped_at.strftime("%H:%M") == "10:30"


def test_the_stored_mail_goes_along(case):
	values = {"request": case.name, "communication": case.other, "subject": "Lamp", "state": "Processed"}
	stored = insert_row("Service Mail", values)
	new = split(case, f"{DAY} 12:00", case.other)
	assert frappe.db.get_value("Service Mail", stored, "request") == new


def test_a_second_click_makes_no_second_request(case):
	split(case, f"{DAY} 12:00", case.other)
	with pytest.raises(splits.CannotSplitError, match=case.name):
		split(case, f"{DAY} 12:00", case.other)


@pytest.mark.parametrize("subject, messages", [("", ["other"]), ("Lamp", [])])
def test_says_what_is_missing(case, subject, messages):
	with pytest.raises(splits.CannotSplitError):
		split(case, f"{DAY} 12:00", *(getattr(case, name) for name in messages), subject=subject)


def test_a_file_is_there_after_merge_split_and_undo(case):
	other = raise_case(case.world, f"{DAY} 09:30")
	in_mail = file("Communication", case.other)
	done = merge(case.name, other, f"{DAY} 11:00")
	case.name, old = other, case.name
	new = split(case, f"{DAY} 12:00", case.other)
	undo(done, f"{DAY} 13:00")
	assert mails_of(new) == [case.other]
	assert mails_of(old) == sorted([case.first, case.answer]) and mails_of(other) == []
	assert frappe.db.get_value("File", in_mail, "attached_to_name") == case.other


def test_merging_it_back_is_the_undo(case):
	new = split(case, f"{DAY} 12:00", case.other)
	merge(new, case.name, f"{DAY} 12:10")
	assert mails_of(case.name) == sorted([case.first, case.other, case.answer])


def insert_row(doctype: str, values: dict[str, str]) -> str:
	doc = frappe.get_doc({"doctype": doctype, "name": frappe.generate_hash(length=10), **values})
	doc.db_insert()
	return doc.name
