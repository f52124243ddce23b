"""Where a serial number has been, what a status means in the life of a case, how far a run has come."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_service.erpnext_takeover.cases.past_rules import moves_of_claim, moves_of_issue, moves_of_visit
from support_service.erpnext_takeover.run.checkpoint import Checkpoint, Progress
from support_service.erpnext_takeover.units.journey_rules import Movement, Place, journey
from support_service.support_service.lifecycle import BY_ACTION, Status

DAY = date(2026, 1, 1)
MOMENT = datetime(2026, 1, 1, 9)


@st.composite
def movements(draw) -> list[Movement]:
	"""Movements at distinct moments: deliveries, returns, and what names no customer, in any order of happening."""
	kinds = draw(st.lists(st.tuples(st.booleans(), st.sampled_from([None, "A", "B"])), max_size=8))
	return [
		Movement(("Delivery Note", f"D{at}"), outward, DAY + timedelta(days=at), at, customer)
		for at, (outward, customer) in enumerate(kinds)
	]


@given(movements(), st.randoms())
def test_journey_is_told_in_any_order(told: list[Movement], dice: random.Random) -> None:
	shuffled = list(told)
	dice.shuffle(shuffled)
	assert journey(shuffled) == journey(told)


@given(movements())
def test_place_is_where_the_last_movement_left_it(told: list[Movement]) -> None:
	place = journey(told).place
	if not told:
		assert place is Place.NOWHERE
	elif not told[-1].outward:
		assert place is Place.STOCK
	else:
		assert place is (Place.CUSTOMER if told[-1].customer else Place.GONE)


@given(movements())
def test_steps_begin_with_a_delivery_and_no_return_follows_a_return(told: list[Movement]) -> None:
	steps = journey(told).steps
	assert all(step.customer for step in steps)
	assert not steps or steps[0].outward
	assert all(one.outward or other.outward for one, other in pairwise(steps))
	# no delivery is left out
	assert [step for step in steps if step.outward] == [
		step for step in told if step.outward and step.customer
	]


MOMENTS = st.one_of(st.none(), st.integers(-50, 50).map(lambda days: MOMENT + timedelta(days=days)))


@given(
	status=st.sampled_from(
		["Open", "Replied", "On Hold", "Resolved", "Closed", "A status of the site's own"]
	),
	responded=MOMENTS,
	held=MOMENTS,
	resolved=MOMENTS,
	last=st.integers(-50, 50).map(lambda days: MOMENT + timedelta(days=days)),
)
def test_moments_of_an_issue_never_run_backwards(status, responded, held, resolved, last) -> None:
	moves = moves_of_issue(status, MOMENT, responded=responded, held=held, resolved=resolved, last=last)
	moments = [MOMENT, *(move.at for move in moves)]
	assert moments == sorted(moments)
	assert all(move.action in BY_ACTION for move in moves)
	wanted = {"On Hold": Status.WAITING_FOR_CUSTOMER, "Resolved": Status.RESOLVED, "Closed": Status.CLOSED}
	ends = moves[-1].to_status if moves else Status.NEW
	assert ends == wanted.get(status, Status.NEW)


@pytest.mark.parametrize(
	("status", "ends"),
	[
		("Open", []),
		("Work In Progress", ["In Progress"]),
		("Closed", ["Resolved", "Closed"]),
		("Cancelled", ["Cancelled"]),
	],
)
def test_each_status_of_a_claim(status: str, ends: list[str]) -> None:
	assert [move.to_status for move in moves_of_claim(status, MOMENT, last=MOMENT)] == ends


def test_a_visit_is_over_on_its_day() -> None:
	moves = moves_of_visit(MOMENT)
	assert [move.to_status for move in moves] == ["In Progress", "Resolved", "Closed"]
	assert {move.at for move in moves} == {MOMENT}


COUNTS = st.dictionaries(st.sampled_from(["Made", "Skipped", "Failed"]), st.integers(1, 9), max_size=3)


@given(
	st.dictionaries(
		st.sampled_from(["issues", "assets", "serial_nos"]),
		st.builds(
			Progress,
			total=st.integers(0, 99),
			after=st.text(max_size=5),
			finished=st.booleans(),
			counts=COUNTS,
		),
	)
)
def test_a_checkpoint_is_read_as_it_was_written(kinds: dict[str, Progress]) -> None:
	stored = Checkpoint(kinds)
	again = Checkpoint.load(stored.dump())
	assert again == stored
	assert list(again.kinds) == list(kinds), "the order in which they are worked off"
	assert again.done == stored.sum_of("Made", "Skipped", "Failed")
	assert (again.next_kind() is None) == all(one.finished for one in kinds.values())
