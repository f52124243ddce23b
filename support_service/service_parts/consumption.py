"""Parts that submitted visits have used, as the reports count them: only visits the reader may see, only items kept in stock.

The day of a visit is the day on which the engineer left. Amounts are what the parts cost when they were drawn, in the currency of the
visit's company, and are shown to whoever may see prices.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import CustomFunction, DocType
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_days, flt, getdate, strip_html

from support_service.foundation import reports
from support_service.foundation.platform import visible

VISIT, PART, CASE, UNIT, ITEM, COMPANY = (
	"Engineer Visit",
	"Engineer Visit Part",
	"Service Request",
	"Installed Unit",
	"Item",
	"Company",
)
LEFT = CustomFunction("left", ["text", "length"])
# what a report may be grouped by: value of the filter → column, its type and options
GROUPS = {
	"Product": ("product", "Link", "Item"),
	"Request Type": ("request_type", "Data", ""),
	"Cause": ("cause", "Data", ""),
	"Month": ("month", "Data", ""),
	"Team": ("team", "Link", "Service Team"),
	"Engineer": ("engineer", "Link", "Service Engineer"),
	"Customer": ("customer", "Link", "Customer"),
}


SUMS = ("qty", "cost", "visits", "pieces", "with_parts")


class UnknownGroupingError(frappe.ValidationError):
	"""A report cannot be grouped by that."""


class Tables:
	"""The tables of one query, under their names."""

	def __init__(self) -> None:
		self.visit, self.case, self.unit = DocType(VISIT), DocType(CASE), DocType(UNIT)
		self.part, self.item, self.company = DocType(PART), DocType(ITEM), DocType(COMPANY)

	def group(self, column: str) -> Any:
		"""The term that a column of GROUPS stands for."""
		return {
			"product": self.unit.item_code,
			"request_type": self.case.request_type,
			"cause": self.case.cause,
			"month": LEFT(self.visit.left_at, 7),  # 2026-01
		}.get(column, self.visit[column])


def group_of(name: str | None) -> tuple[str, str, str] | None:
	"""Column, type and options of a grouping; None for no grouping."""
	if not name:
		return None
	if name not in GROUPS:
		frappe.throw(
			_("Group by one of: {0}.").format(", ".join(_(group) for group in GROUPS)), UnknownGroupingError
		)
	return GROUPS[name]


def group_column(name: str | None) -> list[dict[str, Any]]:
	"""The column of a grouping, for the report; none for no grouping."""
	group = group_of(name)
	if not group:
		return []
	fieldname, fieldtype, options = group
	return [reports.column(fieldname, _(name), fieldtype, 160, options or "")]


def used(wanted: Any, group: str | None) -> list[dict[str, Any]]:
	"""Quantity, cost and number of visits per part, currency and, if given, column `group`; dearest first."""
	tables = Tables()
	keys = [tables.part.item_code, tables.company.default_currency]
	query = (
		_from(tables)
		.inner_join(tables.part)
		.on((tables.part.parent == tables.visit.name) & (tables.part.parenttype == VISIT))
		.inner_join(tables.item)
		.on((tables.item.name == tables.part.item_code) & (tables.item.is_stock_item == 1))
		.select(
			tables.part.item_code,
			tables.item.item_name,
			tables.item.stock_uom.as_("uom"),
			tables.company.default_currency.as_("currency"),
			Sum(tables.part.qty).as_("qty"),
			Sum(tables.part.amount).as_("cost"),
			Count(tables.visit.name).distinct().as_("visits"),
		)
	)
	if group:
		term = tables.group(group)
		query = query.select(term.as_(group))
		keys.append(term)
	for condition in _conditions(tables, wanted):
		query = query.where(condition)
	if wanted.item_code:
		query = query.where(tables.part.item_code == wanted.item_code)
	found = query.groupby(*keys, tables.item.item_name, tables.item.stock_uom).run(as_dict=True)
	found = _in_plain_words(found, group)
	return sorted(found, key=lambda row: (-(row["cost"] or 0), -row["qty"], row["item_code"]))


def visits(wanted: Any, group: str | None) -> list[dict[str, Any]]:
	"""Number of visits per currency and column `group`."""
	tables = Tables()
	query = _from(tables).select(
		tables.company.default_currency.as_("currency"), Count(tables.visit.name).as_("visits")
	)
	keys = [tables.company.default_currency]
	if group:
		term = tables.group(group)
		query, keys = query.select(term.as_(group)), [*keys, term]
	for condition in _conditions(tables, wanted):
		query = query.where(condition)
	return _in_plain_words(query.groupby(*keys).run(as_dict=True), group)


def drawn(wanted: Any, group: str | None) -> list[dict[str, Any]]:
	"""Pieces, cost and number of visits that used parts, per currency and column `group`."""
	tables = Tables()
	query = (
		_from(tables)
		.inner_join(tables.part)
		.on((tables.part.parent == tables.visit.name) & (tables.part.parenttype == VISIT))
		.inner_join(tables.item)
		.on((tables.item.name == tables.part.item_code) & (tables.item.is_stock_item == 1))
		.select(
			tables.company.default_currency.as_("currency"),
			Sum(tables.part.qty).as_("pieces"),
			Sum(tables.part.amount).as_("cost"),
			Count(tables.visit.name).distinct().as_("with_parts"),
		)
	)
	keys = [tables.company.default_currency]
	if group:
		term = tables.group(group)
		query, keys = query.select(term.as_(group)), [*keys, term]
	for condition in _conditions(tables, wanted):
		query = query.where(condition)
	return _in_plain_words(query.groupby(*keys).run(as_dict=True), group)


def _in_plain_words(rows: list[dict[str, Any]], group: str | None) -> list[dict[str, Any]]:
	"""Causes are formatted text: those that say the same become one row, whatever their format and their capital letters."""
	if group != "cause":
		return rows
	said: dict[str, str] = {}
	merged: dict[tuple[Any, ...], dict[str, Any]] = {}
	for row in rows:
		words = " ".join(unescape(strip_html((row["cause"] or "").replace("<", " <"))).split())
		row["cause"] = said.setdefault(words.casefold(), words)
		# a visit is about one case, and a case has one cause: no visit is counted twice
		same = merged.setdefault(tuple(row[name] for name in row if name not in SUMS), row)
		if same is not row:
			same.update({name: flt(same[name]) + flt(row[name]) for name in SUMS if name in row})
	return list(merged.values())


def _from(tables: Tables) -> Any:
	return (
		frappe.qb.from_(tables.visit)
		.inner_join(tables.case)
		.on(tables.case.name == tables.visit.service_request)
		.left_join(tables.unit)
		.on(tables.unit.name == tables.visit.installed_unit)
		.left_join(tables.company)
		.on(tables.company.name == tables.visit.company)
	)


def _conditions(tables: Tables, wanted: Any) -> Iterator[Any]:
	visit = tables.visit
	yield visit.docstatus == 1
	if wanted.from_date:
		yield visit.left_at >= getdate(wanted.from_date)
	if wanted.to_date:
		yield visit.left_at < add_days(getdate(wanted.to_date), 1)
	for field in ("company", "team", "engineer", "customer"):
		if wanted.get(field):
			yield visit[field] == wanted[field]
	if wanted.product:
		yield tables.unit.item_code == wanted.product
	if wanted.request_type:
		yield tables.case.request_type == wanted.request_type
	if condition := visible(VISIT):
		yield condition
