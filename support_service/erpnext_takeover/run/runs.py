"""Starts, stops and resumes runs; one at a time on a site.

The run's row in the database says what is to be done; a job only carries it out. A run that is Queued or Running has an
`active_key`, which is unique: the database itself refuses a second one. If a job is lost, `sweep` (every minute) queues a
new one as soon as the run's `heartbeat` is old. Jobs take a lock of the database that ends with their connection, so only
one of them works, however many are queued.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from support_service.erpnext_takeover.kinds import kinds
from support_service.erpnext_takeover.run.checkpoint import Checkpoint, Progress
from support_service.foundation import locks

if TYPE_CHECKING:
	from support_service.erpnext_takeover.doctype.takeover_run.takeover_run import TakeoverRun

RUN = "Takeover Run"
ACTIVE = "active"
DRAFT, QUEUED, RUNNING, DONE, STOPPED, BROKEN = "Draft", "Queued", "Running", "Done", "Stopped", "Failed"
WORKING = (QUEUED, RUNNING)
STARTABLE = (DRAFT, STOPPED, BROKEN)
SILENCE = 2  # minutes without a heartbeat after which a run gets another job
QUEUED_AGAIN_AFTER = 300  # seconds between two jobs that the sweep queues for the same run
JOB = "support_service.erpnext_takeover.run.worker.work_off"


class TakeoverRunningError(frappe.ValidationError):
	"""Another takeover is running."""


class NothingChosenError(frappe.ValidationError):
	"""No kind of records is ticked on the run."""


class RunNotStartableError(frappe.ValidationError):
	"""The run is running or done, so it cannot be started; or it is running, so it cannot be deleted."""


def start(name: str, *, in_background: bool = True) -> TakeoverRun:
	"""Queue a run that was never started, or resume one that was stopped or failed, after its last finished chunk.

	Does not commit: the job is queued when the caller commits.
	"""
	run: TakeoverRun = locks.get_doc(RUN, name)
	if run.status not in STARTABLE:
		frappe.throw(
			_("This run is {0}. Make a new one to look at the records again.").format(
				_(run.status, context=RUN)
			),
			RunNotStartableError,
		)
	chosen = [fieldname for fieldname in kinds() if run.get(fieldname)]
	if not chosen:
		frappe.throw(_("Choose what to take over."), NothingChosenError)
	checkpoint = Checkpoint.load(run.checkpoint)
	for fieldname in chosen:
		checkpoint.kinds.setdefault(fieldname, Progress())
	run.checkpoint = checkpoint.dump()
	run.update({"error": None, "finished_at": None, "started_by": run.started_by or frappe.session.user})
	run.started_at = run.started_at or now_datetime()
	_take_the_only_place(run)
	if in_background:
		frappe.db.after_commit.add(lambda: _queue(run.name))
	return run


def stop(name: str) -> None:
	"""Let a run end after its present chunk; what it has made stays, and it can be resumed."""
	run = locks.get_doc(RUN, name)
	if run.status in WORKING:
		leave(run, STOPPED)


def leave(run: TakeoverRun, status: str, error: str | None = None) -> None:
	"""End the work on `run` with this status, and let another run start."""
	run.update({"status": status, "active_key": None, "error": error, "heartbeat": now_datetime()})
	if status == DONE:
		run.finished_at = now_datetime()
	save(run)


def save(run: TakeoverRun) -> None:
	"""Save the fields that only the engine writes; the one place that saves a run without asking for permission.

	People cannot edit these fields, and the engine also runs for the scheduler.
	"""
	run.flags.from_engine = True
	# people have no right to write these fields
	run.save(ignore_permissions=True, ignore_version=True)


def sweep() -> None:
	"""Every minute: give another job to a run that should be running but whose heartbeat is old."""
	silent = frappe.get_all(
		RUN,
		filters={"active_key": ACTIVE, "heartbeat": ("<", add_to_date(now_datetime(), minutes=-SILENCE))},
		pluck="name",
	)
	for name in silent:
		# while all workers are busy, one waiting job is enough
		if frappe.cache.set(
			frappe.cache.make_key(f"support_service:takeover:{name}"), 1, nx=True, ex=QUEUED_AGAIN_AFTER
		):
			_queue(name)


def the_only_worker() -> AbstractContextManager[bool]:
	"""The site's lock for work on runs; gives False where another connection has it."""
	return locks.alone("takeover")


def _take_the_only_place(run: TakeoverRun) -> None:
	run.update({"status": QUEUED, "active_key": ACTIVE, "heartbeat": now_datetime()})
	frappe.db.savepoint("takeover_start")
	try:
		save(run)
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		frappe.db.rollback(save_point="takeover_start")
		frappe.clear_last_message()
		other = frappe.db.get_value(RUN, {"active_key": ACTIVE})
		frappe.throw(
			_("The run {0} is going on. Wait until it is done, or stop it first.").format(other or ""),
			TakeoverRunningError,
		)


def _queue(name: str) -> None:
	try:
		frappe.enqueue(JOB, queue="long", run=name)
	except Exception:
		# Redis is down: the sweep queues the job when it is back
		frappe.logger("support_service").warning("no job for the takeover", exc_info=True)
