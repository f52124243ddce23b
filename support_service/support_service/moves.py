"""The single writer of a case's status and of its movement ledger.

Everything that moves a case goes through here: a button, the kanban board, a REST save, a visit, a survey answer.
`Service Request.validate` passes every save to `guard`, so there is no way around the table in `lifecycle.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_service.constants.roles import ENGINEER
from support_service.foundation import instants, ledger, locks
from support_service.foundation import typed as kept_typed
from support_service.support_service import happenings
from support_service.support_service.errors import MoveNotAllowedError, MoveRequirementError
from support_service.support_service.lifecycle import BY_ACTION, Move, Status, find_move, may_make, moves_from
from support_service.support_service.messaging import notify, recipients

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

# Only a move may write these; a save that brings other values for them is refused.
MOVE_FIELDS = (
	"status",
	"engineer",
	"engineer_name",
	"engineer_user",
	"pick_requested_by",
	"assigned_on",
	"first_response_on",
	"solution_plan_on",
	"business_restored_on",
	"report_delivered_on",
	"resolved_on",
	"closed_on",
	"customer_answered_on",
	"reopen_count",
	"archived",
	"merged_into",
)


@dataclass(frozen=True, slots=True)
class PendingMove:
	"""A checked move waiting for the save that carries it. A client's JSON can never be an instance of this."""

	move: Move
	source: str
	reason: str | None = None
	reference: tuple[str, str] | None = None
	at: int | None = None


def apply_move(
	request: str | ServiceRequest,
	action: str,
	*,
	reason: str | None = None,
	engineer: str | None = None,
	reference: Document | None = None,
	values: dict[str, Any] | None = None,
	by_app: bool = False,
	at: int | None = None,
) -> ServiceRequest:
	"""Make one move and append its ledger row; returns the saved case.

	engineer: Service Engineer, for `assign` and `reassign`; other moves do not look at it.
	reference: the document that caused it (a visit, a survey).
	values: the move's `takes` fields, filled in the same step; others are not looked at.
	by_app: the app itself acts for a user whose right to cause this was checked by the caller (a visit was submitted, a
	survey answered); roles are not asked again, requirements are.
	at: the instant it happened, where it is known later (a mail that came in); otherwise now.

	Raises MoveNotAllowedError, MoveRequirementError, frappe.PermissionError.
	"""
	case = _locked(request)
	move = BY_ACTION.get(action)
	if move is None:
		frappe.throw(_("There is no step called {0}.").format(action), MoveNotAllowedError)
	if not by_app:
		case.check_permission("read")
	# judged on what is stored, before anything the caller sent is put on the case
	_check_allowed(case, move, case.status, by_app=by_app)
	for fieldname in move.takes:
		if values and values.get(fieldname):
			case.set(fieldname, values[fieldname])
	if engineer and "engineer" in move.needs:
		_set_engineer(case, engineer)
	_prepare(case, move, case.status, reason=reason, reference=reference, at=at)
	# the move itself was permitted above; a customer, say, may confirm but has no write permission on the case
	case.save_for_app()
	return case


def guard(case: ServiceRequest) -> None:
	"""Called by every validate of a case: only a move changes `MOVE_FIELDS`.

	A plain save that changes the status asks for the one move between the two statuses (kanban, REST) and is checked
	like a button; another value for one of `MOVE_FIELDS` is refused, and so is a new case that begins elsewhere.
	"""
	stored = case.get_doc_before_save()
	if stored is None:
		if not case.imported:  # what was over before the app came is checked in imported.py
			_begin_as_new(case)
		return
	if carries_move(case):
		return
	if typed := kept_typed.changed(case, stored, [name for name in MOVE_FIELDS if name != "status"]):
		frappe.throw(
			_("{0}: only the buttons of the request change this. Reload it and use them.").format(
				kept_typed.labels(case, typed)
			),
			MoveNotAllowedError,
		)
	wanted = case.status
	for fieldname in MOVE_FIELDS:
		case.set(fieldname, stored.get(fieldname))
	if wanted and wanted != stored.status:
		move = _move_between(stored.status, wanted)
		_check_allowed(case, move, stored.status)
		_prepare(case, move, stored.status)


