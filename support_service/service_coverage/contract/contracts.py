"""Which service contracts cover a unit on a day, the agreed service level, and what is left of entitlements. Reads only.

Every case, decision and call asks this, so it is two statements however many contracts there are, and one for a customer
without any.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Sum

from support_service.foundation import currencies, packed
from support_service.service_coverage.contract import rules
from support_service.service_coverage.vocabulary import (
	PARTS_VALUE,
	Entitlement,
	Exclusion,
	Kind,
	Source,
	SourceKind,
)

CONTRACT = "Service Contract"
KINDS = {"Parts": Kind.PART, "Labour": Kind.LABOUR, "Travel": Kind.TRAVEL}


class AgreedLevel(NamedTuple):
	"""What the contracts in force agree on: of those that name one, the first one's policy and calendar, its engineer.

	contract: the contract that counts, see `rules.precedence`.
	"""

	policy: str | None
	calendar: str | None
	contract: str
	dedicated_engineer: str | None


@dataclass(frozen=True, slots=True)
class Included:
	"""A row of a contract's entitlements."""

	kind: str
	included: float
	unlimited: bool
	per: str
	share: float


@dataclass(frozen=True, slots=True)
class Terms:
	"""What never changes once a contract is submitted."""

	included: tuple[Included, ...]
	exclusions: tuple[Exclusion, ...]


def in_force(unit: str | None, customer: str, on: date) -> list[str]:
	"""Names of the contracts of `customer` that cover `unit` on the day `on`, the one that counts first.

	unit None: a case that names no unit; contracts for all units of the customer cover it. A contract on a system covers the
	boards in it.
	"""
	return [row.name for row in covering(unit, customer, on)]


def sources(
	unit: str | None,
	customer: str,
	on: date,
	*,
	currency: str | None = None,
	covered_by: Sequence[Any] | None = None,
) -> list[Source]:
	"""The contracts of `in_force` as sources of coverage, each with what is left of its entitlements on that day.

	currency: of the amounts of the work; that of the contract's company where it is not known yet. covered_by: what
	`covering` returned for the same, where nothing can have changed since.
	"""
	rows = covering(unit, customer, on) if covered_by is None else covered_by
	return [_source(row, on, currency) for row in rows]


def agreed_level(rows: Sequence[Any]) -> AgreedLevel | None:
	"""The service level agreed in the contracts that `covering` returned; None without a contract."""
	if not rows:
		return None
	level = next((row for row in rows if row.service_level_policy or row.calendar), rows[0])
	engineer = next((row.dedicated_engineer for row in rows if row.dedicated_engineer), None)
	return AgreedLevel(level.service_level_policy, level.calendar, rows[0].name, engineer)


def left_of(contract: Any, on: date) -> list[tuple[Included, tuple[date, date] | None, float, float | None]]:
	"""For every entitlement of a contract (row or document): what it is, its period, used in it, what is left.

	on: a day of the period; before the term its first one, after it its last one is shown.
	"""
	start, end = frappe.utils.getdate(contract.start_date), frappe.utils.getdate(contract.end_date)
	day = min(max(on, start), end)
	used = _used(contract.name)
	found = []
	for one in _included(contract.name):
		period = rules.period_of(day, per=one.per, start=start, end=end)
		uses = used.get((one.kind, period[0] if period else start), 0.0)
		left = rules.remaining(one.included, [uses], unlimited=one.unlimited)
		found.append((one, period, uses, left))
	return found


def covered_units(contract: Any, on: date) -> int:
	"""How many units a contract covers on a day; units that are part of a named one are not counted by themselves."""
	if contract.all_units:
		gone = ("Returned", "Retired", "Standby")
		return frappe.db.count("Installed Unit", {"customer": contract.customer, "state": ("not in", gone)})
	getdate = frappe.utils.getdate
	return sum(
		(not row.from_date or getdate(row.from_date) <= on)
		and (not row.to_date or on <= getdate(row.to_date))
		for row in contract.units
	)


# Text, for every intake and every decision asks this and building the query costs more than running it. What a contract
# includes and excludes and what was used of it come along: statements of their own make the first look at each contract
# dearer than the next. Every entitlement stands beside every exclusion, so uses are summed within each such pair.
COLUMNS = {
	**{name: f"contract.{name}" for name in ("name", "start_date", "end_date", "terminated_on", "all_units")},
	**{name: f"contract.{name}" for name in ("cost_center", "company", "currency")},
	**{name: f"contract.{name}" for name in ("service_level_policy", "calendar", "dedicated_engineer")},
	"no": "included.idx",
	**{name: f"included.{name}" for name in ("kind", "included", "unlimited", "per", "share")},
	"excluded_no": "excluded.idx",
	**{name: f"excluded.{name}" for name in ("exclusion", "applies_to", "item_group")},
	"period_start": "used.period_start",
	"used": "sum(used.qty)",
}
DATES = ("start_date", "end_date", "terminated_on", "period_start")
IN_FORCE = packed.Packed(
	COLUMNS,
	dates=DATES,
	rest="""from `tabService Contract` contract
left join `tabService Contract Entitlement` included
	on included.parent = contract.name and included.parenttype = 'Service Contract'
left join `tabWarranty Exclusion` excluded
	on excluded.parent = contract.name and excluded.parenttype = 'Service Contract'
left join `tabService Contract Use` used on used.contract = contract.name and used.kind = included.kind
where contract.customer = %(customer)s and contract.docstatus = 1
	and contract.end_date >= %(on)s and contract.start_date <= %(on)s
	and (contract.terminated_on is null or contract.terminated_on >= %(on)s)
group by contract.name, included.name, excluded.name, used.period_start""",
)


