"""The customer's answer ends our waiting for them, at the moment they wrote."""

from __future__ import annotations

from types import SimpleNamespace

import frappe
import pytest

from support_service.customer_portal import case_page as portal_case
from support_service.customer_portal import messages as portal_messages
from support_service.foundation.names.keys import key_of
from support_service.service_level import api as clock_api
from support_service.service_level.clock.rules import Event
from tests.factories import insert, make_contact, make_customer_user, make_service_engineer, make_user
from tests.site.clock_world import at, due, ledger, make_world, raise_case, round_the_clock, step, to_work

KIND = "Repair Complete"
DAY = "2025-09-01"
# raised at 09:00 with eight hours around the clock
PROMISED, WITHOUT_ANSWER, ANSWERED = (f"{DAY} {time}" for time in ("17:00", "22:20", "17:20"))


@pytest.fixture
def waiting() -> SimpleNamespace:
	"""A case that waits for its customer since 10:00."""
	world = make_world(calendar=round_the_clock())
	found = SimpleNamespace(**world, user=make_customer_user(world.customer).name)
	# a letter first: "<name@…>" would be a tag to Frappe, "<1name@…>" would not
	found.address = f"a{frappe.generate_hash(length=8)}@customer.example"
	make_contact(world.customer, found.address)
	found.case = raise_case(world, f"{DAY} 09:00")
	to_work(world, found.case, f"{DAY} 09:30")
	step(found.case, f"{DAY} 10:00", "wait_for_customer", reason="Which model?")
	found.lead = frappe.db.get_value("Service Team", world.team, "lead")
	return found


def by_portal(world: SimpleNamespace, moment: str) -> str:
	with at(moment):
		frappe.set_user(world.user)
		try:
			return portal_messages.add(frappe.get_doc("Service Request", world.case), "The big one")
		finally:
			frappe.set_user("Administrator")


def by_mail(world: SimpleNamespace, moment: str, *, sender: str = "", written: str = "", **more: str) -> str:
	"""What Frappe's mailbox makes of a mail that came in at `moment`."""
	values = {
		"communication_type": "Communication",
		"communication_medium": "Email",
		"sent_or_received": "Received",
		"sender": sender or world.address,
		"subject": f"Re: {world.case}",
		"content": "The big one",
		"communication_date": written or moment,
		"reference_doctype": "Service Request",
		"reference_name": world.case,
	}
	mail = frappe.get_doc({"doctype": "Communication", **values, **more})
	mail.flags.in_receive = True
	with at(moment):
		return mail.insert(ignore_permissions=True).name


def case_of(world: SimpleNamespace):
	return frappe.get_doc("Service Request", world.case)


def told(world: SimpleNamespace, user: str) -> list[str]:
	return frappe.get_all(
		"Notification Log",
		{"document_name": world.case, "for_user": user},
		pluck="subject",
		order_by="creation",
	)


def events(world: SimpleNamespace) -> list[tuple[str, str]]:
	return [(row.event, str(row.at)[11:16]) for row in ledger(world.case, KIND)]


def test_without_an_answer_the_whole_wait_is_the_customers(waiting):
	step(waiting.case, f"{DAY} 15:20", "resume")
	assert due(waiting.case, KIND) == WITHOUT_ANSWER


@pytest.mark.parametrize("write", [by_portal, by_mail])
def test_the_clock_goes_on_from_the_moment_they_wrote(waiting, write):
	"""A note on the web page did not count elsewhere, a mail did (zammad/zammad#1322)."""
	write(waiting, f"{DAY} 10:20")
	assert due(waiting.case, KIND) == ANSWERED, "at once, before anybody has looked at it"
	case = case_of(waiting)
	assert (case.status, str(case.customer_answered_on)) == ("Waiting for Customer", f"{DAY} 10:20:00")
	assert case.clock_state != "Paused"
	step(waiting.case, f"{DAY} 15:20", "resume")
	assert due(waiting.case, KIND) == ANSWERED
	assert events(waiting) == [
		(Event.STARTED, "09:00"),
		(Event.WAIT_BEGAN, "10:00"),
		(Event.WAIT_ENDED, "10:20"),
	]
	assert not case_of(waiting).customer_answered_on


def test_the_ledger_says_why(waiting):
	message = by_mail(waiting, f"{DAY} 10:20")
	name = frappe.db.get_value("Service Clock", {"request": waiting.case, "kind": KIND})
	said = [row["text"] for row in clock_api.history_of(name)["rows"]]
	assert "The wait ended: the customer has written" in said
	move = frappe.get_last_doc(
		"Service Request Move", {"request": waiting.case, "action": "customer_answered"}
	)
	assert (move.reference_doctype, move.reference_name) == ("Communication", message)
	assert str(move.moved_at) == f"{DAY} 10:20:00" and waiting.address in move.reason
	assert move.reason.endswith(f" ({waiting.address})")  # no sign that Frappe escapes or removes


@pytest.mark.parametrize(
	("came_in", "written", "expected"),
	[
		("12:00", f"{DAY} 10:20:00", ANSWERED),  # the mail was fetched late
		("10:20", f"{DAY} 23:00:00", ANSWERED),  # the sender's clock is ahead
		("10:20", f"{DAY} 09:50:00", ANSWERED),  # behind, or on its way before we asked
		("10:20", "1970-01-01 00:00:00", ANSWERED),
	],
)
def test_when_they_wrote(waiting, came_in, written, expected):
	by_mail(waiting, f"{DAY} {came_in}", written=written)
	step(waiting.case, f"{DAY} 15:20", "resume")
	assert due(waiting.case, KIND) == expected


