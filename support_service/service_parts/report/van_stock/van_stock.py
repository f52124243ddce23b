"""What lies in the vans, what it is worth and how old it is; the own van without values, those of led teams with them."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from support_service.foundation.reports import column, hidden_currency
from support_service.permissions import named_links
from support_service.permissions import prices as who_sees
from support_service.service_parts.vans import contents, rights

WRONG = (
	(contents.OLD, "Orange"),
	(contents.LEFT_BEHIND, "Red"),
	(contents.NEGATIVE, "Red"),
)


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary.

	filters: engineer, team, warehouse, company, not_moved_for (days: only items that have not moved for so long), aged_only (only
	what is old, left behind or below zero).
	"""
	wanted = frappe._dict(filters or {})
	named_links.require("Service Engineer", wanted.engineer, _("Service Engineer"))
	vans = {
		engineer.van_warehouse: engineer for engineer in rights.seen_engineers() if _chosen(engineer, wanted)
	}
	prices = who_sees.sees_costs()
	rows = [row for row in contents.of(vans) if _shown(row, wanted)]
	if not prices:
		for row in rows:
			for name in ("value", "currency"):
				row.pop(name)
	return _columns(prices), rows, None, _chart(rows, vans, prices), _summary(rows, prices)


def _chosen(engineer: Any, wanted: Any) -> bool:
	asked = {"name": wanted.engineer, "team": wanted.team, "van_warehouse": wanted.warehouse}
	if any(value and engineer[key] != value for key, value in asked.items()):
		return False
	company = frappe.get_cached_value("Warehouse", engineer.van_warehouse, "company")
	return not wanted.company or company == wanted.company


def _shown(row: dict[str, Any], wanted: Any) -> bool:
	idle = cint(wanted.not_moved_for)
	if idle and (row["idle"] is None or row["idle"] < idle):
		return False
	return not cint(wanted.aged_only) or row["state"] != contents.GOOD


def _columns(prices: bool) -> list[dict[str, Any]]:
	columns = [
		column("warehouse", _("Van Warehouse"), "Link", 160, "Warehouse"),
		column("engineer", _("Service Engineer"), "Link", 140, "Service Engineer"),
		column("engineer_name", _("Engineer Name"), "Data", 140),
		column("team", _("Team"), "Link", 120, "Service Team"),
		column("item_code", _("Item"), "Link", 140, "Item"),
		column("item_name", _("Item Name"), "Data", 160),
		column("qty", _("Quantity"), "Float", 90),
		column("uom", _("UOM"), "Link", 70, "UOM"),
		*([column("value", _("Value", context="Van Count"), "Currency", 120, "currency")] if prices else []),
		column("oldest", _("Oldest (Days)"), "Int", 100),
		column("average_age", _("Average Age (Days)"), "Float", 110),
		column("idle", _("Not Moved for (Days)"), "Int", 110),
		column("state", _("Condition", context="Equipment Loan"), "Data", 90),
	]
	return [*columns, hidden_currency()] if prices else columns


def _chart(rows: list[dict[str, Any]], vans: dict[str, Any], prices: bool) -> dict[str, Any] | None:
	"""Value per van, of one currency only; for whoever sees no values how many items each holds."""
	currencies = {row.get("currency") for row in rows}
	if not rows or (prices and len(currencies) > 1):
		return None
	measured: dict[str, float] = {}
	for row in rows:
		measured[row["warehouse"]] = measured.get(row["warehouse"], 0) + (row["value"] if prices else 1)
	name = _("Value", context="Van Count") if prices else _("Items")
	chart = {
		"type": "bar",
		"data": {"labels": list(measured), "datasets": [{"name": name, "values": list(measured.values())}]},
	}
	if prices:
		chart.update({"fieldtype": "Currency", "currency": currencies.pop()})
	return chart


def _summary(rows: list[dict[str, Any]], prices: bool) -> list[dict[str, Any]]:
	cards = [{"label": _("Items"), "value": len(rows), "datatype": "Int", "indicator": "Blue"}]
	labels = {
		contents.OLD: _("Old Stock"),
		contents.LEFT_BEHIND: _("Left Behind"),
		contents.NEGATIVE: _("Below Zero"),
	}
	for state, colour in WRONG:
		number = sum(1 for row in rows if row["state"] == state)
		cards.append(
			{
				"label": labels[state],
				"value": number,
				"datatype": "Int",
				"indicator": colour if number else "Green",
			}
		)
	for currency in sorted({row["currency"] for row in rows} if prices else ()):
		value = sum(row["value"] for row in rows if row["currency"] == currency)
		cards.append(
			{
				"label": _("Value", context="Van Count"),
				"value": value,
				"datatype": "Currency",
				"currency": currency,
			}
		)
	return cards