# Raw SQL: the query builder of Frappe 15 knows no recursive query. Depth is bounded: units cannot be part of themselves.
NAMING_UNIT = """with recursive above (name, parent_unit, depth) as (
	select name, parent_unit, 0 from `tabInstalled Unit` where name = %(unit)s
	union all
	select unit.name, unit.parent_unit, above.depth + 1 from `tabInstalled Unit` unit
	join above on unit.name = above.parent_unit where above.depth < 50
)
select distinct named.parent from above
join `tabService Contract Unit` named on named.installed_unit = above.name
where named.parent in %(contracts)s and named.parenttype = 'Service Contract'
	and (named.from_date is null or named.from_date <= %(on)s) and (named.to_date is null or named.to_date >= %(on)s)"""


def values_of(customer: str, on: date) -> dict[str, Any]:
	"""The parameters of IN_FORCE."""
	return {"customer": customer, "on": on}


def _whole(rows: Iterable[Any]) -> list[Any]:
	"""The contracts in rows of IN_FORCE, each with its `terms` and what is `used` by kind and period."""
	found: dict[str, Any] = {}
	used: dict[str, dict[tuple[str, date], float]] = {}
	included: dict[str, dict[int, Included]] = {}
	excluded: dict[str, dict[int, Exclusion]] = {}
	for row in rows:
		found.setdefault(row.name, row)
		if row.no is not None:
			included.setdefault(row.name, {})[row.no] = _as_included(row)
		if row.excluded_no is not None:
			excluded.setdefault(row.name, {})[row.excluded_no] = _as_exclusion(row)
		if row.period_start is not None:
			used.setdefault(row.name, {})[row.kind, row.period_start] = float(row.used)
	for name, row in found.items():
		row.terms = Terms(_in_order(included.get(name, {})), _in_order(excluded.get(name, {})))
		row.used = used.get(name, {})
	return list(found.values())


def _in_order(rows: dict[int, Any]) -> tuple[Any, ...]:
	return tuple(rows[no] for no in sorted(rows))


def covering(unit: str | None, customer: str, on: date, in_force: Iterable[Any] | None = None) -> list[Any]:
	"""The rows of the contracts in `in_force`, each with its `terms` and what is `used` of it; see COLUMNS.

	in_force: the rows of IN_FORCE, where they were read already. One statement to read these, and one where a contract is not
	for all units.
	"""
	if in_force is None:
		[in_force] = packed.read(IN_FORCE, values=values_of(customer, on))
	rows = _whole(in_force)
	naming = _naming(unit, [row.name for row in rows if not row.all_units], on) if unit else set()
	for row in rows:
		row.names_unit = row.name in naming
	return sorted(
		(row for row in rows if row.all_units or row.names_unit),
		key=lambda row: rules.precedence(names_unit=row.names_unit, start=row.start_date, name=row.name),
		reverse=True,
	)


def _naming(unit: str, contracts: list[str], on: date) -> set[str]:
	"""Those of `contracts` that name `unit` or a unit it is part of."""
	if not contracts:
		return set()
	values = {"unit": unit, "contracts": contracts, "on": on}
	return {parent for (parent,) in frappe.db.sql(NAMING_UNIT, values)}


def _used(contract: str) -> dict[tuple[str, date], float]:
	"""What the ledger of `contract` says was used, by kind and first day of the period."""
	use = DocType("Service Contract Use")
	query = (
		frappe.qb.from_(use)
		.select(use.kind, use.period_start, Sum(use.qty))
		.where(use.contract == contract)
		.groupby(use.kind, use.period_start)
	)
	return {(kind, start): float(qty) for kind, start, qty in query.run()}


def _source(row: Any, on: date, currency: str | None) -> Source:
	terms: Terms = row.terms
	until = rules.last_day(row.end_date, row.terminated_on)
	return Source(
		kind=SourceKind.CONTRACT,
		name=row.name,
		starts_on=row.start_date,
		until=dict.fromkeys(Kind, until),
		state=rules.ContractStatus.ACTIVE,
		exclusions=terms.exclusions,
		entitlements=tuple(_entitlement(row, one, on, currency) for one in terms.included),
		cost_center=row.cost_center,
	)


def _entitlement(row: Any, one: Included, on: date, currency: str | None) -> Entitlement:
	period = rules.period_of(on, per=one.per, start=row.start_date, end=row.end_date)
	first = period[0] if period else row.start_date
	uses = [row.used.get((one.kind, first), 0.0)]
	left = rules.remaining(one.included, uses, unlimited=one.unlimited)
	if left and one.kind == PARTS_VALUE:
		left *= worth_of(row, currency, on)
	return Entitlement(kind=one.kind, remaining=left, share=one.share, period_start=first)


def worth_of(contract: Any, currency: str | None, on: date) -> float:
	"""Exchange rate from the contract's currency to `currency`, else to that of its company; 0 if none is known."""
	own = currency or currencies.of_company(contract.company)
	return currencies.exchange_rate(contract.currency, own, on)


def _included(contract: str) -> list[Included]:
	rows = frappe.get_all(
		"Service Contract Entitlement",
		filters={"parent": contract, "parenttype": CONTRACT},
		fields=["kind", "included", "unlimited", "per", "share"],
		order_by="idx",
	)
	return [_as_included(row) for row in rows]


def _as_included(row: Any) -> Included:
	return Included(row.kind, row.included or 0.0, bool(row.unlimited), row.per, row.share or 0.0)


def _as_exclusion(row: Any) -> Exclusion:
	return Exclusion(
		cause=row.exclusion, applies_to=KINDS.get(row.applies_to), item_group=row.item_group or None
	)
