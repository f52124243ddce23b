"""What processes of their own do with requests at once: merge one into another, undo it, submit a visit, write to one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe

from support_service.support_service.merging import api
from tests.factories import insert
from tests.faults.workers import Outcome, _submit

CASE = "Service Request"


def act(user: str, order: str, ready: Callable[[], Any]) -> Outcome:
	"""order: "merge A B", "undo A", "write A", "submit VISIT"."""
	what, *names = order.split()
	if what == "submit":
		return _submit(user, names[0], ready)
	error, message = "", ""
	frappe.set_user(user)
	frappe.get_doc(CASE, names[0])  # a snapshot, as a form has one
	ready()
	try:
		STEPS[what](*names)
		frappe.db.commit()
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(order, error, message)


def _write(case: str) -> Any:
	values = {
		"communication_type": "Communication",
		"communication_medium": "Email",
		"sent_or_received": "Received",
		"subject": case,
		"content": "It beeps.",
		"sender": "somebody@elsewhere.example",
		"reference_doctype": CASE,
		"reference_name": case,
	}
	return insert("Communication", values, {})


STEPS: dict[str, Callable[..., Any]] = {"merge": api.merge, "undo": api.undo_merge, "write": _write}
