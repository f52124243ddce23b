"""Which telephone numbers are the same, and what a call is after events that come late, twice or in another order."""

from itertools import permutations

import pytest

from support_service.service_intake.calls import numbers, rules


@pytest.mark.parametrize(
	("calling", "stored", "like"),
	[
		("+49 30 12345", "030/12345", numbers.SAME),
		("0049 30 12345", "(030) 12345", numbers.SAME),
		("4930 12345", "030-12345", numbers.SAME),
		("+86 138-0013 8000", "13800138000", numbers.SAME),
		("008613800138000", "138 0013 8000", numbers.SAME),
		("+39 02 1234567", "02 1234567", numbers.SAME),
		("+862112345678", "12345678", numbers.PART),
		("+49 30 12345", "+43 30 12345", 0),
		("+49 30 12345", "030 12346", 0),
		("12345", "+49 30 12345", 0),
		("anonymous", "030 12345", 0),
		("", "", 0),
		("000", "000", 0),
		(None, "030 12345", 0),
	],
)
def test_likeness(calling, stored, like):
	assert numbers.likeness(calling, stored) == like
	assert numbers.likeness(stored, calling) == like


@pytest.mark.parametrize(
	("calling", "stored"), [("+49 30 12345", "030/12345"), ("+862112345678", "12345678")]
)
def test_the_tail_finds_every_writing(calling, stored):
	assert numbers.tail(calling) in numbers.digits(stored)
	assert numbers.tail(stored) in numbers.digits(calling)


def test_one_key_for_all_writings_of_a_number():
	writings = ("+49 30 12345", "0049 30 12345", "4930 12345", "030/12345")
	assert {numbers.key(one, "DE") for one in writings} == {"493012345"}
	assert numbers.key("anonymous", "DE") is None
	assert numbers.key("17", "DE") == "17"


def after(*statuses):
	state = None
	for status in statuses:
		state = rules.state_after(state, status)
	return state


@pytest.mark.parametrize("order", list(permutations(("Ringing", "In Progress", "Completed"))))
def test_an_answered_call_ends_answered_in_whatever_order_its_events_come(order):
	assert after(*order, "Completed") == rules.ANSWERED
	assert "Completed" not in order[:1] or after(*order) == rules.ANSWERED


@pytest.mark.parametrize(
	("statuses", "state"),
	[
		(("Ringing", "No Answer"), rules.UNANSWERED),
		(("Ringing", "No Answer", "Ringing"), rules.UNANSWERED),
		(("Ringing", "No Answer", "Completed"), rules.ANSWERED),
		(("Ringing", "In Progress", "Failed"), rules.ANSWERED),
		(("Completed", "No Answer"), rules.ANSWERED),
		(("Ringing", "Canceled"), rules.UNANSWERED),
		(("In Progress", "Ringing"), rules.TALKING),
		((None,), rules.WAITING),
		(("something new",), rules.WAITING),
	],
)
def test_states(statuses, state):
	assert after(*statuses) == state


def test_a_call_that_is_passed_on_rings_again():
	assert rules.state_after(rules.UNANSWERED, "Ringing", rings_elsewhere=True) == rules.WAITING
	assert rules.state_after(rules.ANSWERED, "Ringing", rings_elsewhere=True) == rules.ANSWERED


def test_who_is_called_back():
	assert rules.asks_for_call_back(rules.INCOMING, rules.UNANSWERED)
	assert not rules.asks_for_call_back(rules.OUTGOING, rules.UNANSWERED)
	assert not rules.asks_for_call_back(rules.INCOMING, rules.ANSWERED)
