"""What becomes of a chat, and when."""

import pytest

from support_service.service_intake.chat.rules import (
	ENDED,
	LEFT,
	TALKING,
	WAITING,
	Minutes,
	Next,
	Why,
	due,
	is_key,
	next_step,
	why_nobody,
)


@pytest.mark.parametrize(
	("closed", "present", "expected"),
	[
		(True, True, Why.CLOSED),
		(True, False, Why.CLOSED),
		(False, False, Why.NOBODY_PRESENT),
		(False, True, None),
	],
)
def test_why_nobody_can_talk(closed, present, expected):
	assert why_nobody(closed=closed, present=present) == expected


def test_when_a_chat_is_looked_at():
	minutes = Minutes(take=3, idle=10)
	assert due(WAITING, 1000, minutes) == 1180
	assert due(TALKING, 1000, minutes) == 1600
	assert due(ENDED, 1000, minutes) is due(LEFT, 1000, minutes) is None


@pytest.mark.parametrize(
	("state", "unanswered", "request_over", "expected"),
	[
		(WAITING, True, False, Next.LEAVE),
		(WAITING, True, True, Next.END),
		(TALKING, False, False, Next.END),
		(TALKING, True, False, Next.WAIT_AGAIN),
		(TALKING, True, True, Next.END),
		(ENDED, True, True, Next.NOTHING),
		(LEFT, True, False, Next.NOTHING),
	],
)
def test_what_is_done_when_its_time_has_come(state, unanswered, request_over, expected):
	asked = {"unanswered": unanswered, "request_over": request_over}
	assert next_step(state, 100, 100, **asked) == expected
	assert next_step(state, 101, 100, **asked) == Next.NOTHING
	assert next_step(state, None, 100, **asked) == Next.NOTHING


@pytest.mark.parametrize(
	("key", "expected"),
	[
		("0f" * 16, True),
		("550e8400-e29b-41d4-a716-446655440000", True),
		("1234567", False),
		("x" * 65, False),
		("12345678 ", False),
		("--------", False),
		("ключключ", False),
	],
)
def test_keys_of_messages(key, expected):
	assert is_key(key) is expected
