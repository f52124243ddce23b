"""What warranties have cost us and what suppliers have given back for it, as the reports count it: only what the reader may see.

Cost: parts drawn on visits and the engineer's hours, as far as the decision of the visit says that a warranty pays. Credit: submitted
debit notes of Supplier Claims and of removed parts, each note once. Amounts are in the company's currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import add_days, flt, getdate

from support_service.foundation.platform import visible
from support_service.service_charging.billing import earnings
from support_service.service_charging.rules import details
from support_service.service_coverage.vocabulary import Kind, SourceKind

VISIT, DECISION, CLAIM, PART = "Engineer Visit", "Coverage Decision", "Supplier Claim", "Removed Part"


@dataclass(frozen=True, slots=True)
class Cost:
	"""What a warranty bears of one piece of a part, or of the hours of one kind; amount None: nobody knows what an hour costs."""

	request: str
	visit: str
	day: Any  # the engineer left
	currency: str
	kind: str
	amount: float | None
	item_code: str | None = None
	serial_no: str | None = None


@dataclass(frozen=True, slots=True)
class Credit:
	"""What a supplier has credited on behalf of one request, or of none."""

	request: str | None
	supplier: str
	day: date
	currency: str
	amount: float


def of_parts(wanted: Any) -> Iterator[Cost]:
	"""Each piece of a part whose cost a warranty bears. wanted: from_date, to_date (inclusive), company, customer, service_request."""
	for line in _part_lines(wanted):
		share = _share_of_warranty(line)
		cost = flt(line.amount) * flt(line.line_qty) / flt(line.qty) * share / 100 if flt(line.qty) else 0.0
		if not cost:
			continue
		item = line.removed_item_code or line.item_code
		numbers = [serial.strip() for serial in (line.removed_serial_nos or "").split("\n") if serial.strip()]
		for serial in numbers or [None]:
			amount = cost / len(numbers or [None])
			yield Cost(line.request, line.visit, line.left_at, line.currency, Kind.PART, amount, item, serial)


def of_hours(wanted: Any) -> Iterator[Cost]:
	"""The hours of labour and travel of each visit, as far as a warranty bears them. wanted: as for parts."""
	lines = [(line, _share_of_warranty(line)) for line in _hour_lines(wanted)]
	costs = earnings.hours_of_visits([line.visit for line, share in lines if share])
	for line, share in lines:
		spent = costs.get(line.visit, {})
		if not share or line.kind not in spent:
			continue
		cost = spent[line.kind]
		amount = None if cost is None else cost * share / 100
		yield Cost(line.request, line.visit, line.left_at, line.currency, line.kind, amount)


def claims_made(wanted: Any) -> list[Any]:
	"""The Supplier Claims of the period: supplier, day, currency."""
	claim, company = DocType(CLAIM), DocType("Company")
	query = (
		frappe.qb.from_(claim)
		.inner_join(company)
		.on(company.name == claim.company)
		.select(claim.supplier, claim.claimed_on.as_("day"), company.default_currency.as_("currency"))
	)
	return _seen(query, CLAIM, _period(claim.claimed_on, claim.company, wanted))


def credits(wanted: Any, requests: Iterable[str] | None = None) -> Iterator[Credit]:
	"""What the debit notes of the period credit: for removed parts what each was credited with, for claims the rest of their note.

	requests: only for these.
	"""
	parts = _noted(PART, wanted, DocType(PART).status == "Credited", "credit_received")
	claims = _noted(CLAIM, wanted)
	used: dict[str, float] = defaultdict(float)
	of_note: dict[str, list[Any]] = defaultdict(list)
	for claim in claims:
		of_note[claim.note].append(claim)
	found = []
	for part in parts:
		amount = flt(part.credit_received) * (flt(part.conversion_rate) or 1)
		used[part.note] += amount
		found.append(_credit(part, amount))
	for note, together in of_note.items():
		rest = -flt(together[0].base_net_total) - used[note]
		found += [_credit(claim, rest / len(together)) for claim in together]
	only = None if requests is None else set(requests)
	yield from (one for one in found if one.amount and (only is None or one.request in only))


def _credit(row: Any, amount: float) -> Credit:
	return Credit(row.service_request, row.supplier, row.day, row.currency, amount)


def _noted(doctype: str, wanted: Any, condition: Any = None, *more: str) -> list[Any]:
	"""Claims or removed parts whose debit note is submitted, with what the note says."""
	table, note, company = DocType(doctype), DocType("Purchase Invoice"), DocType("Company")
	query = (
		frappe.qb.from_(table)
		.inner_join(note)
		.on((note.name == table.debit_note) & (note.docstatus == 1) & (note.is_return == 1))
		.inner_join(company)
		.on(company.name == note.company)
		.select(table.service_request, *(table[field] for field in more))
		.select(note.name.as_("note"), note.supplier, note.posting_date.as_("day"))
		.select(note.base_net_total, note.conversion_rate, company.default_currency.as_("currency"))
		.orderby(table.name)
	)
	conditions = [*_period(note.posting_date, note.company, wanted)]
	return _seen(query, doctype, conditions if condition is None else [*conditions, condition])


def _share_of_warranty(line: Any) -> float:
	"""Percent of the line that warranties pay, a lead's override included."""
	portions = details.cut(details.portions_of(line.details), flt(line.covered_share))
	return sum(portion.share for portion in portions if portion.kind == SourceKind.WARRANTY)


