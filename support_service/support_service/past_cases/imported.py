"""A case that was over before the app came, taken in by Data Import or REST: kept as it was typed, or refused with the reason.

It is a document like every other, so its links, lengths and rights are checked; but nothing begins with it: no promise, message,
survey or task, and nobody is asked who pays. Data Import need not tick `imported`: a row that says how a case ended is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import cint, format_datetime, get_datetime, now_datetime

from support_service.foundation import from_before, language, rows, typed
from support_service.support_service.intake_defaults import latest_moment
from support_service.support_service.lifecycle import FINAL_STATES, Status
from support_service.support_service.moves import MOVE_FIELDS
from support_service.support_service.past_cases import history
from support_service.support_service.past_cases.past_case import PastMove

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

# what happened to a case, in the order in which it can have happened
MOMENTS = ("raised_on", "assigned_on", "resolved_on", "closed_on")
BETWEEN = ("first_response_on", "solution_plan_on", "business_restored_on", "report_delivered_on")


class NotImportableError(frappe.ValidationError):
	"""What is said of a past case contradicts itself, or the case is not over."""


def recognise(case: ServiceRequest) -> None:
	"""Part of `before_insert`: whether `case` is history, and whether the session's user may bring some in."""
	if from_before.settle_mark(case, by_file=bool(typed.given(case, MOVE_FIELDS))):
		_name_engineer(case)


def is_new_history(case: ServiceRequest) -> bool:
	return bool(cint(case.imported)) and case.is_new()


def check(case: ServiceRequest) -> None:
	"""Part of `validate`: what is said of a past case must be possible."""
	if not is_new_history(case):
		return
	if case.status not in FINAL_STATES:
		_refuse(
			_(
				"only requests that are over are taken in as history: Closed or Cancelled. Take an open one in as New, without "
				"engineer and result."
			),
			case,
			"status",
		)
	if case.status == Status.CLOSED:
		case.closed_on = case.closed_on or case.resolved_on
	if not case.closed_on:
		_refuse(_("say when it was over."), case, "closed_on")
	_check_order(case)
	if case.pick_requested_by:
		_refuse(_("nobody asks to take a request that is over."), case, "pick_requested_by")
	if cint(case.archived) and case.status != Status.CLOSED:
		_refuse(_("only a closed request is archived."), case, "archived")
	case.archived = int(case.status == Status.CLOSED)


def record(case: ServiceRequest) -> None:
	"""Part of `after_insert`: the case's moves, of which nobody is notified; it is sorted where it belongs in time."""
	lang = language.of_site()
	said = _("Imported by {0} on {1}.", lang).format(frappe.session.user, format_datetime(now_datetime()))
	raised = get_datetime(case.raised_on)
	moves = history.movements(case.name, raised, _steps(case, said), said=said, engineer=case.engineer)
	rows.insert(history.MOVE, moves)
	moment = {"creation": raised, "modified": get_datetime(case.closed_on)}
	frappe.db.set_value(case.doctype, case.name, moment, update_modified=False)
	case.update({name: str(value) for name, value in moment.items()})


def _steps(case: ServiceRequest, said: str) -> list[PastMove]:
	steps = []
	if case.engineer and case.assigned_on:
		steps.append(PastMove("assign", Status.ASSIGNED.value, get_datetime(case.assigned_on)))
	if case.resolved_on:
		resolved = get_datetime(case.resolved_on)
		steps.append(PastMove("resolve", Status.RESOLVED.value, resolved, by=case.engineer_user))
	ends = "close_unanswered" if case.status == Status.CLOSED else "cancel"
	return [*steps, PastMove(ends, case.status, get_datetime(case.closed_on), reason=said)]


def _name_engineer(case: ServiceRequest) -> None:
	"""Whoever did the work then: they may have left since."""
	if not case.engineer:
		if named := typed.given(case, ("engineer_name", "engineer_user")):
			_refuse(_("name the engineer by their record."), case, *named)
		return
	found = frappe.db.get_value("Service Engineer", case.engineer, ["user", "team"], as_dict=True)
	if not found:
		return  # the check of links says so
	if case.engineer_user and case.engineer_user != found.user:
		_refuse(_("engineer {0} has the user {1}.").format(case.engineer, found.user), case, "engineer_user")
	case.engineer_user = found.user
	case.team = case.team or found.team


def _check_order(case: ServiceRequest) -> None:
	before: str | None = None
	for fieldname in MOMENTS:
		if case.get(fieldname):
			if before:
				_not_before(case, fieldname, before)
			before = fieldname
	for fieldname in BETWEEN:
		if case.get(fieldname):
			_not_before(case, fieldname, "raised_on")
	for fieldname in (*MOMENTS, *BETWEEN):
		if case.get(fieldname) and get_datetime(case.get(fieldname)) > latest_moment():
			_refuse(_("it lies in the future."), case, fieldname)


def _not_before(case: ServiceRequest, fieldname: str, earlier: str) -> None:
	if get_datetime(case.get(fieldname)) < get_datetime(case.get(earlier)):
		_refuse(
			_("{0} is before {1} ({2}). Give both as they were.").format(
				format_datetime(case.get(fieldname)),
				typed.labels(case, [earlier]),
				format_datetime(case.get(earlier)),
			),
			case,
			fieldname,
		)


def _refuse(why: str, case: ServiceRequest, *fieldnames: str) -> None:
	frappe.throw(_("{0}: {1}").format(typed.labels(case, fieldnames), why), NotImportableError)
