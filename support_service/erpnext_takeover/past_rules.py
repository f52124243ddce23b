"""What the status of an ERPNext record means in the life of a case: the movements that led to it. Frappe-free.

Only what the record itself says is told: an answer, a hold, a solution with their moments. Where it has none, the moment
of its last change stands in. Moments never run backwards, however the source was edited.
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
	"""Open and Replied are New (a reply is the first response), On Hold waits for the customer, the rest as it says."""
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
	"""Open is New; Work In Progress, Closed and Cancelled are what they say."""
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
	"""A visit that was made: worked on, solved and closed at its moment."""
	moves = _Moves(happened, by)
	moves.add("start", Status.IN_PROGRESS, happened)
	moves.add("resolve", Status.RESOLVED, happened)
	moves.add("close_unanswered", Status.CLOSED, happened)
	return moves.made


class _Moves:
	"""Movements in order, none before the one ahead of it."""

	def __init__(self, raised: datetime, by: str | None) -> None:
		self.made: tuple[PastMove, ...] = ()
		self.at = raised
		self.by = by

	def add(self, action: str, status: Status, at: datetime) -> None:
		self.at = max(self.at, at)
		self.made = (*self.made, PastMove(action, status.value, self.at, by=self.by))
