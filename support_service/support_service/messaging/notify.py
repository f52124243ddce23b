"""Notifying people of moves, after they are committed: the customer by message, our own people on the desk.

A ledger row with `told = 0` says that people are still to be notified. The job enqueued after commit only saves time; the
sweep (`notify_due` in the scheduler) is the guarantee. Each row is locked, worked on and committed on its own, so people are
notified once, however many sweeps run and wherever one of them dies.
"""

from __future__ import annotations

import frappe
from frappe.utils import now_datetime

from support_service.foundation import batches
from support_service.foundation.batches import MAX_ATTEMPTS
from support_service.support_service.messaging import mail_outage, messages, notices

LEDGER = "Service Request Move"
BATCH = 200
FLAG = "support_service:notify_enqueued"


def enqueue() -> None:
	"""Enqueue a sweep for when this transaction is committed."""
	batches.enqueue("support_service.support_service.messaging.notify.notify_due", FLAG)


def notify_due(limit: int = BATCH) -> int:
	"""Notify people of moves they were not notified of; returns of how many. Safe in parallel, safe to kill. Commits."""
	batches.begun(FLAG)
	move = frappe.qb.DocType(LEDGER)
	names = (
		frappe.qb.from_(move)
		.select(move.name)
		.where((move.told == 0) & (move.tell_attempts < MAX_ATTEMPTS))
		.where(move.tell_after.isnull() | (move.tell_after <= now_datetime()))
		.orderby(move.creation)
		.limit(limit)
		.run(pluck=True)
	)
	told = batches.one_by_one(names, lock=_lock, work=notify, failed=_count_attempt)
	messages.send_due(limit)
	mail_outage.follow()
	frappe.db.commit()  # a batch job: what the mail server did not take has new attempts
	return told


def notify(name: str) -> None:
	"""Notify people of one move and mark it, in the caller's transaction."""
	move = frappe.get_doc(LEDGER, name)
	case = frappe.get_doc("Service Request", move.request)
	notices.notify_of(move, case)
	messages.write_about(move, case)
	move.db_set({"told": 1, "tell_error": None}, update_modified=False)


def again(request: str) -> int:
	"""Try again moves of `request` of which nobody could be notified; returns how many."""
	waiting = frappe.get_all(LEDGER, filters={"request": request, "told": 0}, pluck="name", order_by=None)
	for name in waiting:
		frappe.db.set_value(LEDGER, name, {"tell_attempts": 0, "tell_after": None}, update_modified=False)
	if waiting:
		enqueue()
	return len(waiting)


def _lock(name: str) -> bool:
	return batches.lock_row(LEDGER, name, "told", 0)


def _count_attempt(name: str, error: Exception) -> None:
	frappe.log_error(f"Notifying of move {name} failed")
	attempts = frappe.db.get_value(LEDGER, name, "tell_attempts") + 1
	failed = {
		"tell_attempts": attempts,
		"tell_after": batches.next_try(attempts),
		"tell_error": str(error)[:500],
	}
	frappe.db.set_value(LEDGER, name, failed, update_modified=False)
