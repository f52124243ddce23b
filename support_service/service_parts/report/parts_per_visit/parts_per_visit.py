"""How many parts a visit uses: visits with and without parts, pieces and cost per visit; visits without parts count."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import flt

from support_service.foundation import currencies
from support_service.foundation.reports import column, hidden_currency
from support_service.permissions import prices as who_sees
from support_service.service_parts import consumption

DEFAULT_GROUP = "Month"


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary. filters: as of Part Consumption, without item_code."""
	wanted = frappe._dict(filters or {})
	name = wanted.group_by or DEFAULT_GROUP
	group = consumption.group_of(name)
	key = group[0] if group else None
	prices = who_sees.sees_costs()
	used = {(row.get(key), row["currency"]): row for row in consumption.drawn(wanted, key)}
	rows = [
		_row(visits, used.get((visits.get(key), visits["currency"])), key, prices)
		for visits in consumption.visits(wanted, key)
	]
	rows.sort(key=lambda row: str(row[key] or ""))
	summary = _summary(rows)
	for row in rows:
		if key == "request_type" and (kind := row[key]):
			row[key] = _(kind, context="Service Request")
	return [*consumption.group_column(name), *_columns(prices)], rows, None, _chart(rows, key), summary


def _row(
	visits: dict[str, Any], used: dict[str, Any] | None, key: str | None, prices: bool
) -> dict[str, Any]:
	pieces, number = flt(used["pieces"]) if used else 0.0, visits["visits"]
	row = {
		key: visits.get(key),
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
		column("visits", _("Visits", context="Engineer Visit"), "Int", 100),
		column("with_parts", _("Visits with Parts"), "Int", 120),
		column("pieces", _("Pieces Drawn"), "Float", 100),
		column("per_visit", _("Pieces per Visit"), "Float", 120),
	]
	if prices:
		columns += [
			column("cost", _("Cost"), "Currency", 120, "currency"),
			column("cost_per_visit", _("Cost per Visit"), "Currency", 120, "currency"),
		]
	return [*columns, hidden_currency()] if prices else columns


def _chart(rows: list[dict[str, Any]], key: str | None) -> dict[str, Any] | None:
	"""Pieces per visit; groups that occur in two currencies are counted together."""
	totals: dict[str, tuple[float, int]] = {}
	for row in rows:
		label = str(row[key] or _("None"))
		pieces, visits = totals.get(label, (0.0, 0))
		totals[label] = (pieces + row["pieces"], visits + row["visits"])
	if not totals:
		return None
	values = [flt(pieces / visits, 2) for pieces, visits in totals.values()]
	return {
		# a line through one month would be a dot
		"type": "line" if key == "month" and len(values) > 1 else "bar",
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
