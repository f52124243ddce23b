"""The warranties that may pay for work on a unit, judged on a day by their ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe

from support_service.foundation import packed
from support_service.installed_base import unit_owners
from support_service.service_coverage.vocabulary import Source, SourceKind
from support_service.service_coverage.warranty import policies, rules, store
from support_service.service_coverage.warranty.rules import State

# only what a source says
SAYING = (
	"name",
	"customer",
	"policy",
	"status",
	"suspension",
	"settled_on",
	"fitted_part",
	"part_item",
	"part_serial",
)
NAMES = (*SAYING, *store.TERMS)
COLUMNS = {name: f"warranty.`{name}`" for name in NAMES}
OWN_COLUMNS = {
	"owner": "unit.customer",
	"parent_unit": "unit.parent_unit",
	"stamp": policies.STAMP,
	**COLUMNS,
}
DATES = ("settled_on", *(name for name in store.TERMS if not name.startswith("share_")))

# the unit itself, with the parts fitted into it; one row without a warranty where it has none
_OWN = f"""
	select {packed.pack(OWN_COLUMNS)}
	from `tabInstalled Unit` unit left join `tabService Warranty` warranty on warranty.installed_unit = unit.name
	where unit.name = %(unit)s
"""  # noqa: S608 - names are ours
# what it stands in: a rack's warranty covers its boards
_ABOVE = f"""
	with recursive above as (
		select name, parent_unit, 1 as height from `tabInstalled Unit` where name = %(unit)s
		union all
		select unit.name, unit.parent_unit, above.height + 1
		from above join `tabInstalled Unit` unit on unit.name = above.parent_unit
		where above.height < 20
	)
	select {packed.pack(COLUMNS)}
	from above join `tabService Warranty` warranty on warranty.installed_unit = above.name
	where warranty.fitted_part is null
	order by above.height, warranty.name
"""  # noqa: S608 - names are ours


def sources(unit: str, on: date, customer: str | None = None) -> list[Source]:
	"""Warranties of `unit`, of the units it stands in, and of parts fitted in it, as they stand on the day `on`.

	Those not in force are among them, flagged, so that an explanation can name them. customer: who would be charged; for
	a unit that is another customer's now and was on that day, the answer is one source, flagged `foreign`.
	"""
	found, stamp, owner = _warranties(unit)
	if customer and owner not in (None, customer) and not unit_owners.was_of(unit, customer, on):
		return [Source(kind=SourceKind.WARRANTY, name="", starts_on=on, in_force=False, foreign=True)]
	if not found:
		return []
	book = policies.policy_set(stamp)
	earlier = [row.name for row in found if row.settled_on and on < row.settled_on]
	ledgers = store.entries_of(earlier) if earlier else {}
	return [_source(row, _state(row, ledgers, on), on, book) for row in found]


def _warranties(unit: str) -> tuple[list[Any], str | None, str | None]:
	"""One statement for a unit that stands alone, as most do; one more for the units it stands in.

	With the policies' stamp, and whose the unit is.
	"""
	# the query builder costs more than the query
	own = packed.unpack(frappe.db.sql(_OWN, {"unit": unit}), OWN_COLUMNS, DATES)
	parent = own[0].parent_unit if own else None
	rows = sorted((row for row in own if row.name), key=lambda row: row.name)
	above = frappe.db.sql(_ABOVE, {"unit": parent}) if parent else []
	first = own[0] if own else frappe._dict()
	return rows + packed.unpack(above, COLUMNS, DATES), first.stamp, first.owner


def _state(row: Any, ledgers: dict[str, list[Any]], on: date) -> State:
	"""The row says what its whole ledger says; of a day before the latest change only the ledger knows."""
	if row.name in ledgers:
		return rules.fold([store.as_entry(entry) for entry in ledgers[row.name]], on)
	return store.as_state(row)


def _source(row: Any, state: State, on: date, book: policies.PolicySet) -> Source:
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
