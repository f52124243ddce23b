"""Open tasks of somebody who left go to whoever stands in for them.

Whoever is disabled, loses the role or is no active Service Engineer any more still has the open tasks (ToDo) of their cases.
They are handed over when that is saved: a few cases at once, the others, and what fails, by the next run. The run looks at
open tasks as they are, so it also finds who left without a save of their User. The case itself keeps its engineer until
a lead assigns another one.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.words import N_
from support_service.foundation import batches, language, people
from support_service.foundation.postponed import Backlog
from support_service.support_service.assignments import engineer_task
from support_service.support_service.lifecycle import OPEN_STATES
from support_service.support_service.messaging import recipients

CASE = "Service Request"
TO_HAND_OVER = Backlog(N_("Hand over the task of somebody who left"), CASE)
AT_ONCE = 20  # cases, while somebody waits for the save
BATCH = 500
RUN = "support_service.support_service.assignments.leavers.run"
FLAG = "support_service:leavers_enqueued"


def on_update_user(user: Document, method: str | None = None) -> None:
	"""Listens to User (hooks.py)."""
	stored = user.get_doc_before_save()
	if stored and _what_they_can(stored) != _what_they_can(user):
		_hand_over_of(user.name)


def on_update_service_engineer(engineer: Document, method: str | None = None) -> None:
	"""Listens to Service Engineer (hooks.py)."""
	stored = engineer.get_doc_before_save()
	if stored and stored.active and not engineer.active:
		_hand_over_of(stored.user)


def run() -> int:
	"""Hourly, and enqueued after commit: returns how many cases were looked at. Safe in parallel, safe to kill. Commits."""
	batches.begun(FLAG)
	return batches.one_by_one(
		_left_behind(),
		lock=partial(batches.lock_name, CASE),
		work=hand_over,
		backlog=TO_HAND_OVER,
		limit=BATCH,
	)


def hand_over(name: str) -> None:
	"""Give the open task of one case to whoever stands in for its engineer; in the caller's transaction, which has locked it."""
	case = frappe.get_doc(CASE, name)
	if case.status in OPEN_STATES:
		note = _("{0} is not available any more. Assign another engineer.", language.of_site())
		engineer_task.hand_over(case, note.format(case.engineer_name))


def _what_they_can(user: Document) -> tuple[str, str, set[str]]:
	return str(user.enabled), user.user_type, {row.role for row in user.roles}


def _hand_over_of(user: str) -> None:
	cases = _left_behind(user)
	done = [_at_once(case) for case in cases[:AT_ONCE]]
	if len(cases) > AT_ONCE or not all(done):
		batches.enqueue(RUN, FLAG)


def _at_once(case: str) -> bool:
	"""Nobody is kept from leaving because of a case."""
	return batches.lock_name(CASE, case) and batches.beside(hand_over, case, TO_HAND_OVER)


def _left_behind(user: str | None = None) -> list[str]:
	"""Open cases with an open task of somebody (of `user`) who cannot act on it, by name."""
	case, todo = frappe.qb.DocType(CASE), frappe.qb.DocType("ToDo")
	query = (
		frappe.qb.from_(case)
		.join(todo)
		.on((todo.reference_type == CASE) & (todo.reference_name == case.name))
		.select(case.name, case.engineer, case.engineer_user, todo.allocated_to)
		.where(case.status.isin(OPEN_STATES) & (case.engineer_user > "") & (todo.status == "Open"))
		.orderby(case.name)
	)
	if user:
		query = query.where(todo.allocated_to == user)
	tasks: list[Any] = query.run(as_dict=True)
	able = set(people.able(task.allocated_to for task in tasks))
	engineers = recipients.able_engineers(task.engineer for task in tasks)
	return list(
		dict.fromkeys(
			task.name
			for task in tasks
			if task.allocated_to not in able
			or (task.allocated_to == task.engineer_user and task.engineer not in engineers)
		)
	)
