"""Frappe's own *Assign To* on a case is our assignment: a task (ToDo) of a case stands for its one engineer.

Whoever gives a task to somebody on a new case assigns it, by the same rules and rights as *Assign Engineer*; what cannot be
that is refused, and the refusal says what to press. The engineer's task is ended by the case alone. It does not matter
how the task came about: sidebar, list, REST, or the ToDo's own form. Hooks of ToDo, see hooks.py.

A task that an Assignment Rule makes while a case is being saved is not judged here: `assignment_rules.py`.
"""

from __future__ import annotations

from typing import NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.roles import ENGINEER
from support_service.permissions import named_links
from support_service.permissions.role_check import has_role
from support_service.support_service.assignments import assignment_rules
from support_service.support_service.errors import TaskFollowsCaseError
from support_service.support_service.lifecycle import BY_ACTION, OPEN_STATES, Status, may_make
from support_service.support_service.messaging import recipients
from support_service.support_service.moves import apply_move

TODO, CASE = "ToDo", "Service Request"
OVER = ("Closed", "Cancelled")


class Task(NamedTuple):
	"""An open task: `user` has `case` on their list."""

	case: str
	user: str


def before_validate(todo: Document, method: str | None = None) -> None:
	"""Refuse a change of tasks that the case would know nothing of; note the one that assigns it."""
	was, now = _task_of(todo.get_doc_before_save()), _task_of(todo)
	todo.flags.assigns = None
	if was == now:
		return
	if was and _stands_for_engineer(was, todo.name):
		if assignment_rules.is_at_work(was.case):
			todo.status = todo.get_doc_before_save().status
			return
		_refuse_to_end(was)
	if now and not _is_engineers(now):
		if not assignment_rules.is_at_work(now.case):
			todo.flags.assigns = _assignable(now)
		elif not todo.is_new():
			# rules open every closed task of a case again; whose work it is has not changed by that
			todo.status = todo.get_doc_before_save().status


def on_update(todo: Document, method: str | None = None) -> None:
	"""The task is stored: now it is the assignment."""
	task = _task_of(todo)
	if not task:
		return
	if assignment_rules.is_at_work(task.case):
		assignment_rules.note(task.case, todo.name)
	elif todo.flags.assigns:
		apply_move(task.case, "assign", engineer=todo.flags.assigns)


def on_trash(todo: Document, method: str | None = None) -> None:
	"""A deleted task would leave the case assigned to somebody whose list does not show it."""
	task = _task_of(todo)
	if task and _stands_for_engineer(task, todo.name):
		_refuse_to_end(task)


def _task_of(todo: Document | None) -> Task | None:
	if not todo or todo.reference_type != CASE or todo.status in OVER:
		return None
	if not todo.reference_name or not todo.allocated_to:
		return None
	return Task(str(todo.reference_name), todo.allocated_to)


def _is_engineers(task: Task) -> bool:
	"""Whether the open case is with the user of the task, or with whoever stands in for an engineer who left."""
	found = frappe.db.get_value(CASE, task.case, ["status", "engineer", "engineer_user"], as_dict=True)
	if not found or found.status not in OPEN_STATES or not found.engineer_user:
		return False
	if found.engineer_user == task.user and recipients.able_engineers([found.engineer]):
		return True
	return task.user in recipients.stand_in(frappe.get_doc(CASE, task.case), recipients.ENGINEER)[:1]


def _stands_for_engineer(task: Task, name: str) -> bool:
	"""Whether the task `name` is the only one that puts the case on its engineer's list."""
	same = {"reference_type": CASE, "reference_name": task.case, "allocated_to": task.user}
	others = {**same, "status": ("not in", OVER), "name": ("!=", name)}
	return _is_engineers(task) and not frappe.db.exists(TODO, others)


def _assignable(task: Task) -> str:
	"""The Service Engineer whom giving this task assigns; refused, with what to do instead, where it assigns nobody."""
	named_links.require(CASE, task.case, _(CASE))
	case = frappe.get_doc(CASE, task.case)
	if case.status not in OPEN_STATES:
		_refuse_for_closed(case)
	if case.engineer_user:
		frappe.throw(
			_(
				"{0} is with {1}, and a request has one engineer. To hand it over, press Assign Another Engineer on the "
				"request; to send somebody else as well, plan an Engineer Visit."
			).format(case.name, case.engineer_name),
			TaskFollowsCaseError,
		)
	assign = BY_ACTION["assign"]
	if not may_make(assign, frappe.get_roles(), False) and has_role((ENGINEER,)):
		frappe.throw(
			_(
				"Only the After-Sales Lead assigns {0}. To get it, press Ask to Take It on the request."
			).format(case.name),
			frappe.PermissionError,
		)
	engineer = frappe.db.get_value("Service Engineer", {"user": task.user, "active": 1})
	if not engineer:
		frappe.throw(
			_(
				"{0} is no active Service Engineer, so {1} cannot be assigned to them. Press Assign Engineer on the request "
				"and choose one. To only show them the request, share it or mention them in a comment."
			).format(frappe.utils.get_fullname(task.user), case.name),
			TaskFollowsCaseError,
		)
	named_links.require("Service Engineer", engineer, _("Engineer"))
	return engineer


def _refuse_for_closed(case: Document) -> None:
	if case.status == Status.RESOLVED:
		said = _("{0} is resolved. To have more done, press Reopen on the request first.")
	else:
		said = _("{0} is over, so nobody can be assigned. Open a new request.")
	frappe.throw(said.format(case.name), TaskFollowsCaseError)


def _refuse_to_end(task: Task) -> None:
	frappe.throw(
		_(
			"This task is the assignment of {0} to {1}. It closes by itself when the request is resolved. To hand the "
			"request over, press Assign Another Engineer on it."
		).format(task.case, frappe.utils.get_fullname(task.user)),
		TaskFollowsCaseError,
	)
