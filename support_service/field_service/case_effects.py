"""What a visit does to its case: setting off for the customer starts the work, a submitted report moves the case on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe import _

from support_service.foundation.posting import Posting
from support_service.support_service import moves, promises
from support_service.support_service.lifecycle import WAITING_STATES, Status

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

# outcome → the moves it makes, as far as the case's status allows them
MOVES_OF_OUTCOME: dict[str, tuple[str, ...]] = {
	"Solved": ("restore", "resolve"),
	"Business Restored": ("restore",),
	"Parts Needed": ("wait_for_parts",),
	"Customer Not There": ("wait_for_customer",),
	"Not Solved": (),
}


def report_arrival(visit: EngineerVisit) -> None:
	"""After a save: give the clocks of the case the time at which the engineer arrived, or take it back."""
	if not visit.has_value_changed("arrived_at"):
		return
	if visit.arrived_at:
		promises.engineer_arrived(visit)
	elif not visit.flags.in_insert:
		promises.engineer_did_not_arrive(visit)


def withdraw_arrival(visit: EngineerVisit, posting: Posting) -> None:
	"""A step of cancelling: take the engineer's arrival back from the clocks of the case.

	Deleting needs no such step: a visit that kept a promise cannot be deleted, as the ledger of the clock names it.
	"""
	if visit.arrived_at:
		promises.engineer_did_not_arrive(visit)


def start_case(visit: EngineerVisit) -> ServiceRequest:
	"""Move the case to In Progress and return it: its engineer is on the way or connected, whatever the case waited for.

	Where nobody was assigned to the case, only a lead could plan the visit (planning.py), and its engineer is assigned now.
	"""
	case = frappe.get_doc("Service Request", visit.service_request)
	if case.status == Status.NEW:
		case = moves.apply_move(case, "assign", engineer=visit.engineer, reference=visit, by_app=True)
	if case.status == Status.ASSIGNED:
		return moves.apply_move(case, "start", reference=visit, by_app=True)
	if case.status in WAITING_STATES:
		return moves.apply_move(case, "resume", reference=visit, by_app=True)
	return case


def report(visit: EngineerVisit, posting: Posting) -> None:
	"""A step of submitting: fill what the case's result still lacks, then make the outcome's moves."""
	case = start_case(visit)
	values = _result(visit, case) if visit.outcome in ("Solved", "Business Restored") else {}
	for action in MOVES_OF_OUTCOME.get(visit.outcome, ()):
		if case.status not in moves.BY_ACTION[action].sources or (
			action == "restore" and case.business_restored_on
		):
			continue
		case = moves.apply_move(
			case, action, reason=_reason(visit), reference=visit, values=values, by_app=True
		)
	posting.case = case


def _result(visit: EngineerVisit, case) -> dict[str, str]:
	"""What the report says about fields of the case that are still empty."""
	found = {
		"cause": visit.findings,
		"solution": visit.work_done,
		"prevention": visit.prevention,
		"resolution": frappe.utils.strip_html(visit.work_done or "").strip(),
		"business_restored_on": visit.left_at,
	}
	# a case was reopened because its result was wrong: the visit that solves it replaces that result
	again = case.reopen_count and visit.outcome == "Solved"
	return {
		name: value
		for name, value in found.items()
		if value and (not case.get(name) or (again and name != "business_restored_on"))
	}


def _reason(visit: EngineerVisit) -> str:
	note = frappe.utils.strip_html(visit.findings or visit.work_done or "").strip()
	return f"{_(visit.outcome)}: {note[:400]}" if note else _(visit.outcome)
