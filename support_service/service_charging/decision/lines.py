"""The works that a decision is about, with prices: expected ones, or what a visit has done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import frappe
from frappe.utils import flt

from support_service.foundation import instants
from support_service.foundation.settings import company_default
from support_service.service_charging.decision import prices as coverage_prices
from support_service.service_coverage.vocabulary import Kind, Line

CHARGED_AS = {Kind.LABOUR: "labour_item", Kind.TRAVEL: "travel_item"}


@dataclass(frozen=True, slots=True)
class Work:
	"""A line of work before it is decided who pays. qty as in `vocabulary.Line`; rate None: that of the price list.

	voucher_row: name of the visit's part row it was made from.
	"""

	kind: Kind
	qty: float
	item: str | None = None
	rate: float | None = None
	description: str | None = None
	uom: str | None = None
	item_groups: tuple[str, ...] = ()
	replaces: str | None = None
	voucher_row: str | None = None

	@property
	def amount(self) -> float:
		return round((self.rate or 0) * self.qty, 9)


# what is asked at intake, when nobody knows how long the work will take and what will be replaced
UNKNOWN = (Work(Kind.LABOUR, 0), Work(Kind.TRAVEL, 1), Work(Kind.PART, 1))


def priced(works: Iterable[Work], company: str, customer: str | None, on: date) -> list[Work]:
	"""`works` with item, name, unit, groups and price filled in where they are known.

	Hours and prices have the decimals that ERPNext's documents have: 0.3333 h would cost something else on an invoice.
	"""
	defaults = company_default(company)
	works = [
		replace(
			work,
			item=work.item or defaults.get(CHARGED_AS.get(work.kind, "")) or None,
			qty=flt(work.qty, _decimals("qty")) or work.qty,
		)
		for work in works
	]
	items = {work.item for work in works if work.item}
	facts = _item_facts(items)
	missing = {work.item for work in works if work.item and work.rate is None}
	units = {item: facts[item].stock_uom if item in facts else None for item in missing}
	prices = coverage_prices.rates(units, company, customer, on)
	return [_filled(work, facts.get(work.item or ""), prices) for work in works]


def as_lines(works: Sequence[Work]) -> list[Line]:
	"""The works as the rules take them."""
	return [
		Line(no, work.kind, work.qty, work.amount, work.item, work.item_groups, work.replaces)
		for no, work in enumerate(works, 1)
	]


def of_visit(visit: Any) -> list[Work]:
	"""What a submitted visit has done: hours worked, one trip if it was on site, every part row."""
	works = []
	if hours := hours_of(visit):
		works.append(Work(Kind.LABOUR, hours))
	if visit.visit_type == "On Site":
		works.append(Work(Kind.TRAVEL, 1))
	# a tool is ours and goes home with the engineer
	rows = [row for row in visit.parts if flt(row.qty) > 0 and row.get("kind") != "Tool"]
	return [*works, *(part for row in rows for part in _parts(row))]


def hours_of(visit: Any) -> float:
	"""Hours worked: as the engineer says, else from arriving to leaving."""
	if visit.work_minutes:
		return flt(visit.work_minutes / 60, 4)
	if not visit.arrived_at or not visit.left_at:
		return 0.0
	return max(0.0, flt(_seconds_there(visit) / 3600, 4))


def _seconds_there(visit: Any) -> int:
	"""Seconds from arrival to leaving, right also across a change to or from summer time."""
	arrived = instants.kept(visit.arrived_at, visit.arrived_utc)
	return instants.kept(visit.left_at, visit.left_utc, after=arrived) - arrived


def _parts(row: Any) -> list[Work]:
	"""One work for the row, or one for each removed part: each may have a warranty of its own."""
	removed = row.removed_serials()
	common = Work(Kind.PART, flt(row.qty), row.item_code, voucher_row=row.name)
	if len(removed) > 1 and len(removed) == flt(row.qty):
		return [replace(common, qty=1.0, replaces=serial) for serial in removed]
	if removed:
		return [replace(common, replaces=removed[0])]
	if row.removed_item_code or flt(row.removed_qty) > 0:
		return [replace(common, replaces=row.removed_item_code or row.item_code)]
	return [common]


def _filled(work: Work, fact: Any, prices: dict[str, float]) -> Work:
	rate = work.rate if work.rate is not None else prices.get(work.item or "")
	rate = None if rate is None else flt(rate, _decimals("rate"))
	if not fact:
		return replace(work, rate=rate)
	return replace(
		work,
		rate=rate,
		description=work.description or fact.item_name,
		uom=work.uom or fact.stock_uom,
		item_groups=fact.groups,
	)


def _decimals(fieldname: str) -> int:
	return frappe.get_precision("Sales Invoice Item", fieldname) or 0


def _item_facts(items: set[str]) -> dict[str, Any]:
	"""Item → item_name, stock_uom and its groups, its own and all above."""
	if not items:
		return {}
	item = frappe.qb.DocType("Item")
	own, above = frappe.qb.DocType("Item Group").as_("own"), frappe.qb.DocType("Item Group").as_("above")
	rows = (
		frappe.qb.from_(item)
		.left_join(own)
		.on(own.name == item.item_group)
		.left_join(above)
		.on((above.lft <= own.lft) & (above.rgt >= own.rgt))
		.select(item.name, item.item_name, item.stock_uom, above.name.as_("item_group"))
		.where(item.name.isin(sorted(items)))
		.run(as_dict=True)
	)
	facts: dict[str, Any] = {}
	for row in rows:
		fact = facts.setdefault(
			row.name, frappe._dict(item_name=row.item_name, stock_uom=row.stock_uom, groups=())
		)
		fact.groups += (row.item_group,) if row.item_group else ()
	return facts
