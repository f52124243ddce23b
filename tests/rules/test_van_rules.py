"""Rules of counts and hand-overs, compared with vans in which each piece is carried in and out one by one."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_service.service_parts.vans import count_rules, handover_rules
from support_service.service_parts.vans.count_rules import State

NUMBERS = st.sets(st.sampled_from("ABCDEFGH"))
quantities = st.integers(0, 20)


@given(expected=quantities, found=quantities, moves=st.lists(st.integers(-3, 5), max_size=6))
def test_what_moves_after_the_count_moves_in_the_van_too(expected, found, moves):
	"""Whoever moves a piece moves it in the van and in the books; the difference of the count stays what it was."""
	in_the_van, in_the_books = found, expected
	for move in moves:
		in_the_van, in_the_books = in_the_van + move, in_the_books + move
	assert count_rules.quantity_to_post(found, expected, in_the_books) == in_the_van


@given(expected=NUMBERS, found=NUMBERS, moves=st.lists(st.sampled_from("ABCDEFGH"), max_size=8))
def test_numbers_that_come_and_go_after_the_count(expected, found, moves):
	"""A number in the books leaves, any other one comes; what was missing stays missing unless it is brought again."""
	seen = count_rules.compare(expected, found)
	in_the_van, in_the_books = set(seen.there), set(expected)
	for number in moves:
		if number in in_the_books:
			in_the_books.discard(number)
			in_the_van.discard(number)
		elif number not in expected:  # one that left and came back is looked at below
			in_the_books.add(number)
			in_the_van.add(number)
	assert count_rules.serials_to_post(seen.there, expected, in_the_books) == in_the_van


@given(expected=NUMBERS, found=NUMBERS)
def test_every_number_is_there_missing_or_a_stranger(expected, found):
	seen = count_rules.compare(expected, found)
	for number in "ABCDEFGH":
		places = (number in seen.there, number in seen.missing, number in seen.strangers)
		assert places == (
			number in expected and number in found,
			number in expected and number not in found,
			number in found and number not in expected,
		)


def test_what_left_and_came_back_was_seen_then():
	"""A missing number that the books sent away and took back is not in the van: nobody has seen it."""
	assert count_rules.serials_to_post({"A"}, {"A", "B"}, {"A", "B"}) == {"A"}


def reached(start, moves) -> set:
	found, waiting = {start}, deque([start])
	while waiting:
		for state in moves[waiting.popleft()] - found:
			found.add(state)
			waiting.append(state)
	return found


def test_every_state_of_a_count_is_reached_and_an_open_one_left():
	assert reached(State.OPEN, count_rules.NEXT) == set(State)
	assert all(count_rules.NEXT[state] for state in (State.OPEN, State.COUNTED, State.POSTED))
	assert not count_rules.may_go("Open", State.POSTED)


def test_every_state_of_a_hand_over_is_reached():
	states = handover_rules.State
	assert reached(states.COUNTING, handover_rules.NEXT) == set(states)
	assert not handover_rules.may_go("Being Counted", states.HANDED_OVER)
	assert not handover_rules.may_go("Undone", states.HANDED_OVER)


@pytest.mark.parametrize("giver", [False, True])
@pytest.mark.parametrize("taker", [False, True])
def test_both_sides_agree(giver, taker):
	assert handover_rules.is_agreed({"from": giver, "to": taker}) == (giver and taker)
