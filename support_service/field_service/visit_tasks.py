"""Frappe's *Assign To* on a visit gives a task and does not change the visit's *Engineer*: a message says so.

Handler of ToDo in hooks.py. On a case, *Assign To* is the assignment (support_service/tasks.py).
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

VISIT = "Engineer Visit"


def after_insert(todo: Document, method: str | None = None) -> None:
	"""Show a message where a task of an open visit is given to another engineer: the visit keeps its engineer."""
	if todo.reference_type != VISIT or not todo.allocated_to:
		return
	visit = frappe.db.get_value(
		VISIT, todo.reference_name, ["engineer_user", "engineer_name", "docstatus"], as_dict=True
	)
	if not visit or visit.docstatus or visit.engineer_user == todo.allocated_to:
		return
	if frappe.db.exists("Service Engineer", {"user": todo.allocated_to, "active": 1}):
		frappe.msgprint(
			_(
				"{0} has a task now, and {1} stays with {2}. To send another engineer, change Engineer on the visit."
			).format(frappe.utils.get_fullname(todo.allocated_to), todo.reference_name, visit.engineer_name),
			indicator="orange",
		)
