"""The life of a removed part as data: every step from one status to another, who may make it and what it does to stock.

Frappe-free. `moves.py` acts on it; the form asks it what is allowed. Status values are the untranslated options of
`Removed Part.status`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from support_service.constants.roles import ENGINEER, LEAD, MANAGER
from support_service.constants.words import N_
from support_service.service_parts.removed.vocabulary import FIRST_STATUS, Goes, Owner, Result, Status, Stock

__all__ = ["FIRST_STATUS", "Goes", "Owner", "Result", "Status", "Stock"]

STORE = "Stock User"  # ERPNext's own roles
STORE_MANAGER = "Stock Manager"


@dataclass(frozen=True, slots=True)
class Move:
	"""One allowed step.

	action: stable key, stored in the history.
	label: English label of the button (translated where shown).
	sources, target: statuses; a target of None keeps the status.
	roles: who may make it; empty for steps that only the app makes.
	own_only: an engineer may make it only for parts of visits of their own; other roles are not restricted.
	results: test results with which the step is possible; empty: any.
	goes: dispositions with which it is possible; empty: any.
	owner: whose part can make it; empty: anybody's.
	tools: whether it makes sense for one of our own tools.
	takes: fields that whoever makes it may fill in the same step.
	needs: those of them that must be filled.
	needs_reason: a reason must be given.
	result: the test result that it stores.
	stock: what it does to stock.
	part_of: some of several pieces may make the step alone; the others stay behind as a removed part of their own.
	primary / danger: how a form shows the button.
	"""

	action: str
	label: str
	sources: tuple[Status, ...]
	target: Status | None
	roles: tuple[str, ...] = ()
	own_only: bool = False
	results: tuple[Result, ...] = ()
	goes: tuple[Goes, ...] = ()
	owner: Owner | None = None
	tools: bool = False
	takes: tuple[str, ...] = ()
	needs: tuple[str, ...] = ()
	needs_reason: bool = False
	result: Result | None = None
	stock: Stock | None = None
	part_of: bool = False
	primary: bool = False
	danger: bool = False


LEADERS = (LEAD, MANAGER)
KEEPERS = (STORE, STORE_MANAGER, LEAD, MANAGER)
# a purchase return is made from a purchase, which leads need not be able to read
SENDERS = (STORE, STORE_MANAGER)
# set by `undo` and `split`, which are no steps forward
UNDO, SPLIT, CANCEL, BEGIN = "undo", "split", "cancel", "begin"
NOT_GOOD = (Result.REPAIRABLE, Result.DEFECTIVE)

MOVES: tuple[Move, ...] = (
	Move(
		"hand_in",
		N_("Hand in"),
		(Status.DUE,),
		None,
		(ENGINEER, *LEADERS),
		own_only=True,
		goes=(Goes.BACK_TO_US,),
		tools=True,
		primary=True,
	),
	Move(
		"receive",
		N_("Receive the Part"),
		(Status.DUE,),
		Status.RECEIVED,
		KEEPERS,
		tools=True,
		takes=("serial_no", "batch_no"),
		stock=Stock.RECEIVE,
		part_of=True,
		primary=True,
	),
	Move(
		"change_due_date",
		N_("Change Due Date"),
		(Status.DUE,),
		None,
		LEADERS,
		tools=True,
		takes=("due_on",),
		needs=("due_on",),
		needs_reason=True,
	),
	Move(
		"waive", N_("Waive the Return"), (Status.DUE,), Status.WAIVED, LEADERS, tools=True, needs_reason=True
	),
	Move(
		"test_good",
		N_("Tested: Good"),
		(Status.RECEIVED,),
		Status.TESTED,
		KEEPERS,
		result=Result.GOOD,
		stock=Stock.PUT_BACK,
		part_of=True,
		primary=True,
	),
	Move(
		"test_repairable",
		N_("Tested: Repairable"),
		(Status.RECEIVED,),
		Status.TESTED,
		KEEPERS,
		result=Result.REPAIRABLE,
		part_of=True,
	),
	Move(
		"test_defective",
		N_("Tested: Defective"),
		(Status.RECEIVED,),
		Status.TESTED,
		KEEPERS,
		result=Result.DEFECTIVE,
		part_of=True,
	),
	Move(
		"repair",
		N_("Send to Repair"),
		(Status.TESTED,),
		Status.IN_REPAIR,
		KEEPERS,
		results=NOT_GOOD,
		part_of=True,
		primary=True,
	),
	Move(
		"repaired",
		N_("Repaired"),
		(Status.IN_REPAIR,),
		Status.REPAIRED,
		KEEPERS,
		stock=Stock.PUT_BACK,
		part_of=True,
		primary=True,
	),
	Move(
		"return_to_vendor",
		N_("Return to Vendor"),
		(Status.TESTED, Status.IN_REPAIR),
		Status.RETURNED_TO_VENDOR,
		SENDERS,
		results=NOT_GOOD,
		takes=("supplier", "vendor_reference", "credit_expected", "credit_due_on"),
		needs=("supplier",),
		stock=Stock.SEND,
		part_of=True,
	),
	Move(
		"confirm_return",
		N_("Return to Vendor"),
		(Status.DUE,),
		Status.RETURNED_TO_VENDOR,
		SENDERS,
		goes=(Goes.RETURNED_TO_VENDOR,),
		takes=("serial_no", "batch_no", "supplier", "vendor_reference", "credit_expected", "credit_due_on"),
		needs=("supplier",),
		stock=Stock.SEND,
		part_of=True,
		primary=True,
	),
	Move(
		"scrap",
		N_("Scrap the Part"),
		(Status.TESTED, Status.IN_REPAIR),
		Status.SCRAPPED,
		KEEPERS,
		results=NOT_GOOD,
		needs_reason=True,
		stock=Stock.SCRAP,
		part_of=True,
		danger=True,
	),
	Move(
		"back_to_customer",
		N_("Back to the Customer"),
		(Status.RECEIVED, Status.TESTED, Status.REPAIRED),
		Status.RETURNED_TO_CUSTOMER,
		KEEPERS,
		owner=Owner.CUSTOMER,
		stock=Stock.HAND_OVER,
		part_of=True,
		primary=True,
	),
	Move(
		"credit",
		N_("Credit Received"),
		(Status.RETURNED_TO_VENDOR,),
		Status.CREDITED,
		KEEPERS,
		takes=("debit_note",),
		needs=("debit_note",),
		primary=True,
	),
	Move(
		"no_credit",
		N_("No Credit"),
		(Status.RETURNED_TO_VENDOR,),
		Status.NOT_CREDITED,
		KEEPERS,
		needs_reason=True,
	),
)

BY_ACTION: Mapping[str, Move] = {move.action: move for move in MOVES}
# nothing is expected any more of a part of ours; a customer's that is repaired goes back to them
OVER = (
	Status.REPAIRED,
	Status.SCRAPPED,
	Status.RETURNED_TO_CUSTOMER,
	Status.CREDITED,
	Status.NOT_CREDITED,
	Status.LEFT_WITH_CUSTOMER,
	Status.WAIVED,
	Status.CANCELLED,
)
# what whoever may undo the last step must hold: who may make it, and always a lead
UNDOERS = KEEPERS


def fits(
	move: Move, *, status: str, result: str | None, goes: str, is_tool: bool, owner: str = Owner.US
) -> bool:
	"""Whether a part in that state can make `move`, whoever makes it."""
	return (
		status in move.sources
		and (not move.results or result in move.results)
		and (not move.goes or goes in move.goes)
		and (not move.owner or owner == move.owner)
		and (move.tools or not is_tool)
	)


def may_make(move: Move, roles: Iterable[str], is_own: bool) -> bool:
	"""Whether somebody with `roles` may make `move`; `is_own`: the part comes from a visit of theirs."""
	held = frozenset(roles).intersection(move.roles)
	if not held:
		return False
	if move.own_only and held == {ENGINEER}:
		return is_own
	return True
