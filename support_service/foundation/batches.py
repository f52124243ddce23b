"""Working through rows of which each must have its effect exactly once (a message sent, a promise computed …).

The row itself says whether it is still open. A job that is enqueued after the commit (`enqueue`) makes it quick; the scheduler's
sweep makes it certain. However many sweeps run and wherever one of them is killed, a row's effect and its mark are committed
together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import frappe
from frappe.utils import add_to_date, now_datetime

from support_service.foundation import locks
from support_service.foundation.postponed import Backlog
from support_service.foundation.savepoints import attempt
from support_service.foundation.transactions import TRANSIENT

SAVEPOINT = "row_of_batch"
# After a failure a row is tried again 2, 4, 8 … minutes later, then every four hours for a fortnight: a mail server that is
# down over a long weekend loses nothing. After that a person has to start it again.
LONGEST_WAIT = 240  # minutes
BESIDE = "beside_a_save"
MAX_ATTEMPTS = 92

Lock = Callable[[str], bool]
Work = Callable[[str], object]
Failed = Callable[[str, Exception], object]


def one_by_one(
	names: Sequence[str],
	*,
	lock: Lock,
	work: Work,
	failed: Failed | None = None,
	backlog: Backlog | None = None,
	limit: int | None = None,
) -> int:
	"""Lock, work on and commit each row of `names`; returns how many succeeded. Safe in parallel, safe to kill.

	lock: locks the row without waiting; False where another worker has it or it is not open any more.
	work: does the work for the row and marks it as done.
	failed: notes on the row that `work` raised; what `work` wrote is undone already. Not called for a deadlock or a lock
	timeout: nothing is wrong with that row, and the next sweep finds it again.
	backlog: used instead of `failed`: rows that failed are kept there, tried again later, and cannot hold up the others.
	`names` must then be all rows that need the work, in their order; at most `limit` of them are worked on.
	"""
	if names or backlog:
		frappe.db.commit()  # ends the snapshot in which the names were read: the work must see each row as it is now
	postponed: set[str] = set()
	if backlog:
		postponed, failed = set(backlog.next_tries()), backlog.note
		names = backlog.pick(names, limit)
	done = 0
	for name in names:
		if _one(name, lock, work, failed or _pass_by):
			done += 1
			if backlog and name in postponed:
				backlog.forget([name])
		frappe.db.commit()  # a batch job: each row is its own transaction
	return done


def beside(work: Callable[[str], object], name: str, backlog: Backlog) -> bool:
	"""Do `work` for one record during a save that must not fail because of it; returns whether it succeeded.

	What fails is undone and noted in the backlog, for a later sweep. Errors that end the whole transaction (TRANSIENT) are
	raised.
	"""

	def done() -> bool:
		work(name)
		return True

	def failed(error: Exception) -> bool:
		backlog.note(name, error)
		return False

	return attempt(done, failed, savepoint=BESIDE)


def lock_name(doctype: str, name: str) -> bool:
	"""Lock row `name` of `doctype` without waiting; False if it does not exist or another transaction holds it."""
	return _lock(doctype, {"name": name})


def lock_row(doctype: str, name: str, column: str, value: object) -> bool:
	"""Lock row `name` of `doctype` without waiting; False if `column` is not `value` or another transaction holds the row."""
	return _lock(doctype, {"name": name, column: value})


def _lock(doctype: str, values: Mapping[str, object]) -> bool:
	row = frappe.qb.DocType(doctype)
	query = frappe.qb.from_(row).select(row.name)
	for column, value in values.items():
		query = query.where(row[column] == value)
	return bool(locks.rows(query, skip_locked=True))


def next_try(attempts: int) -> datetime:
	"""When to try again after `attempts` failures, in the site's time."""
	return add_to_date(now_datetime(), minutes=min(2 ** min(attempts, 16), LONGEST_WAIT))


def enqueue(method: str, flag: str) -> None:
	"""Enqueue the sweep `method` when this transaction is committed; at most one job of it waits in the queue.

	flag: key in the cache that says that one waits; the sweep removes it with `begun` when it starts.
	"""
	frappe.db.after_commit.add(partial(enqueue_now, method, flag))


def enqueue_now(method: str, flag: str) -> None:
	"""Enqueue the sweep `method` at once, for rows that are committed already."""
	messages = len(frappe.local.message_log)
	try:
		if frappe.cache.set(frappe.cache.make_key(flag), 1, nx=True, ex=30):
			frappe.enqueue(method, queue="short")
	except Exception:
		# The rows are committed: neither a missing Redis nor a full queue, for which version 16 has an error of its own, may
		# turn that into an error. The scheduler's sweep will find them.
		del frappe.local.message_log[messages:]
		frappe.logger("support_service").warning("sweep not enqueued", exc_info=True)


def begun(flag: str) -> None:
	"""The sweep has begun: from here on another job of it may be enqueued."""
	frappe.cache.delete_value(flag)


def _one(name: str, lock: Lock, work: Work, failed: Failed) -> int:
	if not lock(name):
		return 0
	frappe.db.savepoint(SAVEPOINT)
	try:
		work(name)
	except TRANSIENT:
		frappe.db.rollback()
		return 0
	except Exception as error:
		# whatever went wrong with one row must not hold up the others
		_undo()
		failed(name, error)
		return 0
	return 1


def _pass_by(name: str, error: Exception) -> None:
	"""With neither `failed` nor `backlog` nothing is noted: the next sweep finds the row again."""


def _undo() -> None:
	try:
		frappe.db.rollback(save_point=SAVEPOINT)
	except Exception:
		frappe.db.rollback()  # `work` ended the transaction, and with it the savepoint
