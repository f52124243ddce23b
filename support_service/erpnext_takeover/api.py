"""Whitelisted functions of the takeover: the form of a run, its report, and what an ERPNext record became."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from support_service.erpnext_takeover.kinds import OUTCOMES, kinds
from support_service.erpnext_takeover.run import findings, runs
from support_service.erpnext_takeover.run.checkpoint import Checkpoint
from support_service.foundation.names.keys import key_of

SOURCES = ("Issue", "Warranty Claim", "Maintenance Visit", "Maintenance Schedule")


@frappe.whitelist(methods=["POST"])
def start(run: str) -> dict[str, Any]:
	"""Start a run, or resume one that was stopped or failed; returns its progress."""
	frappe.has_permission(runs.RUN, "write", run, throw=True)
	runs.start(run)
	return progress(run)


@frappe.whitelist(methods=["POST"])
def stop(run: str) -> dict[str, Any]:
	"""Let a run end after its present chunk; returns its progress."""
	frappe.has_permission(runs.RUN, "write", run, throw=True)
	runs.stop(run)
	return progress(run)


@frappe.whitelist()
def progress(run: str) -> dict[str, Any]:
	"""How far a run has come: status, done, total, error, and per kind label, doctype, total, and the count per outcome."""
	frappe.has_permission(runs.RUN, "read", run, throw=True)
	row = frappe.db.get_value(
		runs.RUN,
		run,
		[
			"status",
			"dry_run",
			"done",
			"total",
			"error",
			"started_at",
			"finished_at",
			"heartbeat",
			"checkpoint",
		],
		as_dict=True,
	)
	stored = Checkpoint.load(row.pop("checkpoint"))
	row.kinds = [
		{
			"doctype": kinds()[fieldname].DOCTYPE,
			"label": frappe.get_meta(runs.RUN).get_label(fieldname),
			"total": max(one.total, one.done),
			"done": one.done,
			"counts": {outcome: one.counts.get(outcome, 0) for outcome in OUTCOMES},
		}
		for fieldname, one in stored.kinds.items()
	]
	return row


@frappe.whitelist()
def report(
	run: str, doctype: str | None = None, outcome: str | None = None, start: int = 0
) -> list[dict[str, Any]]:
	"""One page of findings (findings.PAGE long), failed and skipped records first."""
	frappe.has_permission(runs.RUN, "read", run, throw=True)
	return findings.page(run, doctype or None, outcome or None, cint(start))


@frappe.whitelist()
def download(run: str) -> None:
	"""The whole report as a CSV file."""
	frappe.has_permission(runs.RUN, "read", run, throw=True)
	frappe.response.update(
		{
			"type": "binary",
			"filename": f"{run}.csv",
			# with a byte order mark: without it a spreadsheet garbles Chinese names
			"filecontent": ("\ufeff" + "".join(findings.as_csv(run))).encode(),
		}
	)


@frappe.whitelist()
def made_of(doctype: str, name: str) -> dict[str, str] | None:
	"""What an ERPNext record became: {"doctype", "name", "label"}; None where the user may not see it."""
	if doctype not in SOURCES:
		frappe.throw(_("{0} is not taken over.").format(_(doctype)))
	frappe.has_permission(doctype, "read", name, throw=True)
	target = "Service Contract" if doctype == "Maintenance Schedule" else "Service Request"
	# ERPNext's forms ask for everybody who opens them; most of them have none of this app's roles
	if not frappe.has_permission(target, "read"):
		return None
	found = frappe.get_list(target, filters={"source_key": key_of(doctype, name)}, pluck="name", limit=1)
	return {"doctype": target, "name": found[0], "label": _(target)} if found else None
