"""Days of loans and the table of their steps, against slow obvious oracles."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from support_service.constants.roles import DESK_AGENT, ENGINEER, LEAD
from support_service.service_parts.lateness import days_late
from support_service.service_parts.loans import lifecycle, periods
from support_service.service_parts.loans.lifecycle import Status, moves_from, status_by_pieces
from support_service.service_parts.loans.periods import Booking, Reminder

FIRST = date(2026, 5, 1)


def day(number: int) -> date:
	return FIRST + timedelta(days=number)


def days_of(one: Booking, today: date) -> set[date]:
	"""Every day on which a booking holds its pieces, one by one."""
	last = one.last
	if one.is_out and today > last:
		last = today
	return {one.first + timedelta(days=step) for step in range((last - one.first).days + 1)}


spans = st.tuples(st.integers(0, 20), st.integers(0, 10)).map(
	lambda span: (day(span[0]), day(span[0] + span[1]))
)
booked = st.builds(
	lambda span, qty, is_out, number: Booking(f"EL-{number}", *span, qty, is_out),
	spans,
	st.integers(1, 5).map(float),
	st.booleans(),
	st.integers(0, 99),
)


@given(st.lists(booked, max_size=8), spans, st.integers(0, 25).map(day))
def test_bookings_that_meet_a_period_share_a_day_with_it(bookings, span, today):
	wanted = {span[0] + timedelta(days=step) for step in range((span[1] - span[0]).days + 1)}
	slow = [one for one in bookings if days_of(one, today) & wanted]
	assert sorted(periods.meeting(bookings, *span, today), key=repr) == sorted(slow, key=repr)


@given(st.lists(booked, max_size=8), spans, st.integers(0, 25).map(day))
def test_most_taken_is_the_busiest_day(bookings, span, today):
	wanted = [span[0] + timedelta(days=step) for step in range((span[1] - span[0]).days + 1)]
	slow = max(sum(one.qty for one in bookings if on in days_of(one, today)) for on in wanted)
	assert periods.most_taken(bookings, *span, today) == slow


@given(st.lists(booked, max_size=8), st.integers(0, 25), st.integers(0, 25).map(day))
def test_the_last_free_day_is_the_one_before_the_next_booking(bookings, start, today):
	until = periods.last_free_day(bookings, day(start), today)
	taken = set().union(*(days_of(one, today) for one in bookings)) if bookings else set()
	if until is None:
		assert not [on for on in taken if on >= day(start)]
	elif until >= day(start):
		assert until + timedelta(days=1) in taken
		assert not [on for on in taken if day(start) <= on <= until]
	else:
		assert day(start) in taken


def test_due_on_the_first_of_may_looked_at_on_the_27th():
	assert days_late(date(2026, 5, 1), date(2026, 5, 27)) == 26
	assert days_late(date(2026, 5, 1), date(2026, 5, 1)) == 0
	assert days_late(date(2026, 5, 1), date(2026, 4, 1)) == 0


def test_who_is_reminded_when():
	steps = periods.ladder(2, 3, 7)
	seen = [periods.reached(steps, FIRST, day(number)) for number in range(-4, 10)]
	by_day = dict(zip(range(-4, 10), seen, strict=True))
	assert by_day[-3] == []
	assert {step.whom for step in by_day[-2]} == {periods.ENGINEER, periods.CUSTOMER}
	assert {step.days for step in by_day[0]} == {0}
	assert Reminder(1, periods.ENGINEER) in by_day[2]
	assert Reminder(3, periods.LEAD) in by_day[3]
	assert Reminder(7, periods.MANAGER) in by_day[9]


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 30), st.integers(-12, 60))
def test_each_person_is_reminded_of_the_last_step_only(before, lead, manager, late):
	steps = periods.ladder(before, lead, manager)
	found = periods.reached(steps, FIRST, day(late))
	assert len({step.whom for step in found}) == len(found)
	for step in found:
		later = [one for one in steps if one.whom == step.whom and step.days < one.days <= late]
		assert step.days <= late
		assert not later


def test_every_status_can_be_reached_and_left():
	reached = {move.target for move in lifecycle.MOVES if move.target} | {
		status_by_pieces(2, back) for back in (0, 1, 2)
	}
	assert reached == set(Status)
	left = {source for move in lifecycle.MOVES for source in move.sources}
	assert left == set(Status) - {Status.CANCELLED}


def test_who_may_make_which_step():
	assert [move.action for move in moves_from("Requested", [LEAD])] == ["book", "cancel"]
	assert [move.action for move in moves_from("Booked", [ENGINEER])] == ["hand_over"]
	assert [move.action for move in moves_from("Lent", [lifecycle.STORE])] == ["take_back"]
	assert [move.action for move in moves_from("Booked", [DESK_AGENT])] == ["cancel"]
	assert moves_from("Cancelled", [LEAD]) == []
