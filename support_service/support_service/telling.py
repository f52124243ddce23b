"""Telling people about moves, after they are committed: the customer by message, our own people by notification.

A ledger row with `told = 0` is the truth that somebody is still to be told; the job queued after commit is a hint, the
sweep (`tell_due` in the scheduler) the guarantee. Each row is locked, told and committed on its own, so it is told
once, however many sweeps run and wherever one of them dies.
"""

from __future__ import annotations

import frappe

from support_service.foundation import delivery
from support_service.support_service import messages, notices

MAX_ATTEMPTS = 8
BATCH = 200
HINT = "support_service:tell_hint"


def hint() -> None:
	"""Ask for a sweep soon after this transaction is committed."""
	delivery.hint("support_service.support_service.telling.tell_due", HINT)


def tell_due(limit: int = BATCH) -> int:
	"""Tell of moves not told yet; returns how many were told. Safe in parallel, safe to kill."""
	delivery.hint_taken(HINT)
	names = frappe.get_all(
		"Service Request Move",
		filters={"told": 0, "tell_attempts": ("<", MAX_ATTEMPTS)},
		order_by="creation asc",
		limit=limit,
		pluck="name",
	)
	told = delivery.one_by_one(names, lock=_lock, work=tell, failed=_count_attempt)
	messages.send_due(limit)
	return told


def tell(name: str) -> None:
	"""Tell of one move and mark it, in the caller's transaction."""
	move = frappe.get_doc("Service Request Move", name)
	case = frappe.get_doc("Service Request", move.request)
	notices.tell_of(move, case)
	messages.tell_of(move, case)
	move.db_set("told", 1, update_modified=False)


def _lock(name: str) -> bool:
	return delivery.lock_row("Service Request Move", name, "told", 0)


def _count_attempt(name: str, error: Exception) -> None:
	frappe.log_error(f"Telling of move {name} failed")
	attempts = frappe.db.get_value("Service Request Move", name, "tell_attempts")
	frappe.db.set_value("Service Request Move", name, "tell_attempts", attempts + 1, update_modified=False)
