"""The engine: carries out a run, chunk by chunk.

One chunk is one transaction: what it makes, its findings and the checkpoint are committed together or not at all. If the
worker is killed, the run is resumed after the last committed chunk. Everything made also carries a unique source key, so
that even a second run makes nothing twice. Memory does not grow with the run: only the checkpoint goes from chunk to chunk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import frappe
from frappe.utils import cstr, getdate, now_datetime, strip_html

from support_service.erpnext_takeover.kinds import (
	ALREADY,
	FAILED,
	MADE,
	SKIPPED,
	WOULD,
	Kind,
	Plan,
	Scope,
	kinds,
)
from support_service.erpnext_takeover.run import findings, runs
from support_service.erpnext_takeover.run.checkpoint import Checkpoint
from support_service.erpnext_takeover.run.findings import Finding
from support_service.foundation import locks
from support_service.foundation.isolation import read_committed
from support_service.foundation.transactions import TRANSIENT

if TYPE_CHECKING:
	from support_service.erpnext_takeover.doctype.takeover_run.takeover_run import TakeoverRun

CHUNK = 1000
SAVEPOINT = "takeover"
ATTEMPTS = 5
# seconds after which a job queues the next one and ends: RQ kills jobs that take longer than their timeout
JOB_SECONDS = 20 * 60
EVENT = "takeover_progress"

Shown = Callable[["TakeoverRun"], None]


def work_off(run: str, shown: Shown | None = None) -> None:
	"""Work on `run` until it is done or stopped, or JOB_SECONDS are over. Does nothing while another process works. Commits.

	shown: called after every chunk; for the command line, which works until the end.
	"""
	frappe.set_user(frappe.db.get_value(runs.RUN, run, "started_by") or frappe.session.user)
	frappe.db.commit()  # a batch job: begins with a fresh view of the database
	until = time.monotonic() + JOB_SECONDS
	with runs.the_only_worker() as mine, read_committed():
		while mine and _one_chunk(run, shown):
			if time.monotonic() > until and not shown:
				frappe.enqueue(runs.JOB, queue="long", run=run)
				return


def _one_chunk(name: str, shown: Shown | None) -> bool:
	"""Take the next chunk over and commit; False where there is nothing more to do."""
	for attempt in range(1, ATTEMPTS + 1):
		try:
			run: TakeoverRun = locks.get_doc(runs.RUN, name)
			goes_on = run.status in runs.WORKING and _advance(run)
			frappe.db.commit()  # a batch job: each chunk stands on its own, its checkpoint with it
			break
		except TRANSIENT:
			frappe.db.rollback()
			if attempt == ATTEMPTS:
				raise  # the sweep queues another job
			time.sleep(0.2 * attempt)
		except Exception as error:
			frappe.db.rollback()
			_break_off(name, error)
			return False
	_publish(run, shown)
	_forget()
	return goes_on


def _advance(run: TakeoverRun) -> bool:
	"""Take over one chunk of the first kind that is not finished; False when all are."""
	checkpoint = Checkpoint.load(run.checkpoint)
	since = getdate(run.from_date) if run.from_date else None
	scope = Scope(run.company, run.customer, since, units_ahead=bool(run.dry_run and run.serial_nos))
	fieldname = checkpoint.next_kind()
	if fieldname is None:
		runs.leave(run, runs.DONE)
		return False
	kind, progress = kinds()[fieldname], checkpoint.kinds[fieldname]
	if run.status == runs.QUEUED:
		run.status = runs.RUNNING
		_count_all(checkpoint, scope)
	# a kind that saves documents one by one has smaller chunks of its own
	size = min(CHUNK, getattr(kind, "CHUNK", CHUNK))
	names = kind.names(scope, progress.after, size)
	if names:
		findings.write(run.name, kind.DOCTYPE, _take(kind, names, scope, bool(run.dry_run)), progress)
		progress.after = names[-1]
	progress.finished = len(names) < size
	_note(run, checkpoint)
	return True


def _count_all(checkpoint: Checkpoint, scope: Scope) -> None:
	for fieldname, progress in checkpoint.kinds.items():
		progress.total = kinds()[fieldname].count(scope)


def _note(run: TakeoverRun, checkpoint: Checkpoint) -> None:
	state = {
		"status": run.status,
		"checkpoint": checkpoint.dump(),
		"heartbeat": now_datetime(),
		"total": checkpoint.total,
		"done": checkpoint.done,
		"made": checkpoint.sum_of(MADE, WOULD),
		"already": checkpoint.sum_of(ALREADY),
		"skipped": checkpoint.sum_of(SKIPPED),
		"failed": checkpoint.sum_of(FAILED),
	}
	# not a save: a form that somebody has open stays up to date
	frappe.db.set_value(runs.RUN, run.name, state, update_modified=False)


def _take(kind: Kind, names: Sequence[str], scope: Scope, dry_run: bool) -> list[Finding]:
	"""Take over these records together; where that fails, one by one, so that only the faulty record fails."""
	frappe.db.savepoint(SAVEPOINT)
	try:
		return _plan_and_make(kind, names, scope, dry_run)
	except TRANSIENT:
		raise
	except Exception as error:
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_messages()
		if len(names) == 1:
			return [Finding(names[0], FAILED, _words_of(error))]
	return [one for name in names for one in _take(kind, [name], scope, dry_run)]


def _plan_and_make(kind: Kind, names: Sequence[str], scope: Scope, dry_run: bool) -> list[Finding]:
	plans = kind.plan(names, scope)
	wanted = [plan for plan in plans if plan.outcome == WOULD]
	made = kind.make(wanted) if wanted and not dry_run else {}
	return [_finding(plan, made) for plan in plans]


def _finding(plan: Plan, made: dict) -> Finding:
	if plan.source in made:
		return Finding(plan.source, MADE, plan.reason, made[plan.source])
	return Finding(plan.source, plan.outcome, plan.reason, plan.target)


def _words_of(error: Exception) -> str:
	return strip_html(cstr(error)) or type(error).__name__


def _break_off(name: str, error: Exception) -> None:
	"""Set the run to Failed with the error: something is wrong with more than one record, and somebody has to look."""
	frappe.log_error(f"The takeover {name} broke off")
	run = locks.get_doc(runs.RUN, name)
	if run.status in runs.WORKING:
		runs.leave(run, runs.BROKEN, _words_of(error)[:1000])
	frappe.db.commit()  # a batch job: the reason must be stored
	_publish(run, None)


def _publish(run: TakeoverRun, shown: Shown | None) -> None:
	"""Report the progress to `shown` and to open forms of the run, which also ask by themselves every few seconds."""
	if shown:
		shown(run)
	try:
		frappe.publish_realtime(EVENT, {"run": run.name}, doctype=runs.RUN, docname=run.name)
	except Exception:
		# the chunk is committed: a fault of Redis must not end the run
		frappe.logger("support_service").debug("no realtime for the takeover", exc_info=True)


def _forget() -> None:
	"""Empty Frappe's caches of one request, which would grow with the run."""
	frappe.db.value_cache.clear()
	frappe.local.message_log = []
	if hasattr(frappe.local, "request_cache"):
		frappe.local.request_cache.clear()
