"""Rows of Service Clock and Service Clock Entry: reading them locked, and the shape in which they are written.

Whoever writes has locked the case first, then its clocks; the sweep, which starts from the clocks, skips what is
locked. So two writers can neither overtake nor deadlock each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import frappe

from support_service.foundation import instants, locks, rows

CLOCK, ENTRY, CASE = "Service Clock", "Service Clock Entry", "Service Request"
Row = dict[str, Any]
# called with case → values of its columns; the case room writes them
SHOWN_BY = "support_service_promises_shown_by"

# what a case lends its clocks, so that lists of clocks and what computes them again need no join
FROM_CASE = ("subject", "customer", "team", "engineer_user", "priority", "agreed_calendar")

PROMISE = (
	"policy",
	"calendar",
	"calendar_version",
	"target_seconds",
	"target_label",
	"warn_at",
	"pauses_for",
	"promise_no",
)
# what follows from terms and ledger, see derive.columns
DERIVED = (
	"state",
	"started_at",
	"started_utc",
	"due_at",
	"due_utc",
	"stopped_at",
	"stopped_utc",
	"used_seconds",
	"next_utc",
	"steps_taken",
)
BOOKKEEPING = ("entries", "stale", "stale_reason")
CHANGING = (*PROMISE, *FROM_CASE, *DERIVED, *BOOKKEEPING)
CLOCK_FIELDS = ("request", "origin", "kind", "round", *CHANGING)

# the promise as it was when a ledger row was written, so that an old row explains itself
ENTRY_FROM_CLOCK = (
	"policy",
	"priority",
	"target_seconds",
	"target_label",
	"calendar",
	"calendar_version",
	"promise_no",
)

ENTRY_FIELDS: Mapping[str, Any] = {
	"clock": None,
	"request": None,
	"no": 0,
	"event": None,
	"at": None,
	"at_utc": None,
	"until_utc": None,
	"cause": None,
	"recorded_by": None,
	"reference_doctype": None,
	"reference_name": None,
	"promise_no": 1,
	"old_due": None,
	"old_due_utc": None,
	"new_due": None,
	"policy": None,
	"priority": None,
	"target_seconds": 0,
	"target_label": None,
	"calendar": None,
	"calendar_version": None,
	"reason": None,
	"step": None,
	"whom": None,
	"role": None,
	"robot": None,
	"action": None,
	"told": 1,
	"told_to": None,
	"tell_attempts": 0,
	"entry_key": None,
}


def clocks_of(requests: Iterable[str]) -> list[Row]:
	"""All clocks of cases the caller has locked, oldest round first. Locking reads see what was committed last."""
	names = tuple(requests)
	if not names:
		return []
	clock = frappe.qb.DocType(CLOCK)
	return locks.rows(
		frappe.qb.from_(clock)
		.select("name", *CLOCK_FIELDS, "modified")
		.where(clock.request.isin(names))
		.orderby(clock.request, clock.kind, clock.round)
	)


def entries_of(clocks: Iterable[str]) -> dict[str, list[Row]]:
	"""Ledger rows by clock, in the order they were written."""
	names = tuple(clocks)
	found: dict[str, list[Row]] = {name: [] for name in names}
	if names:
		locks.latest()
		for row in frappe.db.sql(
			"select clock, no, event, at_utc, until_utc, cause, reference_doctype, reference_name"
			" from `tabService Clock Entry` where clock in %s order by clock, no lock in share mode",
			(names,),
			as_dict=True,
		):  # the newest committed rows, not this transaction's older snapshot: the query builder knows no SHARE MODE
			found[row.clock].append(row)
	return found


def entry(clock: Row, event: str, at: int, **more: Any) -> Row:
	"""A new ledger row of `clock`, numbered after its last. `until`: UTC seconds."""
	clock["entries"] = (clock.get("entries") or 0) + 1
	until = more.pop("until", None)
	return {
		"name": frappe.generate_hash(length=12),
		**ENTRY_FIELDS,
		"clock": clock["name"],
		"request": clock["request"],
		"no": clock["entries"],
		"event": str(event),
		"at": instants.from_utc(at),
		"at_utc": instants.utc_column(at),
		"until_utc": instants.utc_column(until),
		"recorded_by": frappe.session.user,
		**{name: clock[name] for name in ENTRY_FROM_CLOCK},
		**more,
	}


def insert_clocks(new: Sequence[Row]) -> None:
	"""Insert clocks; each row has at least CLOCK_FIELDS."""
	rows.insert(CLOCK, [{name: row[name] for name in ("name", *CLOCK_FIELDS)} for row in new])


def insert_entries(new: Sequence[Row]) -> None:
	"""Insert ledger rows made by `entry`."""
	rows.insert(ENTRY, new)


def update_clocks(changed: Iterable[Row], fields: Sequence[str]) -> None:
	"""Write `fields` of clocks this transaction has locked."""
	rows.update(CLOCK, [{name: row[name] for name in ("name", *fields)} for row in changed])


def update_cases(summaries: Mapping[str, Row]) -> None:
	"""Pass the summaries (see summary.py) of cases this transaction has locked to the functions of the hook SHOWN_BY."""
	for path in frappe.get_hooks(SHOWN_BY):
		frappe.get_attr(path)(summaries)
