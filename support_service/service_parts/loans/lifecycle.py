"""The life of a loan as data: every step from one status to another, who may make it and what it needs. Frappe-free.

`moves.py` is the one that acts on it; the form asks it which buttons to show. Status values are the untranslated options of
`Equipment Loan.status`. Overdue is no status: it follows from the due date and today (`periods.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from support_service.constants.roles import DESK_AGENT, ENGINEER, LEAD, MANAGER
from support_service.constants.words import N_

STORE = "Stock User"  # ERPNext's role of who keeps a warehouse


class Status(StrEnum):
	REQUESTED = "Requested"
	BOOKED = "Booked"
	LENT = "Lent"
	PARTLY_RETURNED = "Partly Returned"
	RETURNED = "Returned"
	CANCELLED = "Cancelled"


OUT = (Status.LENT, Status.PARTLY_RETURNED)
HOLDING = (Status.BOOKED, *OUT)  # nobody else may have the pieces
OPEN = (Status.REQUESTED, *HOLDING)
BEFORE_HAND_OVER = (Status.REQUESTED, Status.BOOKED)


@dataclass(frozen=True, slots=True)
class Move:
	"""One allowed step.

	action: stable key, stored in the ledger. label: English label of the button. sources: statuses it starts from. target: status
	it ends in; None where that follows from what is still out, or the status stays. roles: who may make it by hand.
	needs_reason: a reason must be given. primary / danger: how the form shows the button.
	"""

	action: str
	label: str
	sources: tuple[Status, ...]
	target: Status | None
	roles: tuple[str, ...]
	needs_reason: bool = False
	primary: bool = False
	danger: bool = False


LEADERS = (LEAD, MANAGER)
HANDING_OVER = (ENGINEER, LEAD, MANAGER, STORE)

BOOK, RELEASE, HAND_OVER, UNDO_HAND_OVER = "book", "release", "hand_over", "undo_hand_over"
TAKE_BACK, UNDO_TAKE_BACK, KEEP = "take_back", "undo_take_back", "keep"
EXTEND, CANCEL = "extend", "cancel"

MOVES: tuple[Move, ...] = (
	Move(BOOK, N_("Book the Pieces"), (Status.REQUESTED,), Status.BOOKED, LEADERS, primary=True),
	Move(HAND_OVER, N_("Hand Over"), (Status.BOOKED,), Status.LENT, HANDING_OVER, primary=True),
	Move(TAKE_BACK, N_("Take Back"), OUT, None, HANDING_OVER, primary=True),
	Move(EXTEND, N_("Extend"), HOLDING, None, LEADERS, needs_reason=True),
	# sold or lost: nothing comes back, and the store posts what ERPNext has for it
	Move(KEEP, N_("Stays with the Customer"), OUT, None, LEADERS, needs_reason=True),
	Move(RELEASE, N_("Release the Pieces"), (Status.BOOKED,), Status.REQUESTED, LEADERS),
	Move(
		UNDO_HAND_OVER,
		N_("Undo Hand-Over"),
		(Status.LENT,),
		Status.BOOKED,
		LEADERS,
		needs_reason=True,
		danger=True,
	),
	Move(
		UNDO_TAKE_BACK,
		N_("Undo Taking Back"),
		(Status.PARTLY_RETURNED, Status.RETURNED),
		None,
		LEADERS,
		needs_reason=True,
		danger=True,
	),
	Move(
		CANCEL,
		N_("Cancel Loan"),
		BEFORE_HAND_OVER,
		Status.CANCELLED,
		(DESK_AGENT, *LEADERS),
		needs_reason=True,
		danger=True,
	),
)
BY_ACTION = {move.action: move for move in MOVES}


def moves_from(status: str, roles: Iterable[str]) -> list[Move]:
	"""The steps that somebody with `roles` may make from `status`, in the order of the table."""
	held = set(roles)
	return [move for move in MOVES if status in move.sources and held.intersection(move.roles)]


def status_by_pieces(lent: float, returned: float) -> Status:
	"""The status of a loan that was handed over, by how many pieces were lent and how many have come back."""
	if returned <= 0:
		return Status.LENT
	return Status.RETURNED if returned >= lent else Status.PARTLY_RETURNED
