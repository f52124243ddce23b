"""The assigned engineer gets Frappe's own assignment: their ToDo, their notification, their name on the list.

The other way round, a ToDo that somebody gives on a case assigns it: `assign_to.py`. Listens to Service Request Move (see hooks.py).
"""

from __future__ import annotations

import frappe
from frappe.desk.form import assign_to
from frappe.model.document import Document

from support_service.support_service.lifecycle import FINAL_STATES, Status
from support_service.support_service.messaging import recipients


def follow_move(move: Document, method: str | None = None) -> None:
	"""Hand the case to its engineer, or take it off everybody's list when it is over."""
	case = move.flags.case
	if move.action in ("assign", "reassign"):
		hand_over(case, move.reason)
	elif move.to_status in (*FINAL_STATES, Status.RESOLVED) and move.from_status != move.to_status:
		_close_todos(case.name)
	elif move.action in ("dispute", "reopen") or (move.action == "unmerge" and case.engineer):
		hand_over(case, move.reason)


def hand_over(case: Document, note: str | None) -> None:
	"""The task of an open case is its engineer's, or of whoever stands in for them; nobody else has it."""
	# whoever stands in for an engineer who left sees to it that somebody takes over
	user = next(iter(recipients.stand_in(case, recipients.ENGINEER)), None)
	if not user:
		return
	_close_todos(case.name, keep=user)
	theirs = {"allocated_to": user, "status": "Open"}
	if frappe.db.exists("ToDo", {"reference_type": case.doctype, "reference_name": case.name, **theirs}):
		return  # it was this task that assigned the case (assign_to.py)
	description = f"{case.name}: {case.subject}"
	if note:
		description += f"\n{note}"
	# The move was permitted; whoever made it (a customer reopening, say) need not have the right to assign.
	assign_to.add(
		{
			"assign_to": [user],
			"doctype": case.doctype,
			"name": case.name,
			"description": frappe.utils.escape_html(description),
			"priority": {"Critical": "High", "High": "High", "Medium": "Medium"}.get(case.priority, "Low"),
		},
		# whoever made the move need not have the right to assign
		ignore_permissions=True,
	)


def _close_todos(request: str, keep: str | None = None) -> None:
	filters = {"reference_type": "Service Request", "reference_name": request, "status": "Open"}
	for todo in frappe.get_all("ToDo", filters=filters, fields=["name", "allocated_to"]):
		if todo.allocated_to != keep:
			end(frappe.get_doc("ToDo", todo.name), "Closed")


def end(todo: Document, status: str) -> None:
	"""Close or cancel a task of a case on the app's own account: it may be that of somebody else, made by a rule that is gone."""
	todo.status = status
	# the Assignment Rule it came from may be gone: no reason to keep the case from being resolved
	todo.flags.ignore_links = True
	# whoever made the move need not have the right to somebody else's ToDo
	todo.save(ignore_permissions=True)
