"""What becomes of a chat, and when. Frappe-free; moments are seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WAITING, TALKING, ENDED, LEFT = "Waiting", "Talking", "Ended", "Left as Message"
STATES = (WAITING, TALKING, ENDED, LEFT)
OPEN = (WAITING, TALKING)

MOST_LETTERS = 4000
KEY_LETTERS = (8, 64)


class Why(StrEnum):
	"""Why a chat is over, or never began."""

	CUSTOMER = "Customer"
	US = "Service"
	SILENCE = "Silence"
	NOBODY_PRESENT = "Nobody Present"
	CLOSED = "Outside Office Hours"
	NOT_TAKEN = "Not Taken"
	REQUEST_OVER = "Request Over"


class Next(StrEnum):
	"""What the sweep does with a chat whose time has come."""

	LEAVE = "leave"
	WAIT_AGAIN = "wait again"
	END = "end"
	NOTHING = "nothing"


@dataclass(frozen=True)
class Minutes:
	"""The settings. present: so long after their last click or key somebody is at their desk. take: so long a customer waits
	for somebody. idle: so long a conversation may be silent."""

	present: int = 5
	take: int = 5
	idle: int = 15


def why_nobody(*, closed: bool, present: bool) -> Why | None:
	"""Why nobody can talk now; None where somebody can."""
	if closed:
		return Why.CLOSED
	return None if present else Why.NOBODY_PRESENT


def due(state: str, since: int, minutes: Minutes) -> int | None:
	"""When the sweep looks at a chat: `since` it began to wait, or since the last words in it; None for one that is over."""
	if state == WAITING:
		return since + 60 * minutes.take
	return since + 60 * minutes.idle if state == TALKING else None


def next_step(state: str, due_at: int | None, now: int, *, unanswered: bool, request_over: bool) -> Next:
	"""What is to be done with a chat now. unanswered: the customer had the last word."""
	if state not in OPEN or due_at is None or now < due_at:
		return Next.NOTHING
	if request_over:
		return Next.END
	if state == WAITING:
		return Next.LEAVE
	# whoever took it has gone: a colleague may
	return Next.WAIT_AGAIN if unanswered else Next.END


def is_key(key: str) -> bool:
	"""Whether a client's key of a message has the right form."""
	least, most = KEY_LETTERS
	return least <= len(key) <= most and key.isascii() and key.replace("-", "").isalnum()
