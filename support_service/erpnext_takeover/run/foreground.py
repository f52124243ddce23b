"""A takeover on the command line: the same runs and engine as on the desk, with a progress bar in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.utils import update_progress_bar

from support_service.erpnext_takeover.kinds import kinds
from support_service.erpnext_takeover.run import runs, worker
from support_service.erpnext_takeover.run.checkpoint import Checkpoint

if TYPE_CHECKING:
	from support_service.erpnext_takeover.doctype.takeover_run.takeover_run import TakeoverRun


def run(resume: str | None, options: Mapping[str, Any], chosen: Sequence[str]) -> bool:
	"""Make a run with these options, or resume the run `resume`, carry it out and print its report; True where it failed."""
	name = resume or _new(options, chosen)
	status = frappe.db.get_value(runs.RUN, name, "status")
	if status not in runs.WORKING:  # the row of a killed run still says Running
		runs.start(name, in_background=False)
	frappe.db.commit()  # a command commits by itself; from here on the run can be resumed by its name
	print(_("Run {0}").format(name))
	worker.work_off(name, shown=_bar)
	return _print_report(name)


def _new(options: Mapping[str, Any], chosen: Sequence[str]) -> str:
	run = frappe.get_doc({"doctype": runs.RUN, **options, **{kind: int(kind in chosen) for kind in kinds()}})
	# empty, not None: Frappe would fill in the user's default company, and the takeover is for all companies
	run.company = run.company or ""
	return run.insert().name


def _bar(run: TakeoverRun) -> None:
	done, total = frappe.db.get_value(runs.RUN, run.name, ["done", "total"])
	if total and sys.stdout.isatty():
		update_progress_bar(run.name, min(done, total) - 1, total)


def _print_report(name: str) -> bool:
	row = frappe.db.get_value(runs.RUN, name, ["status", "error", "checkpoint"], as_dict=True)
	print("\n" + _(row.status, context=runs.RUN))
	for fieldname, progress in Checkpoint.load(row.checkpoint).kinds.items():
		counts = ", ".join(f"{number} {_(outcome)}" for outcome, number in progress.counts.items())
		print(f"  {_(kinds()[fieldname].DOCTYPE)}: {counts or 0}")
	if row.error:
		print(row.error)
	print(_("Why: {0}").format(frappe.utils.get_url_to_form(runs.RUN, name)))
	return row.status == runs.BROKEN
