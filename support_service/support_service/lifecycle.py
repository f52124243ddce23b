"""The life of a case as data: every move from one status to another, who may make it and what it requires.

Frappe-free. `moves.py` is the only reader that acts on it; the form, the portal and the kanban board ask it what is
allowed. Status values are the untranslated options of `Service Request.status`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from support_service.constants.roles import CUSTOMER, DESK_AGENT, ENGINEER, LEAD, MANAGER
from support_service.constants.words import N_
from support_service.service_level.clock import kinds as clock


class Status(StrEnum):
	NEW = "New"
	ASSIGNED = "Assigned"
	IN_PROGRESS = "In Progress"
	WAITING_FOR_CUSTOMER = "Waiting for Customer"
	WAITING_FOR_PARTS = "Waiting for Parts"
	WAITING_FOR_VENDOR = "Waiting for Vendor"
	RESOLVED = "Resolved"
	CLOSED = "Closed"
	CANCELLED = "Cancelled"


WAITING_STATES = (Status.WAITING_FOR_CUSTOMER, Status.WAITING_FOR_PARTS, Status.WAITING_FOR_VENDOR)
WORKING_STATES = (Status.IN_PROGRESS, *WAITING_STATES)
OPEN_STATES = (Status.NEW, Status.ASSIGNED, *WORKING_STATES)
FINAL_STATES = (Status.CLOSED, Status.CANCELLED)

# Request types in which something was broken: their result must name a cause.
FAULT_TYPES = ("Fault", "Repair", "Complaint")


@dataclass(frozen=True, slots=True)
class Move:
	"""One allowed step.

	action: stable key, stored in the ledger.
	label: English label of the button (translated where shown).
	sources: statuses it starts from.
	target: status it ends in; None keeps the status (the ledger row still says that it happened).
	roles: roles that may make it by hand; empty for moves only the app itself makes (a survey answer).
	owner_only: an engineer may make it only on a case assigned to them; other roles are not restricted.
	needs: fields of the case that must be filled before it.
	needs_cause: also `cause`, where something was broken.
	needs_reason: a reason must be given.
	stamps: datetime fields set to the moment of the move.
	clears: fields emptied by the move.
	takes: fields of the case the mover may fill in the same step.
	counts: integer field raised by one.
	happenings: what it means to the case's clocks (service_level/clock/kinds.py); that a wait begins or ends they see
	from the two statuses.
	ends_wait: it ends the clocks' wait although the status stays.
	undoes: the action that it undoes: it leads back to the status from which that one was made.
	primary / danger: how a form shows the button.
	"""

	action: str
	label: str
	sources: tuple[Status, ...]
	target: Status | None
	roles: tuple[str, ...] = ()
	owner_only: bool = False
	needs: tuple[str, ...] = ()
	needs_cause: bool = False
	needs_reason: bool = False
	stamps: tuple[str, ...] = ()
	clears: tuple[str, ...] = ()
	takes: tuple[str, ...] = ()
	counts: str | None = None
	happenings: tuple[str, ...] = ()
	ends_wait: bool = False
	undoes: str = ""
	primary: bool = False
	danger: bool = False

	def required_fields(self, request_type: str) -> tuple[str, ...]:
		"""Fields of the case this move requires for a case of `request_type`."""
		if self.needs_cause and request_type in FAULT_TYPES:
			return (*self.needs, "cause")
		return self.needs


RESULT_FIELDS = ("cause", "solution", "resolution", "prevention")

HANDLERS = (ENGINEER, LEAD, MANAGER)
LEADERS = (LEAD, MANAGER)

MOVES: tuple[Move, ...] = (
	Move(
		"assign",
		N_("Assign Engineer"),
		(Status.NEW,),
		Status.ASSIGNED,
		LEADERS,
		needs=("customer", "engineer"),
		stamps=("assigned_on",),
		clears=("pick_requested_by",),
		primary=True,
	),
	Move("ask_to_take", N_("Ask to Take It"), (Status.NEW,), None, (ENGINEER,), primary=True),
	Move(
		"decline_pick",
		N_("Decline the Engineer's Wish"),
		(Status.NEW,),
		None,
		LEADERS,
		needs_reason=True,
		clears=("pick_requested_by",),
	),
	Move(
		"reassign",
		N_("Assign Another Engineer"),
		(Status.ASSIGNED, *WORKING_STATES),
		Status.ASSIGNED,
		LEADERS,
		needs=("engineer",),
		needs_reason=True,
		stamps=("assigned_on",),
		clears=("customer_answered_on",),
	),
	Move(
		"acknowledge",
		N_("First Response Given"),
		OPEN_STATES,
		None,
		(DESK_AGENT, *HANDLERS),
		owner_only=True,
		stamps=("first_response_on",),
		happenings=(clock.RESPONDED,),
	),
	Move(
		"start",
		N_("Start Work"),
		(Status.ASSIGNED,),
		Status.IN_PROGRESS,
		HANDLERS,
		owner_only=True,
		primary=True,
	),
	Move(
		"wait_for_customer",
		N_("Wait for Customer"),
		(Status.IN_PROGRESS,),
		Status.WAITING_FOR_CUSTOMER,
		HANDLERS,
		owner_only=True,
		needs_reason=True,
		clears=("customer_answered_on",),
		# the reason is sent to the customer: we have answered
		happenings=(clock.RESPONDED,),
	),
	# what we waited for is here; the clocks go on from the moment it was written, whoever takes up the work when
	Move(
		"customer_answered",
		N_("The Customer Has Answered"),
		(Status.WAITING_FOR_CUSTOMER,),
		None,
		stamps=("customer_answered_on",),
		ends_wait=True,
	),
	Move(
		"wait_for_parts",
		N_("Wait for Parts"),
		(Status.IN_PROGRESS,),
		Status.WAITING_FOR_PARTS,
		HANDLERS,
		owner_only=True,
		needs_reason=True,
	),
	Move(
		"wait_for_vendor",
		N_("Wait for Vendor"),
		(Status.IN_PROGRESS,),
		Status.WAITING_FOR_VENDOR,
		HANDLERS,
		owner_only=True,
		needs_reason=True,
	),
	Move(
		"resume",
		N_("Resume Work"),
		WAITING_STATES,
		Status.IN_PROGRESS,
		(DESK_AGENT, *HANDLERS),
		owner_only=True,
		clears=("customer_answered_on",),
		primary=True,
	),
	Move(
		"deliver_plan",
		N_("Solution Plan Delivered"),
		(Status.ASSIGNED, *WORKING_STATES),
		None,
		HANDLERS,
		owner_only=True,
		needs=("solution_plan",),
		stamps=("solution_plan_on",),
		takes=("solution_plan",),
		happenings=(clock.PLAN_DELIVERED,),
	),
	Move(
		"restore",
		N_("Business Restored"),
		WORKING_STATES,
		None,
		HANDLERS,
		owner_only=True,
		stamps=("business_restored_on",),
		takes=("business_restored_on",),
		happenings=(clock.RESTORED,),
	),
	Move(
		"resolve",
		N_("Resolve"),
		(Status.IN_PROGRESS,),
		Status.RESOLVED,
		HANDLERS,
		owner_only=True,
		needs=("solution", "resolution"),
		needs_cause=True,
		stamps=("resolved_on",),
		takes=RESULT_FIELDS,
		happenings=(clock.RESOLVED,),
		primary=True,
	),
	Move(
		"deliver_report",
		N_("Report Delivered"),
		(Status.RESOLVED, Status.CLOSED),
		None,
		HANDLERS,
		owner_only=True,
		stamps=("report_delivered_on",),
		happenings=(clock.REPORT_DELIVERED,),
	),
	Move("confirm", N_("Customer Satisfied"), (Status.RESOLVED,), Status.CLOSED, stamps=("closed_on",)),
	Move(
		"dispute",
		N_("Customer Not Satisfied"),
		(Status.RESOLVED,),
		Status.IN_PROGRESS,
		needs_reason=True,
		clears=("resolved_on", "report_delivered_on"),
		counts="reopen_count",
		happenings=(clock.REOPENED,),
	),
	Move(
		"close_unanswered",
		N_("Close without an Answer"),
		(Status.RESOLVED,),
		Status.CLOSED,
		LEADERS,
		needs_reason=True,
		stamps=("closed_on",),
	),
	Move(
		"reopen",
		N_("Reopen"),
		(Status.RESOLVED,),
		Status.IN_PROGRESS,
		(DESK_AGENT, *LEADERS),
		needs_reason=True,
		clears=("resolved_on", "report_delivered_on"),
		counts="reopen_count",
		happenings=(clock.REOPENED,),
	),
	Move(
		"withdraw",
		N_("Withdraw"),
		(Status.NEW,),
		Status.CANCELLED,
		(CUSTOMER,),
		stamps=("closed_on",),
		happenings=(clock.CANCELLED,),
		danger=True,
	),
	Move(
		"cancel",
		N_("Cancel Request"),
		OPEN_STATES,
		Status.CANCELLED,
		(DESK_AGENT, *LEADERS),
		needs_reason=True,
		stamps=("closed_on",),
		happenings=(clock.CANCELLED,),
		danger=True,
	),
	# two that are one: see merging/. The promises go on with the other, so nothing happens to them here
	Move(
		"merge",
		N_("Merged into Another Request"),
		OPEN_STATES,
		Status.CANCELLED,
		stamps=("closed_on",),
		takes=("merged_into",),
		needs=("merged_into",),
	),
	Move("take_in", N_("Another Request Was Merged into This"), OPEN_STATES, None),
	Move(
		"unmerge",
		N_("Merge Undone"),
		(Status.CANCELLED,),
		None,
		clears=("merged_into", "closed_on"),
		undoes="merge",
	),
	Move("split", N_("Messages Became a Request of Their Own"), tuple(Status), None),
	Move("let_go", N_("A Merge into This Was Undone"), tuple(Status), None),
)

BY_ACTION: Mapping[str, Move] = {move.action: move for move in MOVES}


def moves_from(status: str) -> tuple[Move, ...]:
	"""All moves that start in `status`, whoever makes them."""
	return tuple(move for move in MOVES if status in move.sources)


def find_move(source: str, target: str, roles: Iterable[str]) -> Move | None:
	"""The one move by hand from `source` to `target` for somebody with `roles`; None if there is none.

	A drag on a board names only the two statuses. Where several moves connect them, the first in the table that the
	roles allow is meant.
	"""
	held = frozenset(roles)
	for move in moves_from(source):
		if move.target == target and held.intersection(move.roles):
			return move
	return None


def may_make(move: Move, roles: Iterable[str], is_own_case: bool) -> bool:
	"""Whether somebody with `roles` may make `move` by hand; `is_own_case`: the case is assigned to them."""
	held = frozenset(roles).intersection(move.roles)
	if not held:
		return False
	if move.owner_only and held == {ENGINEER}:
		return is_own_case
	return True