def _begin_as_new(case: ServiceRequest) -> None:
	if typed := kept_typed.given(case, MOVE_FIELDS):
		frappe.throw(
			_(
				"{0}: a new request begins as New, without engineer and result. A closed one from before is taken in with "
				"Imported ticked, by somebody who may import requests; an open one is taken in as New and then assigned."
			).format(kept_typed.labels(case, typed)),
			MoveNotAllowedError,
		)
	for fieldname in MOVE_FIELDS:
		case.set(fieldname, None)
	case.update({"status": Status.NEW.value, "reopen_count": 0, "archived": 0})


def carries_move(case: ServiceRequest) -> bool:
	"""Whether the save going on is that of a checked move."""
	return isinstance(case.get("_pending_move"), PendingMove)


def record(case: ServiceRequest) -> bool:
	"""Called by every on_update of a case: append the ledger row of the move this save carried; False if none."""
	if not carries_move(case):
		case.__dict__.pop("_pending_move", None)
		return False
	pending: PendingMove = case.__dict__.pop("_pending_move")
	append_row(
		case,
		action=pending.move.action,
		source=pending.source,
		target=case.status,
		reason=pending.reason,
		reference=pending.reference,
		at=pending.at,
	)
	return True


def append_row(
	case: ServiceRequest,
	*,
	action: str,
	source: str | None,
	target: str,
	reason: str | None = None,
	reference: tuple[str, str] | None = None,
	at: int | None = None,
) -> None:
	"""Insert one Service Request Move. Its `after_insert` in hooks.py is where other rooms listen."""
	reference_doctype, reference_name = reference or (None, None)
	row = frappe.get_doc(
		{
			"doctype": "Service Request Move",
			"request": case.name,
			"action": action,
			"from_status": source,
			"to_status": target,
			"moved_by": frappe.session.user,
			"moved_at": instants.from_utc(at) or now_datetime(),
			"at_utc": instants.utc_column(happenings.instant_of(case, action) if at is None else at),
			"engineer": case.engineer,
			"reference_doctype": reference_doctype,
			"reference_name": reference_name,
			"reason": reason,
			# "Don't Send Emails" of a Data Import holds for the outbox, too
			"told": int(bool(frappe.flags.in_import and frappe.flags.mute_emails)),
		}
	)
	row.flags.case = case  # listeners need not load it again
	if action == "create":  # every intake waits for it, and there is no reason that somebody typed
		ledger.append_computed([row])
	else:
		ledger.append(row)
	notify.enqueue()


def allowed_moves(case: ServiceRequest, user: str | None = None) -> list[Move]:
	"""Moves `user` may make by hand on `case` now, in table order."""
	user = user or frappe.session.user
	roles = frappe.get_roles(user)
	own = case.engineer_user == user
	return [
		move for move in moves_from(case.status) if may_make(move, roles, own) and _makes_sense(move, case)
	]


def _makes_sense(move: Move, case: ServiceRequest) -> bool:
	"""Whether `move` would change anything: a wish can be declined only where there is one, a moment stamped once."""
	if move.action == "decline_pick":
		return bool(case.pick_requested_by)
	if move.action == "ask_to_take":
		return not case.pick_requested_by
	if move.undoes:
		return bool(case.merged_into)
	return bool(move.target) or not move.stamps or not any(case.get(name) for name in move.stamps)


def _locked(request: str | ServiceRequest) -> ServiceRequest:
	"""The case, its row locked: two people pressing buttons at once are served one after the other."""
	name = request if isinstance(request, str) else request.name
	return locks.get_doc("Service Request", name)


def _move_between(source: str, target: str) -> Move:
	move = find_move(source, target, frappe.get_roles())
	if move is None:
		frappe.throw(
			_("A request cannot go from {0} to {1} this way. Use the buttons on the request.").format(
				_(source, context="Service Request"), _(target, context="Service Request")
			),
			MoveNotAllowedError,
		)
	return move


