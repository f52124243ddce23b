"""Which parts visits have used, how many and for how much: per part and, if wanted, one of `consumption.GROUPS`."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import flt

from support_service.foundation.reports import column, hidden_currency
from support_service.permissions import prices as who_sees
from support_service.service_parts import consumption

MOST_BARS = 10


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary.

	filters: from_date and to_date (day the engineer left, inclusive), group_by (of consumption.GROUPS), company, team, engineer,
	customer, product, request_type, item_code.
	"""
	wanted = frappe._dict(filters or {})
	group = consumption.group_of(wanted.group_by)
	prices = who_sees.sees_costs()
	rows = consumption.used(wanted, group[0] if group else None)
	for row in rows:
		if kind := row.get("request_type"):
			row["request_type"] = _(kind, context="Service Request")
		if not prices:
			row.pop("cost"), row.pop("currency")
	if not prices:
		rows.sort(key=lambda row: (-row["qty"], row["item_code"]))
	columns = [*consumption.group_column(wanted.group_by), *_columns(prices)]
	return columns, rows, None, _chart(rows, group[0] if group else None), _summary(rows, prices)


def _columns(prices: bool) -> list[dict[str, Any]]:
	columns = [
		column("item_code", _("Part"), "Link", 160, "Item"),
		column("item_name", _("Item Name"), "Data", 180),
		column("qty", _("Quantity"), "Float", 100),
		column("uom", _("UOM"), "Link", 80, "UOM"),
		column("visits", _("Visits", context="Engineer Visit"), "Int", 90),
		*([column("cost", _("Cost"), "Currency", 130, "currency")] if prices else []),
	]
	return [*columns, hidden_currency()] if prices else columns


def _chart(rows: list[dict[str, Any]], group: str | None) -> dict[str, Any] | None:
	"""Pieces of the parts used most; with a grouping, pieces of the groups that used most."""
	pieces: dict[str, float] = {}
	for row in rows:
		label = str(row[group] or _("None")) if group else row["item_code"]
		pieces[label] = pieces.get(label, 0) + flt(row["qty"])
	most = sorted(pieces.items(), key=lambda bar: (-bar[1], bar[0]))[:MOST_BARS]
	if group == "month":
		most.sort()
	if not most:
		return None
	return {
		"type": "bar",
		"data": {
			"labels": [label for label, _qty in most],
			"datasets": [{"name": _("Quantity"), "values": [qty for _label, qty in most]}],
		},
	}


def _summary(rows: list[dict[str, Any]], prices: bool) -> list[dict[str, Any]]:
	cards = [
		{
			"label": _("Different Parts"),
			"value": len({row["item_code"] for row in rows}),
			"datatype": "Int",
			"indicator": "Blue",
		}
	]
	for currency in sorted({row["currency"] or "" for row in rows} if prices else ()):
		cost = sum(flt(row["cost"]) for row in rows if (row["currency"] or "") == currency)
		cards.append({"label": _("Cost"), "value": cost, "datatype": "Currency", "currency": currency})
	return cards
