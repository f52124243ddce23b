"""What a customer is told about a case."""

import pytest

from support_service.customer_portal import story as portal_story
from support_service.support_service.lifecycle import MOVES, OPEN_STATES, Status


@pytest.mark.parametrize(
	("status", "states"),
	[
		("New", ["done", "now", "todo", "todo"]),
		("Assigned", ["done", "done", "now", "todo"]),
		("Waiting for Parts", ["done", "done", "now", "todo"]),
		("Resolved", ["done", "done", "done", "now"]),
		("Closed", ["done", "done", "done", "done"]),
	],
)
def test_progress_follows_the_status(status, states):
	assert [state for _, state in portal_story.progress(status)] == states


def test_cancelled_case_has_no_progress():
	assert portal_story.progress("Cancelled") == []


def test_every_status_is_open_or_done_for_the_customer():
	assert set(portal_story.OPEN_FOR_CUSTOMER) == {*OPEN_STATES, Status.RESOLVED}


def test_every_movement_is_told_or_kept_on_purpose():
	assert {move.action for move in MOVES} - portal_story.SHOWN_MOVES == {
		"acknowledge",
		"ask_to_take",
		"decline_pick",
	}


@pytest.mark.parametrize(
	("action", "told"),
	[("wait_for_customer", True), ("dispute", True), ("wait_for_vendor", False), ("cancel", False)],
)
def test_only_reasons_for_the_customer_are_told(action, told):
	assert (portal_story.reason_for_customer(action, "because") == "because") is told


@pytest.mark.parametrize(
	("direction", "sender", "recipients", "shown"),
	[
		("Sent", "agent@us.example", ["Jane@Customer.example "], True),
		("Sent", "agent@us.example", ["vendor@other.example"], False),
		("Sent", "agent@us.example", [], False),
		("Received", "jane@customer.example", [], True),
		("Received", "vendor@other.example", ["jane@customer.example"], False),
	],
)
def test_mail_is_shown_only_to_who_took_part(direction, sender, recipients, shown):
	own = ["jane@customer.example", ""]
	assert portal_story.is_for_customer(direction, sender, recipients, own) is shown
