"""The table of moves, tested without a site."""

import pytest

from support_service.constants.roles import CUSTOMER, DESK_AGENT, ENGINEER, LEAD, MANAGER
from support_service.support_service.lifecycle import (
	BY_ACTION,
	FINAL_STATES,
	MOVES,
	OPEN_STATES,
	WAITING_STATES,
	Status,
	find_move,
	may_make,
	moves_from,
)


def test_actions_are_unique():
	assert len(BY_ACTION) == len(MOVES)


def test_nothing_leaves_a_final_state():
	for status in FINAL_STATES:
		assert all(move.target is None for move in moves_from(status))
	# only a merge is undone; what is noted of another case changes nothing, and nobody does either by hand
	left = moves_from(Status.CANCELLED)
	assert {move.action for move in left} == {"unmerge", "let_go", "split"}
	assert not any(move.roles for move in left)


@pytest.mark.parametrize("status", [*OPEN_STATES, Status.RESOLVED])
def test_every_other_state_can_reach_closed(status):
	reached, todo = set(), [status]
	while todo:
		here = todo.pop()
		reached.add(here)
		todo.extend(m.target for m in moves_from(here) if m.target and m.target not in reached)
	assert Status.CLOSED in reached


@pytest.mark.parametrize("status", OPEN_STATES)
def test_every_open_case_can_be_cancelled(status):
	assert any(m.target == Status.CANCELLED for m in moves_from(status))


@pytest.mark.parametrize("status", WAITING_STATES)
def test_waits_lead_out_of_and_back_to_in_progress(status):
	into = [m for m in MOVES if m.target == status]
	assert into and all(m.sources == (Status.IN_PROGRESS,) for m in into)
	assert find_move(status, Status.IN_PROGRESS, {ENGINEER}).action == "resume"


def test_closing_needs_the_customer_or_a_lead_with_a_reason():
	for move in MOVES:
		if move.target == Status.CLOSED:
			assert move.roles == () or (set(move.roles) == {LEAD, MANAGER} and move.needs_reason)


def test_only_leads_assign():
	assert find_move(Status.NEW, Status.ASSIGNED, {DESK_AGENT, ENGINEER, CUSTOMER}) is None
	assert find_move(Status.NEW, Status.ASSIGNED, {LEAD}).action == "assign"


def test_moves_of_the_app_itself_are_open_to_nobody_by_hand():
	for action in ("confirm", "dispute", "customer_answered"):
		assert not may_make(BY_ACTION[action], {DESK_AGENT, ENGINEER, LEAD, MANAGER, CUSTOMER}, True)


@pytest.mark.parametrize(
	("roles", "own", "allowed"),
	[
		({ENGINEER}, True, True),
		({ENGINEER}, False, False),
		({ENGINEER, LEAD}, False, True),
		({LEAD}, False, True),
		({DESK_AGENT}, True, False),
		(set(), True, False),
	],
)
def test_an_engineer_starts_only_their_own_case(roles, own, allowed):
	assert may_make(BY_ACTION["start"], roles, own) is allowed


def test_a_fault_needs_a_cause_an_inquiry_does_not():
	resolve = BY_ACTION["resolve"]
	assert "cause" in resolve.required_fields("Fault")
	assert "cause" not in resolve.required_fields("Inquiry")
