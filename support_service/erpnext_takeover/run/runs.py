"""Starting, stopping and going on with a run; one at a time on a site.

The row of the run is the truth. A run that is Queued or Running holds `active_key`, which is unique: the database itself
refuses a second one. The job is a hint; `sweep` (every minute) queues it again where a run's last sign of life is old.
Whoever works holds a lock of the database that dies with its connection, so however many jobs there are, one works.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from support_service.erpnext_takeover.kinds import kinds
from support_service.erpnext_takeover.run.checkpoint import Checkpoint, Progress

if TYPE_CHECKING:
	from support_service.erpnext_takeover.doctype.takeover_run.takeover_run import TakeoverRun

RUN = "Takeover Run"
ACTIVE = "active"
DRAFT, QUEUED, RUNNING, DONE, STOPPED, BROKEN = "Draft", "Queued", "Running", "Done", "Stopped", "Failed"
WORKING = (QUEUED, RUNNING)
STARTABLE = (DRAFT, STOPPED, BROKEN)
SILENCE = 2  # minutes without a sign of life after which a run is taken up again
HINTED = 300  # seconds between two jobs the sweep queues for the same run
JOB = "support_service.erpnext_takeover.run.worker.work_off"


class TakeoverRunningError(frappe.ValidationError):
	"""Another takeover is going on."""


class NothingChosenError(frappe.ValidationError):
	"""The run names no kind of records."""


class RunNotStartableError(frappe.ValidationError):
	"""The run is going on or over."""


def start(name: str, *, in_background: bool = True) -> TakeoverRun:
	"""Queue a run that was never started, or go on with one that was stopped or broke off, where it was.

	Commits nothing: the caller's commit lets the job see it.
	"""
	run: TakeoverRun = frappe.get_doc(RUN, name, for_update=True)
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
	"""Let a run end after the chunk it is at; what it made stays, and it can go on later."""
	run = frappe.get_doc(RUN, name, for_update=True)
	if run.status in WORKING:
		leave(run, STOPPED)


def leave(run: TakeoverRun, status: str, error: str | None = None) -> None:
	"""The run is not worked on any more."""
	run.update({"status": status, "active_key": None, "error": error, "heartbeat": now_datetime()})
	if status == DONE:
		run.finished_at = now_datetime()
	save(run)


def save(run: TakeoverRun) -> None:
	"""Write what the engine keeps. These fields are read only to people; nobody's right is in question."""
	run.flags.from_engine = True
	run.save(ignore_permissions=True, ignore_version=True)


def sweep() -> None:
	"""Every minute: runs that should be going on but gave no sign of life get another job."""
	silent = frappe.get_all(
		RUN,
		filters={"active_key": ACTIVE, "heartbeat": ("<", add_to_date(now_datetime(), minutes=-SILENCE))},
		pluck="name",
	)
	for name in silent:
		# while all workers are busy one job in the queue is enough
		if frappe.cache.set(frappe.cache.make_key(f"support_service:takeover:{name}"), 1, nx=True, ex=HINTED):
			_queue(name)


@contextmanager
def the_only_worker() -> Iterator[bool]:
	"""True for the one connection of this site that may work on runs; released when it ends, however it ends."""
	lock = f"{frappe.conf.db_name}:takeover"
	mine = bool(frappe.db.sql("select get_lock(%s, 0)", lock)[0][0])
	try:
		yield mine
	finally:
		if mine:
			frappe.db.sql("select release_lock(%s)", lock)


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
		# without Redis the sweep queues it as soon as there is one again
		frappe.logger("support_service").warning("no job for the takeover", exc_info=True)