def test_the_engineer_is_told_by_mail_as_by_portal(waiting):
	engineer = waiting.engineer.user
	by_mail(waiting, f"{DAY} 10:20")
	by_portal(waiting, f"{DAY} 10:30")
	first, second = told(waiting, engineer)[-2:]
	assert "has answered on" in first and "wrote on" in second
	assert not any("wrote on" in line for line in told(waiting, waiting.lead))


def test_one_answer_ends_one_wait_and_the_next_wait_is_another(waiting):
	by_portal(waiting, f"{DAY} 10:20")
	by_mail(waiting, f"{DAY} 10:40")
	step(waiting.case, f"{DAY} 11:00", "resume")
	assert (
		frappe.db.count("Service Request Move", {"request": waiting.case, "action": "customer_answered"}) == 1
	)
	step(waiting.case, f"{DAY} 12:00", "wait_for_customer", reason="And which colour?")
	assert not case_of(waiting).customer_answered_on
	assert due(waiting.case, KIND) is None
	by_mail(waiting, f"{DAY} 12:10")
	step(waiting.case, f"{DAY} 16:00", "resume")
	assert due(waiting.case, KIND) == f"{DAY} 17:30"


@pytest.mark.parametrize("wait", ["wait_for_parts", "wait_for_vendor"])
def test_a_wait_for_others_is_not_theirs_to_end(waiting, wait):
	step(waiting.case, f"{DAY} 10:10", "resume")
	step(waiting.case, f"{DAY} 10:15", wait)
	before = events(waiting)
	by_portal(waiting, f"{DAY} 10:20")
	assert events(waiting) == before and not case_of(waiting).customer_answered_on


def test_a_stranger_ends_nothing_but_is_heard(waiting):
	by_mail(waiting, f"{DAY} 10:20", sender="anybody@elsewhere.example")
	assert any("anybody@elsewhere.example wrote on" in line for line in told(waiting, waiting.engineer.user))
	step(waiting.case, f"{DAY} 15:20", "resume")
	assert due(waiting.case, KIND) == WITHOUT_ANSWER


def test_a_colleague_is_no_customer(waiting):
	before = told(waiting, waiting.engineer.user)
	colleague = make_user("Service Desk Agent").name
	by_mail(waiting, f"{DAY} 10:20", sender=colleague)
	assert told(waiting, waiting.engineer.user) == before
	assert not case_of(waiting).customer_answered_on


def test_an_automatic_message_ends_nothing_and_tells_nobody(waiting):
	before = told(waiting, waiting.engineer.user)
	by_mail(waiting, f"{DAY} 10:20", communication_type="Automated Message")
	by_mail(waiting, f"{DAY} 10:25", sender="MAILER-DAEMON@customer.example")
	assert told(waiting, waiting.engineer.user) == before
	step(waiting.case, f"{DAY} 15:20", "resume")
	assert due(waiting.case, KIND) == WITHOUT_ANSWER


def test_the_page_no_longer_asks_for_what_it_has(waiting):
	view = portal_case.view(case_of(waiting))
	assert (view["asked"], view["status_words"]) == ("Which model?", "Waiting for you")
	by_mail(waiting, f"{DAY} 10:20")
	view = portal_case.view(case_of(waiting))
	assert (view["asked"], view["status_words"]) == (None, "You have answered")
	assert "You have answered." in [entry["text"] for entry in view["history"]]


def test_a_promise_that_changes_later_keeps_the_twenty_minutes(waiting):
	"""Time waited was lost when another agreement came (glpi-project/glpi#6902)."""
	by_portal(waiting, f"{DAY} 10:20")
	with at(f"{DAY} 11:00"):
		case = case_of(waiting)
		case.update({"impact": "High", "urgency": "High"})
		case.save()
	step(waiting.case, f"{DAY} 15:20", "resume")
	assert due(waiting.case, KIND) == ANSWERED


def test_handed_to_somebody_else_while_it_waits(waiting):
	by_portal(waiting, f"{DAY} 10:20")
	other = make_service_engineer(team=waiting.team)
	step(waiting.case, f"{DAY} 13:00", "reassign", to=other.name)
	assert due(waiting.case, KIND) == ANSWERED and not case_of(waiting).customer_answered_on


def test_a_case_that_cannot_be_saved_does_not_keep_the_mail_out(waiting):
	frappe.db.set_value("Service Request", waiting.case, "subject", "")
	frappe.clear_document_cache("Service Request", waiting.case)
	message = by_mail(waiting, f"{DAY} 10:20")
	assert frappe.db.exists("Communication", message)
	assert not case_of(waiting).customer_answered_on
	assert any("wrote on" in line for line in told(waiting, waiting.engineer.user))


def test_what_is_written_on_an_issue_is_written_on_its_case(waiting):
	issue = insert("Issue", {"subject": "Broken", "customer": waiting.customer}, {})
	frappe.db.set_value(
		"Service Request",
		waiting.case,
		{"source_doctype": "Issue", "source_name": issue.name, "source_key": key_of("Issue", issue.name)},
	)
	by_mail(waiting, f"{DAY} 10:20", reference_doctype="Issue", reference_name=issue.name)
	assert due(waiting.case, KIND) == ANSWERED
