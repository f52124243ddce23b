"""Cases that were over, or under way, before the app came: stored without notifying anybody.

`record` is the only writer of such cases taken over from ERPNext, and of their movements; those of imported.py have theirs
from here, too. They are inserted as rows, not as documents: no clock
starts, nobody is notified (their moves are marked `told`), no survey is sent, no coverage is decided. What is open
afterwards is an ordinary case: its next step goes through `moves.py`, and the daily `promises.start_missing` gives it its
clocks from the movements recorded here, without the escalation steps whose moment has passed.

Whoever calls has checked the right to do so, and ends the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe import _

from support_service.foundation import language, rows
from support_service.foundation.names import series
from support_service.foundation.names.keys import key_of
from support_service.support_service.intake_defaults import SETTINGS, queue_of
from support_service.support_service.lifecycle import Status
from support_service.support_service.past_cases.past_case import PastCase, PastMove
from support_service.support_service.priority import priority_of

CASE = "Service Request"
MOVE = "Service Request Move"

# what a source may say of a case, beside what every case has
VALUES = (
	"contact",
	"contact_name",
	"contact_phone",
	"contact_email",
	"site_address",
	"site_address_display",
	"description",
	"cause",
	"solution",
	"resolution",
	"installed_unit",
	"item_code",
	"serial_label",
)
# the moments a movement leaves on the case
STAMPS = {
	"acknowledge": "first_response_on",
	"resolve": "resolved_on",
	"close_unanswered": "closed_on",
}


def cases_of(doctype: str, names: Sequence[str]) -> dict[str, str]:
	"""Record → its case, for those that have one."""
	if not names:
		return {}
	keys = {key_of(doctype, name): name for name in names}
	found = frappe.get_all(
		CASE, filters={"source_key": ("in", list(keys))}, fields=["name", "source_key"], order_by=None
	)
	return {keys[row.source_key]: row.name for row in found}


def let_go(doctype: str, name: str) -> None:
	"""The record is being deleted, which a link of ours must not keep ERPNext from; its key goes with it (`deleted_names`)."""
	frappe.db.set_value(
		CASE,
		{"source_key": key_of(doctype, name)},
		{"source_doctype": None, "source_name": None},
		update_modified=False,
	)


def record(cases: Sequence[PastCase]) -> dict[tuple[str, str], str]:
	"""Insert the cases with their movements; returns source → name of its case.

	A source that has its case already is refused by the database (`source_key` is unique): ask `cases_of` first.
	"""
	if not cases:
		return {}
	customers = _customers(cases)
	made = [_row(case, customers.get(case.customer or "")) for case in cases]
	names = series.reserve(CASE, series.default_series(CASE), made)
	rows.insert(CASE, [{"name": name, **row} for name, row in zip(names, made, strict=True)])
	rows.insert(
		MOVE,
		[
			move
			for name, case in zip(names, cases, strict=True)
			for move in movements(name, case.raised_on, case.moves, by=case.raised_by)
		],
	)
	return {case.source: name for case, name in zip(cases, names, strict=True)}


def _row(case: PastCase, customer: Mapping[str, Any] | None) -> dict[str, Any]:
	"""The columns of one case. Its list is sorted by the last change: what was over long ago stays at the end."""
	last = case.moves[-1].at if case.moves else case.raised_on
	lang = language.of_site()
	queue, team, routing = _routing(case, customer)
	values = {name: case.values.get(name) for name in VALUES}
	stamps = {fieldname: _moment(case, action) for action, fieldname in STAMPS.items()}
	return {
		"creation": case.raised_on,
		"modified": last,
		"naming_series": series.default_series(CASE),
		"subject": case.subject[:140],
		"status": case.status,
		"archived": int(case.status == Status.CLOSED),
		"raised_on": case.raised_on,
		"company": case.company,
		"channel": case.channel,
		"request_type": case.request_type,
		"impact": "Medium",
		"urgency": case.urgency,
		"priority": priority_of("Medium", case.urgency, _priority_rules()),
		"priority_reason": _("Taken over from {0} {1}.", lang).format(
			_(case.source[0], lang), case.source[1]
		),
		"customer": case.customer,
		"customer_name": customer["customer_name"] if customer else None,
		"department_queue": queue,
		"team": team,
		"routing_reason": routing,
		"source_doctype": case.source[0],
		"source_name": case.source[1],
		"source_key": key_of(*case.source),
		**values,
		**stamps,
	}


def movements(
	name: str,
	raised_on: datetime,
	moves: Sequence[PastMove],
	*,
	by: str | None = None,
	said: str | None = None,
	engineer: str | None = None,
) -> list[dict[str, Any]]:
	"""Rows of the ledger of case `name`: raised (by whom, and what is said of that), then `moves`."""
	raised = PastMove("create", Status.NEW.value, raised_on, by=by, reason=said)
	steps, source = [], None
	for number, move in enumerate((raised, *moves)):
		steps.append(
			{
				"name": frappe.generate_hash(length=16),
				# the ledger is read in the order of `creation`
				"creation": move.at + timedelta(microseconds=number),
				"request": name,
				"action": move.action,
				"from_status": source,
				"to_status": move.to_status,
				"moved_by": move.by or frappe.session.user,
				"moved_at": move.at,
				"engineer": engineer if number else None,
				"reason": move.reason,
				# nobody is notified today of what happened then
				"told": 1,
			}
		)
		source = move.to_status
	return steps


def _moment(case: PastCase, action: str) -> datetime | None:
	return next((move.at for move in case.moves if move.action == action), None)


def _routing(case: PastCase, customer: Mapping[str, Any] | None) -> tuple[str | None, str | None, str | None]:
	facts = {"request_type": case.request_type, "channel": case.channel}
	if customer:
		facts |= {"customer_group": customer["customer_group"], "territory": customer["territory"]}
	return queue_of(facts)


def _priority_rules() -> list[tuple[str, str, str]]:
	return [(row.impact, row.urgency, row.priority) for row in frappe.get_cached_doc(SETTINGS).priority_rules]


def _customers(cases: Sequence[PastCase]) -> dict[str, Mapping[str, Any]]:
	names = sorted({case.customer for case in cases if case.customer})
	if not names:
		return {}
	fields = ["name", "customer_name", "customer_group", "territory"]
	return {
		row.name: row for row in frappe.get_all("Customer", {"name": ("in", names)}, fields, order_by=None)
	}
