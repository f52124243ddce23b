"""Translates the status of an ERPNext record into the moves of a case that lead to the same status. Frappe-free.

Moves are made only of what the record itself shows: an answer, a hold, a solution. Where it has no time for one of them,
the time of its last change is taken. Times never go backwards, however the record was edited.
"""

from __future__ import annotations

from datetime import datetime

from support_service.support_service.lifecycle import Status
from support_service.support_service.past_cases.past_case import PastMove

OVER = (Status.CLOSED.value, Status.CANCELLED.value)


def moves_of_issue(
	status: str,
	raised: datetime,
	*,
	responded: datetime | None = None,
	held: datetime | None = None,
	resolved: datetime | None = None,
	last: datetime,
	by: str | None = None,
) -> tuple[PastMove, ...]:
	"""Moves of an Issue: Open and Replied → New (a reply is the first response), On Hold → Waiting for Customer, others as named."""
	moves = _Moves(raised, by)
	if responded or status == "Replied":
		moves.add("acknowledge", Status.NEW, responded or last)
	if status == "On Hold":
		moves.add("wait_for_customer", Status.WAITING_FOR_CUSTOMER, held or last)
	if status in ("Resolved", "Closed"):
		moves.add("resolve", Status.RESOLVED, resolved or last)
	if status == "Closed":
		moves.add("close_unanswered", Status.CLOSED, max(resolved or last, last))
	return moves.made


def moves_of_claim(
	status: str,
	raised: datetime,
	*,
	resolved: datetime | None = None,
	last: datetime,
	by: str | None = None,
) -> tuple[PastMove, ...]:
	"""Moves of a Warranty Claim: Open → New, Work In Progress → In Progress, Closed and Cancelled as named."""
	moves = _Moves(raised, by)
	if status == "Work In Progress":
		moves.add("start", Status.IN_PROGRESS, last)
	if status == "Closed":
		moves.add("resolve", Status.RESOLVED, resolved or last)
		moves.add("close_unanswered", Status.CLOSED, resolved or last)
	if status == "Cancelled":
		moves.add("cancel", Status.CANCELLED, last)
	return moves.made


def moves_of_visit(happened: datetime, by: str | None = None) -> tuple[PastMove, ...]:
	"""Moves of a visit that took place: started, resolved and closed, all at the time of the visit."""
	moves = _Moves(happened, by)
	moves.add("start", Status.IN_PROGRESS, happened)
	moves.add("resolve", Status.RESOLVED, happened)
	moves.add("close_unanswered", Status.CLOSED, happened)
	return moves.made


class _Moves:
	"""Collects moves; none gets an earlier time than the one before it."""

	def __init__(self, raised: datetime, by: str | None) -> None:
		self.made: tuple[PastMove, ...] = ()
		self.at = raised
		self.by = by

	def add(self, action: str, status: Status, at: datetime) -> None:
		self.at = max(self.at, at)
		self.made = (*self.made, PastMove(action, status.value, self.at, by=self.by))
