"""The warranties that may pay for work on a unit on a day, as sources for a coverage decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe

from support_service.foundation import packed
from support_service.installed_base import unit_owners
from support_service.service_coverage.vocabulary import Kind, Source, SourceKind
from support_service.service_coverage.warranty import policies, rules, store
from support_service.service_coverage.warranty.rules import State

STANDBY = "Standby"
# columns of a warranty that a source is made from
STATED = (
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
NAMES = (*STATED, *store.TERMS)
COLUMNS = {name: f"warranty.`{name}`" for name in NAMES}
OWN_COLUMNS = {
	"owner": "unit.customer",
	"unit_state": "unit.state",
	"parent_unit": "unit.parent_unit",
	"stamp": policies.STAMP,
	**COLUMNS,
}
DATES = ("settled_on", *(name for name in store.TERMS if not name.startswith("share_")))

# Text, for every intake asks this and building the query costs more than running it. The warranties of the unit itself and
# of parts in it; one row without a warranty where it has none.
OWN = packed.Packed(
	OWN_COLUMNS,
	dates=DATES,
	rest="""from `tabInstalled Unit` unit
left join `tabService Warranty` warranty on warranty.installed_unit = unit.name
where unit.name = %(unit)s""",
)
# Warranties of the units that the unit is part of: the warranty of a rack covers its boards.
_ABOVE = packed.Packed(
	COLUMNS,
	dates=DATES,
	opening="""with recursive above as (
	select name, parent_unit, 1 as height from `tabInstalled Unit` where name = %(unit)s
	union all
	select unit.name, unit.parent_unit, above.height + 1
	from above join `tabInstalled Unit` unit on unit.name = above.parent_unit
	where above.height < 20
)""",
	rest="""from above join `tabService Warranty` warranty on warranty.installed_unit = above.name
where warranty.fitted_part is null
order by above.height, warranty.name""",
)


def values_of(unit: str) -> dict[str, Any]:
	"""The parameters of OWN."""
	return {"unit": unit}


def sources(
	unit: str, on: date, customer: str | None = None, own: Sequence[Any] | None = None
) -> list[Source]:
	"""Warranties of `unit`, of the units it is part of, and of parts fitted in it, as they are on the day `on`.

	Those not in force are among them, flagged, so that an explanation can name them. customer: who would be charged; for
	a unit that belongs to another customer, now and on that day, the answer is one source, flagged `foreign`; for a device of
	ours that is on loan it is one source that pays all. own: the rows of
	OWN, where this transaction has read them already.
	"""
	if own is None:
		[own] = packed.read(OWN, values=values_of(unit))
	if own and own[0].unit_state == STANDBY:
		return [_ours(unit)]
	found, stamp, owner = _warranties(own)
	if customer and owner not in (None, customer) and not unit_owners.was_of(unit, customer, on):
		return [Source(kind=SourceKind.WARRANTY, name="", starts_on=on, in_force=False, foreign=True)]
	if not found:
		return []
	known = policies.policy_set(stamp)
	earlier = [row.name for row in found if row.settled_on and on < row.settled_on]
	ledgers = store.entries_of(earlier) if earlier else {}
	return [_source(row, _state(row, ledgers, on), on, known) for row in found]


def _ours(unit: str) -> Source:
	"""A device of ours is no unit of the customer who has it on loan: no warranty and no contract of theirs, all work is ours."""
	return Source(SourceKind.OWN, unit, date.min, shares=dict.fromkeys(Kind, 100.0))


def _warranties(own: Sequence[Any]) -> tuple[list[Any], str | None, str | None]:
	"""The rows of warranties, the policies' stamp, and the customer of the unit, from the rows of OWN.

	No statement for a unit that is part of no other, as most are; else one.
	"""
	parent = own[0].parent_unit if own else None
	rows = sorted((row for row in own if row.name), key=lambda row: row.name)
	above = packed.read(_ABOVE, values={"unit": parent})[0] if parent else []
	first = own[0] if own else frappe._dict()
	return rows + above, first.stamp, first.owner


def _state(row: Any, ledgers: dict[str, list[Any]], on: date) -> State:
	"""The state on `on`: by the warranty's row, or by its ledger for a day before the latest change."""
	if row.name in ledgers:
		return rules.fold([store.as_entry(entry) for entry in ledgers[row.name]], on)
	return store.as_state(row)


def _source(row: Any, state: State, on: date, known: policies.PolicySet) -> Source:
	return Source(
		kind=SourceKind.WARRANTY,
		name=row.name,
		starts_on=state.terms.starts_on or date.max,
		until=state.terms.until,
		shares=state.terms.shares,
		in_force=rules.in_force(state, on),
		state=str(rules.status_on(state, on)),
		part=(row.part_serial or row.part_item) if row.fitted_part else None,
		exclusions=known.exclusions.get(row.policy or "", ()),
		cost_center=known.cost_centers.get(row.policy or ""),
	)
