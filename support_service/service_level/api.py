"""Whitelisted functions of the service level room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.utils import sbool

from support_service.constants.roles import LEAD, MANAGER
from support_service.constants.words import N_
from support_service.foundation import instants
from support_service.service_level import sla_import
from support_service.service_level.calendar.working_time import PromiseOutOfReachError
from support_service.service_level.clock import clocks, explanation, registry, store
from support_service.service_level.clock.rules import Event
from support_service.service_level.doctype.service_escalation_step.service_escalation_step import ACTIONS_HOOK

# the app's own escalation actions are keys in hooks.py, where nothing marks a word for translation
OUR_ACTIONS = (N_("Desk Notification"), N_("Email"), N_("SMS"), N_("Reassign"), N_("Raise Priority"))
SHOW_PROGRESS_FROM = 10  # agreements; fewer are imported before a progress bar could be seen
CORRECTIONS = {
	"start": Event.START_CORRECTED,
	"stop": Event.STOP_CORRECTED,
	"pause": Event.PAUSE_ADDED,
	"not_needed": Event.NOT_NEEDED,
}
SHOWN = (
	"name",
	"kind",
	"round",
	"state",
	"due_at",
	"started_at",
	"stopped_at",
	"target_label",
	"target_seconds",
	"used_seconds",
	"policy",
	"calendar",
	"promise_no",
)


class CorrectionRefusedError(frappe.ValidationError):
	"""The correction is incomplete, contradicts the clock, or makes a promise nobody can keep."""


@frappe.whitelist()
def promises_of(request: str) -> list[dict[str, Any]]:
	"""The clocks of a case, in the order of their kinds: SHOWN, label (translated), explanation (a sentence).

	`due_at` is null while a clock is paused; the explanation then says how much is left.
	"""
	frappe.has_permission(store.CASE, "read", request, throw=True)
	rows = frappe.get_list(
		store.CLOCK, filters={"request": request}, fields=["*"], order_by="kind asc, round asc", limit=100
	)
	order = list(registry.registered())
	rows.sort(key=lambda row: (order.index(row.kind) if row.kind in order else len(order), row["round"]))
	return [
		{
			**{name: row[name] for name in SHOWN},
			"label": _(row.kind),
			"explanation": explanation.explain(row),
		}
		for row in rows
	]


@frappe.whitelist()
def history_of(clock: str) -> dict[str, Any]:
	"""Why `clock` says what it says: `explanation` (a sentence) and `rows` (its ledger, one translated line each)."""
	row = frappe.get_doc(store.CLOCK, clock)
	row.check_permission("read")
	frappe.has_permission(store.CASE, "read", row.request, throw=True)
	return {"explanation": explanation.explain(row), "rows": explanation.history(row)}


@frappe.whitelist(methods=["POST"])
def correct_clock(
	clock: str, what: str, reason: str, at: str | None = None, until: str | None = None
) -> dict[str, Any]:
	"""Correct a clock by hand: a row of its ledger, with a reason; leads and managers only.

	what: "start", "stop", "pause" or "not_needed". at, until: site time; `until` ends a pause.
	Returns the clock's new state and due_at. Raises CorrectionRefusedError.
	"""
	if {LEAD, MANAGER, "System Manager"}.isdisjoint(frappe.get_roles()):
		frappe.throw(
			_("Only an After-Sales Lead or Service Manager corrects clocks."), frappe.PermissionError
		)
	row = frappe.get_doc(store.CLOCK, clock)
	frappe.has_permission(store.CASE, "write", row.request, throw=True)
	event = CORRECTIONS.get(what)
	if event is None:
		frappe.throw(_("Choose what is to be corrected."), CorrectionRefusedError)
	moment, end = _moments(row, event, at, until)
	if not (reason or "").strip():
		frappe.throw(_("Please give a reason for the correction."), CorrectionRefusedError)
	try:
		clocks.correct(clock, event, moment, reason.strip(), until=end)
	except PromiseOutOfReachError:
		frappe.throw(
			_("With this correction the promise could not be met in ten years. Check the times."),
			CorrectionRefusedError,
		)
	return frappe.db.get_value(store.CLOCK, clock, ["state", "due_at"], as_dict=True)


@frappe.whitelist()
def policy_options() -> dict[str, list[dict[str, str]]]:
	"""Choices of the policy form, offered by the installed apps: `clocks` and `actions`, each {"value", "label"}."""
	frappe.has_permission("Service Level Policy", "read", throw=True)
	return {
		"clocks": _choices(registry.registered()),
		"actions": _choices(frappe.get_hooks(ACTIONS_HOOK) or {}),
	}


@frappe.whitelist(methods=["POST"])
def import_agreements(dry_run: bool | int | str = True) -> dict[str, Any]:
	"""Import all Service Level Agreements of ERPNext, or only report what the import would do.

	Returns {"agreements": count, "rows": report}. For whoever may create policies; the agreements are read on their behalf.
	"""
	for doctype in ("Service Level Policy", "Service Calendar"):
		frappe.has_permission(doctype, "create", throw=True)
	names = sla_import.agreements()
	progress = _show_import if len(names) >= SHOW_PROGRESS_FROM else None
	rows = sla_import.import_agreements(names, dry_run=bool(sbool(dry_run)), progress=progress)
	return {"agreements": len(names), "rows": rows}


def _choices(names: Iterable[str]) -> list[dict[str, str]]:
	return [{"value": name, "label": _(name)} for name in names]


def _show_import(done: int, count: int) -> None:
	frappe.publish_progress(done * 100 / count, title=_("Importing service level agreements"))


def _moments(row: Any, event: Event, at: str | None, until: str | None) -> tuple[int, int | None]:
	"""The instants of a correction, checked against the clock."""
	if event == Event.NOT_NEEDED:
		return instants.now(), None
	if not at or (event == Event.PAUSE_ADDED and not until):
		frappe.throw(_("Please say when it was."), CorrectionRefusedError)
	started = instants.of_utc_column(row.started_utc) or 0
	stopped = instants.of_utc_column(row.stopped_utc)
	moment = instants.entered(at, after=None if event == Event.START_CORRECTED else started)
	end = instants.entered(until, after=moment) if event == Event.PAUSE_ADDED and until else None
	if max(moment, end or moment) > instants.now():
		frappe.throw(
			_("This lies in the future. A correction says what has happened."), CorrectionRefusedError
		)
	if end is not None and end <= moment:
		frappe.throw(_("The pause must end after it began."), CorrectionRefusedError)
	if event == Event.STOP_CORRECTED and moment < started:
		frappe.throw(_("The clock cannot stop before it started."), CorrectionRefusedError)
	if event == Event.START_CORRECTED and stopped is not None and moment > stopped:
		frappe.throw(_("The clock cannot start after it stopped."), CorrectionRefusedError)
	return moment, end