def _part_lines(wanted: Any) -> list[Any]:
	part, visit, line = DocType("Engineer Visit Part"), DocType(VISIT), DocType("Coverage Decision Line")
	query = (
		_decided()
		.inner_join(part)
		.on((part.name == line.voucher_row) & (part.parent == visit.name))
		.select(part.item_code, part.qty, part.amount, part.removed_item_code, part.removed_serial_nos)
	)
	return _seen(query, VISIT, _of_visits(wanted))


def _hour_lines(wanted: Any) -> list[Any]:
	line = DocType("Coverage Decision Line")
	return _seen(
		_decided(), VISIT, [*_of_visits(wanted), line.kind.isin([Kind.LABOUR.value, Kind.TRAVEL.value])]
	)


def _decided() -> Any:
	"""Covered lines of what submitted visits have done."""
	visit, company = DocType(VISIT), DocType("Company")
	decision, line = DocType(DECISION), DocType("Coverage Decision Line")
	return (
		frappe.qb.from_(visit)
		.inner_join(decision)
		.on((decision.engineer_visit == visit.name) & (decision.status == "Current"))
		.inner_join(line)
		.on((line.parent == decision.name) & (line.covered_share > 0))
		.inner_join(company)
		.on(company.name == visit.company)
		.select(visit.name.as_("visit"), visit.service_request.as_("request"), visit.left_at)
		.select(company.default_currency.as_("currency"))
		.select(line.kind, line.qty.as_("line_qty"), line.covered_share, line.details)
		.where(visit.docstatus == 1)
	)


def _of_visits(wanted: Any) -> Iterator[Any]:
	visit = DocType(VISIT)
	yield from _period(visit.left_at, visit.company, wanted)
	for field in ("customer", "service_request"):
		if wanted.get(field):
			yield visit[field] == wanted[field]


def _period(day: Any, company: Any, wanted: Any) -> Iterator[Any]:
	if wanted.from_date:
		yield day >= getdate(wanted.from_date)
	if wanted.to_date:
		yield day < add_days(getdate(wanted.to_date), 1)
	if wanted.company:
		yield company == wanted.company


def _seen(query: Any, doctype: str, conditions: Iterable[Any]) -> list[Any]:
	"""The rows of the query that fulfil the conditions and that the reader may see."""
	for condition in conditions:
		query = query.where(condition)
	if condition := visible(doctype):
		query = query.where(condition)
	return query.run(as_dict=True)
