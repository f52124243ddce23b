"""Telling people about moves, after they are committed: the customer by message, our own people by notification.

A ledger row with `told = 0` is the truth that somebody is still to be told; the job queued after commit is a hint, the
sweep (`tell_due` in the scheduler) the guarantee. Each row is locked, told and committed on its own, so it is told
once, however many sweeps run and wherever one of them dies.
"""

from __future__ import annotations

import frappe

from support_service.support_service import messages, notices

MAX_ATTEMPTS = 8
BATCH = 200
HINT = "support_service:tell_hint"


def hint() -> None:
	"""Ask for a sweep soon after this transaction is committed."""
	frappe.db.after_commit.add(_queue_sweep)


def tell_due(limit: int = BATCH) -> int:
	"""Tell of moves not told yet; returns how many were told. Safe in parallel, safe to kill."""
	frappe.cache.delete_value(HINT)
	names = frappe.get_all(
		"Service Request Move",
		filters={"told": 0, "tell_attempts": ("<", MAX_ATTEMPTS)},
		order_by="creation asc",
		limit=limit,
		pluck="name",
	)
	told = 0
	for name in names:
		told += _tell_locked(name)
		frappe.db.commit()  # a batch job: each row is its own transaction
	messages.send_due(limit)
	return told


def tell(name: str) -> None:
	"""Tell of one move and mark it, in the caller's transaction."""
	move = frappe.get_doc("Service Request Move", name)
	case = frappe.get_doc("Service Request", move.request)
	notices.tell_of(move, case)
	messages.tell_of(move, case)
	move.db_set("told", 1, update_modified=False)


def _tell_locked(name: str) -> int:
	rows = frappe.db.sql(
		"select name from `tabService Request Move` where name = %s and told = 0 for update skip locked", name
	)  # the query builder of Frappe 15 has no SKIP LOCKED: another worker's row is simply not ours
	if not rows:
		return 0
	frappe.db.savepoint("tell_of_move")
	try:
		tell(name)
	except Exception:
		# whatever went wrong with one row must not keep the others untold
		frappe.db.rollback(save_point="tell_of_move")
		frappe.log_error(f"Telling of move {name} failed")
		attempts = frappe.db.get_value("Service Request Move", name, "tell_attempts")
		frappe.db.set_value(
			"Service Request Move", name, "tell_attempts", attempts + 1, update_modified=False
		)
		return 0
	return 1


def _queue_sweep() -> None:
	"""At most one hint waits in the queue; the sweep takes the flag down when it starts."""
	try:
		if frappe.cache.set(frappe.cache.make_key(HINT), 1, nx=True, ex=30):
			frappe.enqueue(tell_due, queue="short")
	except Exception:
		# The case is committed: a missing Redis must not turn that into an error. The scheduler's sweep will tell.
		frappe.logger("support_service").warning("no hint for the sweep", exc_info=True)
