"""How many parts a visit uses: visits with and without parts, pieces and cost per visit; visits without parts count."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import flt

from support_service.foundation import currencies
from support_service.service_parts import consumption
from support_service.service_parts.vans.rights import sees_prices

DEFAULT_GROUP = "Month"


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary. filters: as of Part Consumption, without item_code."""
	wanted = frappe._dict(filters or {})
	name = wanted.group_by or DEFAULT_GROUP
	group = consumption.group_of(name)
	column = group[0] if group else None
	prices = sees_prices()
	used = {(row.get(column), row["currency"]): row for row in consumption.drawn(wanted, column)}
	rows = [
		_row(visits, used.get((visits.get(column), visits["currency"])), column, prices)
		for visits in consumption.visits(wanted, column)
	]
	rows.sort(key=lambda row: str(row[column] or ""))
	summary = _summary(rows)
	for row in rows:
		if column == "request_type" and (kind := row[column]):
			row[column] = _(kind, context="Service Request")
	return [*consumption.group_column(name), *_columns(prices)], rows, None, _chart(rows, column), summary


def _row(
	visits: dict[str, Any], used: dict[str, Any] | None, column: str | None, prices: bool
) -> dict[str, Any]:
	pieces, number = flt(used["pieces"]) if used else 0.0, visits["visits"]
	row = {
		column: visits.get(column),
		"visits": number,
		"with_parts": used["with_parts"] if used else 0,
		"pieces": pieces,
		"per_visit": flt(pieces / number, 2),
	}
	if prices:
		cost = flt(used["cost"]) if used else 0.0
		currency = visits["currency"]
		each = flt(cost / number, currencies.amount_decimals(currency))
		row.update({"cost": cost, "cost_per_visit": each, "currency": currency})
	return row


def _columns(prices: bool) -> list[dict[str, Any]]:
	columns = [
		("visits", _("Visits", context="Engineer Visit"), "Int", None, 100),
		("with_parts", _("Visits with Parts"), "Int", None, 120),
		("pieces", _("Pieces"), "Float", None, 100),
		("per_visit", _("Pieces per Visit"), "Float", None, 120),
	]
	if prices:
		columns += [
			("cost", _("Cost"), "Currency", "currency", 120),
			("cost_per_visit", _("Cost per Visit"), "Currency", "currency", 120),
		]
	found = [
		{"fieldname": name, "label": label, "fieldtype": kind, "options": options, "width": width}
		for name, label, kind, options, width in columns
	]
	# no link: not everybody may read ERPNext's currencies
	currency = {"fieldname": "currency", "label": _("Currency"), "fieldtype": "Data"}
	return [*found, *([{**currency, "hidden": 1}] if prices else [])]


def _chart(rows: list[dict[str, Any]], column: str | None) -> dict[str, Any] | None:
	"""Pieces per visit; groups that occur in two currencies are counted together."""
	totals: dict[str, tuple[float, int]] = {}
	for row in rows:
		label = str(row[column] or _("None"))
		pieces, visits = totals.get(label, (0.0, 0))
		totals[label] = (pieces + row["pieces"], visits + row["visits"])
	if not totals:
		return None
	values = [flt(pieces / visits, 2) for pieces, visits in totals.values()]
	return {
		"type": "line" if column == "month" else "bar",
		"data": {"labels": list(totals), "datasets": [{"name": _("Pieces per Visit"), "values": values}]},
	}


def _summary(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
	visits, pieces = sum(row["visits"] for row in rows), sum(row["pieces"] for row in rows)
	cards = [
		{
			"label": _("Visits", context="Engineer Visit"),
			"value": visits,
			"datatype": "Int",
			"indicator": "Blue",
		}
	]
	if visits:
		average = {"label": _("Pieces per Visit"), "value": flt(pieces / visits, 2), "datatype": "Float"}
		cards.append({**average, "indicator": "Blue"})
	return cards
