"""The events of units in the order in which they happened: by day, and within a day by the documents' posting times.

An event may be stored late, after events that followed it on the same day, so the time of storing says little. Within a day
ERPNext orders documents by posting time. A return copies the posting time of what it returns; it was created later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, time
from typing import Any

import frappe

from support_service.installed_base import unit_events
from support_service.installed_base.placement_rules import CANCELLATIONS, RANK, Reference

POSTED = ("Delivery Note", "Sales Invoice")


def of(units: Iterable[str]) -> dict[str, list[Any]]:
	"""Unit → its ledger rows in order. `sequence`, added to each row, orders the events of one day."""
	found: dict[str, list[Any]] = defaultdict(list)
	for row in unit_events.of(units):
		found[row.installed_unit].append(row)
	posted = _posting_times(_on_one_day(found.values()))
	for rows in found.values():
		for row in rows:
			stored = (row.recorded_at, row.recorded_at)
			row.sequence = (*posted.get(reference_of(row), stored), row.recorded_at)
		rows.sort(key=lambda row: (row.happened_on, row.sequence, RANK.get(row.event, 2)))
	return found


def last_returns(units: Iterable[str]) -> dict[str, Any]:
	"""Unit → the event of its latest return that was not cancelled; units without one are left out."""
	found: dict[str, Any] = {}
	wanted = list(units)
	for unit, rows in of(wanted).items() if wanted else ():
		undone = {reference_of(row) for row in rows if row.event in CANCELLATIONS}
		for row in rows:
			if row.event == unit_events.RETURNED and reference_of(row) not in undone:
				found[unit] = row
	return found


def reference_of(row: Any) -> Reference:
	return row.reference_doctype, row.reference_name


def _on_one_day(units: Iterable[Collection[Any]]) -> set[Reference]:
	"""Documents with an event on a day on which another document has one, too: their posting times decide the order."""
	found: set[Reference] = set()
	for rows in units:
		days: dict[Any, set[Reference]] = defaultdict(set)
		for row in rows:
			days[row.happened_on].add(reference_of(row))
		found.update(reference for day in days.values() if len(day) > 1 for reference in day)
	return found


def _posting_times(references: Collection[Reference]) -> dict[Reference, tuple[datetime, datetime]]:
	"""Document → (posting time, time of creation)."""
	times: dict[Reference, tuple[datetime, datetime]] = {}
	for doctype in POSTED:
		names = sorted(name for kind, name in references if kind == doctype and name)
		if names:
			for row in frappe.get_all(
				doctype,
				filters={"name": ("in", names)},
				fields=["name", "posting_date", "posting_time", "creation"],
				order_by=None,
			):
				if row.posting_time is not None:
					posted = datetime.combine(row.posting_date, time.min) + row.posting_time
					times[doctype, row.name] = (posted, row.creation)
	return times
