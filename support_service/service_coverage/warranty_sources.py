"""The warranties that may pay for work on a unit: one query, judged on a day by their ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe

from support_service.service_coverage import warranty_policies, warranty_store
from support_service.service_coverage import warranty_rules as rules
from support_service.service_coverage.coverage_rules import Source, SourceKind
from support_service.service_coverage.warranty_rules import State

# the unit, what it stands in (a rack's warranty covers its boards), and the parts fitted into the unit itself
_OF_UNIT = """
	with recursive inside as (
		select name, parent_unit, 0 as height from `tabInstalled Unit` where name = %(unit)s
		union all
		select above.name, above.parent_unit, inside.height + 1
		from inside join `tabInstalled Unit` above on above.name = inside.parent_unit
		where inside.height < 20
	)
	select warranty.*, inside.height
	from inside join `tabService Warranty` warranty on warranty.installed_unit = inside.name
	where inside.height = 0 or warranty.fitted_part is null
	order by inside.height, warranty.name
"""


def sources(unit: str, on: date) -> list[Source]:
	"""Warranties of `unit`, of the units it stands in, and of parts fitted in it, as they stand on the day `on`.

	Those not in force are among them, flagged, so that an explanation can name them.
	"""
	found = frappe.db.sql(_OF_UNIT, {"unit": unit}, as_dict=True)
	if not found:
		return []
	book = warranty_policies.book()
	earlier = [row.name for row in found if row.settled_on and on < row.settled_on]
	ledgers = warranty_store.entries_of(earlier) if earlier else {}
	return [_source(row, _state(row, ledgers, on), on, book) for row in found]


def _state(row: Any, ledgers: dict[str, list[Any]], on: date) -> State:
	"""The row says what its whole ledger says; of a day before the latest change only the ledger knows."""
	if row.name in ledgers:
		return rules.fold([warranty_store.as_entry(entry) for entry in ledgers[row.name]], on)
	return warranty_store.as_state(row)


def _source(row: Any, state: State, on: date, book: warranty_policies.Book) -> Source:
	return Source(
		kind=SourceKind.WARRANTY,
		name=row.name,
		starts_on=state.terms.starts_on or date.max,
		until=state.terms.until,
		shares=state.terms.shares,
		in_force=rules.in_force(state, on),
		state=str(rules.status_on(state, on)),
		part=(row.part_serial or row.part_item) if row.fitted_part else None,
		exclusions=book.exclusions.get(row.policy or "", ()),
		cost_center=book.cost_centers.get(row.policy or ""),
	)
