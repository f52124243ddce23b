"""What a call is after each event of the telephone system. Frappe-free.

Events come late, twice and in any order. So a state follows from what was known and what is told, and goes back only where a
call that nobody took rings at somebody else.
"""

from __future__ import annotations

WAITING, TALKING, ANSWERED, UNANSWERED = "Waiting", "Talking", "Answered", "Unanswered"
STATES = (WAITING, TALKING, ANSWERED, UNANSWERED)
UNDER_WAY = (WAITING, TALKING)
OVER = (ANSWERED, UNANSWERED)
INCOMING, OUTGOING = "Incoming", "Outgoing"

# status of ERPNext's Call Log → state
BY_STATUS = {
	"Queued": WAITING,
	"Ringing": WAITING,
	"In Progress": TALKING,
	"Completed": ANSWERED,
	"No Answer": UNANSWERED,
	"Busy": UNANSWERED,
	"Failed": UNANSWERED,
	"Canceled": UNANSWERED,
}
# a telephone system that never says how a call ended: after so many hours it is over
LONGEST = {WAITING: 1, TALKING: 12}


def state_after(known: str | None, status: str | None, *, rings_elsewhere: bool = False) -> str:
	"""The state of a call.

	known: its state before; None for a new one. status: what Call Log says now. rings_elsewhere: it has been passed on since.
	"""
	told = BY_STATUS.get(status or "", WAITING)
	if known is None or told == known:
		return told
	if known == ANSWERED:
		return ANSWERED
	if known == TALKING:
		# whoever talked has answered, however the line was closed
		return TALKING if told == WAITING else ANSWERED
	if known == UNANSWERED and told == WAITING:
		return WAITING if rings_elsewhere else UNANSWERED
	return told


def when_lost(known: str) -> str:
	"""The state of a call of which nothing was heard for `LONGEST`."""
	return ANSWERED if known == TALKING else UNANSWERED


def asks_for_call_back(direction: str, state: str) -> bool:
	"""Whether somebody called and nobody talked with them."""
	return direction == INCOMING and state == UNANSWERED


def has_reached_them(state: str) -> bool:
	"""Whether we talk, or have talked, with the other end."""
	return state in (TALKING, ANSWERED)