def _check_allowed(case: ServiceRequest, move: Move, source: str, *, by_app: bool = False) -> None:
	"""Whether `move` starts in `source`, and whether the session's user may make it on this case."""
	if source not in move.sources or not _makes_sense(move, case):
		frappe.throw(
			_("{0} is not possible while the request is {1}. Reload to see its present state.").format(
				_(move.label), _(source, context="Service Request")
			),
			MoveNotAllowedError,
		)
	if not by_app and not may_make(move, frappe.get_roles(), case.engineer_user == frappe.session.user):
		frappe.throw(
			_("You may not do this step: {0}. Ask the After-Sales Lead.").format(_(move.label)),
			frappe.PermissionError,
		)


def _prepare(
	case: ServiceRequest,
	move: Move,
	source: str,
	*,
	reason: str | None = None,
	reference: Document | None = None,
	at: int | None = None,
) -> None:
	"""Check what an allowed `move` requires and put its effects on the unsaved case."""
	_check_requirements(case, move, reason)
	moment = instants.from_utc(at) or now_datetime()
	for fieldname in move.clears:
		case.set(fieldname, None)
	for fieldname in move.stamps:
		if not (fieldname in move.takes and case.get(fieldname)):
			case.set(fieldname, moment)
	if move.counts:
		case.set(move.counts, (case.get(move.counts) or 0) + 1)
	if move.action == "ask_to_take":
		case.pick_requested_by = _own_engineer()
	if move.target:
		case.status = move.target.value
	elif move.undoes:
		case.status = _before_last(case.name, move.undoes)
	case.archived = int(case.status == Status.CLOSED)
	reference_key = (reference.doctype, reference.name) if reference else None
	case.__dict__["_pending_move"] = PendingMove(move, source, reason, reference_key, at)


def _before_last(request: str, action: str) -> str:
	"""The status from which a case made this move last."""
	made = {"request": request, "action": action}
	return frappe.db.get_value("Service Request Move", made, "from_status", order_by="creation desc")


def _check_requirements(case: ServiceRequest, move: Move, reason: str | None) -> None:
	missing = [name for name in move.required_fields(case.request_type) if not is_filled(case.get(name))]
	if missing:
		labels = [_(case.meta.get_label(name), context=case.doctype) for name in missing]
		frappe.throw(
			_("Before this step ({0}), please fill in: {1}.").format(_(move.label), ", ".join(labels)),
			MoveRequirementError,
		)
	if move.needs_reason and not (reason or "").strip():
		frappe.throw(
			_("Please give a reason for this step: {0}.").format(_(move.label)), MoveRequirementError
		)
	restored = case.business_restored_on
	if move.action == "restore" and restored and instants.lies_ahead(restored):
		frappe.throw(_("Business cannot have been restored in the future."), MoveRequirementError)


def is_filled(value: Any) -> bool:
	"""A rich text editor leaves markup behind when it is emptied."""
	return bool(frappe.utils.strip_html(str(value)).strip()) if value else False


def _set_engineer(case: ServiceRequest, engineer: str) -> None:
	found = frappe.db.get_value(
		"Service Engineer", engineer, ["name", "engineer_name", "user", "team", "active"], as_dict=True
	)
	if not found or not found.active:
		frappe.throw(
			_("{0} is not an active engineer. Choose another one.").format(
				found.engineer_name if found else engineer
			),
			MoveRequirementError,
		)
	if not recipients.able_engineers([engineer]):
		frappe.throw(
			_("{0} cannot log in any more, or is no engineer by role. Choose another one.").format(
				found.engineer_name
			),
			MoveRequirementError,
		)
	case.update({"engineer": found.name, "engineer_name": found.engineer_name, "engineer_user": found.user})
	# the case belongs to the team that works on it, else its own engineer's colleagues could not see it
	case.team = found.team


def _own_engineer() -> str:
	name = frappe.db.get_value("Service Engineer", {"user": frappe.session.user, "active": 1})
	if not name:
		frappe.throw(
			_("Your user is not linked to an active {0} record. Ask the Service Manager.").format(
				_(ENGINEER)
			),
			MoveRequirementError,
		)
	return name
