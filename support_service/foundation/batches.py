"""Rows that somebody still has to be told of: each is worked on once, in a transaction of its own.

The row is the truth: it says itself whether it is still open. A job queued after commit (`hint`) is only a hint, the
scheduler's sweep is the guarantee. However many sweeps run and wherever one of them dies, a row's effect and its mark
are committed together or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import frappe
from frappe.utils import add_to_date, now_datetime

from support_service.foundation.postponed import Backlog
from support_service.foundation.transactions import TRANSIENT

SAVEPOINT = "delivery"
# After a failure it is tried again 2, 4, 8 … minutes later, then every four hours for a fortnight: a mail server that is
# down over a long weekend loses nothing. Whoever is responsible can start it anew after that.
LONGEST_WAIT = 240  # minutes
BESIDE = "beside_a_save"  # savepoint
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

	lock: takes the row without waiting; False where another worker has it or it is not open any more.
	work: does what is to be done and marks the row.
	failed: notes on the row that `work` raised; what `work` wrote is undone already. It is not called for a deadlock or
	a lock timeout: nothing is wrong with that row, and the next sweep finds it again.
	backlog: keeps what failed, instead of `failed`: such rows are tried again later and cannot hold up the others.
	`names` are all rows the work is to be done for then, in their order; of them `limit` are worked on.
	"""
	if names or backlog:
		frappe.db.commit()  # ends the snapshot the names were read in: whoever works on a row must see it as it is now
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
	"""Do `work` for one record beside a save that must not fail of it; what goes wrong is undone and left to the backlog.

	Errors that end the whole transaction (TRANSIENT) go on to the caller.
	"""
	frappe.db.savepoint(BESIDE)
	try:
		work(name)
	except TRANSIENT:
		raise
	except Exception as error:
		frappe.db.rollback(save_point=BESIDE)
		frappe.clear_last_message()
		backlog.note(name, error)
		return False
	return True


def lock_name(doctype: str, name: str) -> bool:
	"""Lock row `name` of `doctype` if it is there and nobody else holds it."""
	return bool(
		frappe.db.sql(f"select name from `tab{doctype}` where name = %s for update skip locked", (name,))  # noqa: S608 - names are ours
	)


def lock_row(doctype: str, name: str, column: str, value: object) -> bool:
	"""Lock row `name` of `doctype` if its `column` still has `value` and nobody else holds it."""
	return bool(
		frappe.db.sql(
			f"select name from `tab{doctype}` where name = %s and `{column}` = %s for update skip locked",  # noqa: S608 - names are ours
			(name, value),
		)
	)  # the query builder of Frappe 15 has no SKIP LOCKED: another worker's row is simply not ours


def next_try(attempts: int) -> datetime:
	"""When to try again after `attempts` failures, in the site's time."""
	return add_to_date(now_datetime(), minutes=min(2 ** min(attempts, 16), LONGEST_WAIT))


def enqueue(method: str, flag: str) -> None:
	"""Queue the sweep `method` soon after this transaction is committed; at most one hint waits in the queue.

	flag: key in the cache that says so; the sweep takes it down with `hint_taken` when it starts.
	"""
	frappe.db.after_commit.add(partial(enqueue_now, method, flag))


def enqueue_now(method: str, flag: str) -> None:
	"""As `hint`, for what is committed already."""
	try:
		if frappe.cache.set(frappe.cache.make_key(flag), 1, nx=True, ex=30):
			frappe.enqueue(method, queue="short")
	except Exception:
		# The rows are committed: a missing Redis must not turn that into an error. The scheduler's sweep will find them.
		frappe.logger("support_service").warning("no hint for the sweep", exc_info=True)


def begun(flag: str) -> None:
	"""From here on another hint may be queued."""
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
	"""Somebody who names neither `failed` nor `backlog` finds the row again."""


def _undo() -> None:
	try:
		frappe.db.rollback(save_point=SAVEPOINT)
	except Exception:
		frappe.db.rollback()  # somebody's code ended the transaction, and with it the savepoint
