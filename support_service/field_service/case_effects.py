"""What a visit does to its case: leaving for the customer starts work, a submitted report moves the case on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe import _

from support_service.foundation.posting import Posting
from support_service.support_service import moves, promises
from support_service.support_service.lifecycle import WAITING_STATES, Status

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit

# outcome → the moves it makes, as far as the case's status allows them
MOVES_OF_OUTCOME: dict[str, tuple[str, ...]] = {
	"Solved": ("restore", "resolve"),
	"Business Restored": ("restore",),
	"Parts Needed": ("wait_for_parts",),
	"Customer Not There": ("wait_for_customer",),
	"Not Solved": (),
}


def report_arrival(visit: EngineerVisit) -> None:
	"""The moment the engineer arrived, or was connected, keeps promises of the case; a corrected one corrects them."""
	if not visit.has_value_changed("arrived_at"):
		return
	if visit.arrived_at:
		promises.engineer_arrived(visit)
	elif not visit.flags.in_insert:
		promises.engineer_did_not_arrive(visit)


def withdraw_arrival(visit: EngineerVisit, posting: Posting) -> None:
	"""A step of cancelling: a visit that is cancelled brought nobody. (One that kept a promise cannot be deleted: the ledger names it.)"""
	if visit.arrived_at:
		promises.engineer_did_not_arrive(visit)


def start_case(visit: EngineerVisit) -> None:
	"""The engineer is on the way or connected: the case is in progress, whatever it waited for.

	A visit on a case nobody was assigned to was planned by a lead (see EngineerVisit.check_case_is_assigned), who
	thereby assigned its engineer.
	"""
	case = frappe.get_doc("Service Request", visit.service_request)
	if case.status == Status.NEW:
		case = moves.apply_move(case, "assign", engineer=visit.engineer, reference=visit, by_app=True)
	if case.status == Status.ASSIGNED:
		moves.apply_move(case, "start", reference=visit, by_app=True)
	elif case.status in WAITING_STATES:
		moves.apply_move(case, "resume", reference=visit, by_app=True)


def report(visit: EngineerVisit, posting: Posting) -> None:
	"""A step of submitting: fill what the case's result still lacks, then make the outcome's moves."""
	start_case(visit)
	case = frappe.get_doc("Service Request", visit.service_request)
	values = _result(visit, case) if visit.outcome in ("Solved", "Business Restored") else {}
	for action in MOVES_OF_OUTCOME.get(visit.outcome, ()):
		step = moves.BY_ACTION[action]
		if case.status not in step.sources or (action == "restore" and case.business_restored_on):
			continue
		case = moves.apply_move(
			case, action, reason=_reason(visit), reference=visit, values=values, by_app=True
		)


def _result(visit: EngineerVisit, case) -> dict[str, str]:
	told = frappe.utils.strip_html(visit.work_done or "").strip()
	found = {
		"cause": visit.findings,
		"solution": visit.work_done,
		"prevention": visit.prevention,
		"resolution": told,
		"business_restored_on": visit.left_at,
	}
	# what was found on an earlier round was not it: the visit that solves a reopened case tells the result anew
	again = case.reopen_count and visit.outcome == "Solved"
	return {
		name: value
		for name, value in found.items()
		if value and (not case.get(name) or (again and name != "business_restored_on"))
	}


def _reason(visit: EngineerVisit) -> str:
	note = frappe.utils.strip_html(visit.findings or visit.work_done or "").strip()
	return f"{_(visit.outcome)}: {note[:400]}" if note else _(visit.outcome)
