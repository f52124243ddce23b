"""What lies in the vans, what it is worth and how old it is; the own van without values, those of led teams with them."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, flt, nowdate

from support_service.permissions import named_links
from support_service.service_parts.vans import ageing, rights

SETTINGS = "Support Service Settings"
DEFAULT_AGED = 180  # days


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary.

	filters: engineer, team, warehouse, company, not_moved_for (days: only items that have not moved for so long), aged_only.
	"""
	wanted = frappe._dict(filters or {})
	named_links.require("Service Engineer", wanted.engineer, _("Service Engineer"))
	vans = {engineer.van_warehouse: engineer for engineer in rights.seen_engineers() if _chosen(engineer, wanted)}
	prices = rights.sees_prices()
	aged_after = cint(frappe.get_cached_doc(SETTINGS).van_aged_days) or DEFAULT_AGED
	rows = [row for row in _rows(vans, aged_after) if _shown(row, wanted)]
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


def _rows(vans: dict[str, Any], aged_after: int) -> list[dict[str, Any]]:
	ages = ageing.ages(list(vans), nowdate())
	rows = []
	for held in _held(list(vans)):
		engineer, age = vans[held.warehouse], ages.get((held.item_code, held.warehouse))
		company = frappe.get_cached_value("Warehouse", held.warehouse, "company")
		rows.append(
			{
				"warehouse": held.warehouse,
				"engineer": engineer.name,
				"team": engineer.team,
				"item_code": held.item_code,
				"item_name": held.item_name,
				"qty": flt(held.actual_qty),
				"uom": held.stock_uom,
				"value": flt(held.stock_value),
				"currency": frappe.get_cached_value("Company", company, "default_currency"),
				"oldest": age.oldest if age else None,
				"average_age": age.average if age else None,
				"idle": age.idle if age else None,
				"state": _state(flt(held.actual_qty), age, aged_after),
			}
		)
	return rows


def _state(qty: float, age: ageing.Age | None, aged_after: int) -> str:
	if qty < 0:
		return "Negative"
	return "Old" if age and age.oldest > aged_after else "Good"


def _held(vans: list[str]) -> list[Any]:
	bin, item = frappe.qb.DocType("Bin"), frappe.qb.DocType("Item")
	return (
		frappe.qb.from_(bin)
		.inner_join(item)
		.on(item.name == bin.item_code)
		.select(
			bin.warehouse, bin.item_code, bin.actual_qty, bin.stock_value, item.item_name, item.stock_uom
		)
		.where(bin.warehouse.isin(vans or [""]) & (bin.actual_qty != 0))
		.orderby(bin.warehouse, bin.item_code)
	).run(as_dict=True)


def _shown(row: dict[str, Any], wanted: Any) -> bool:
	idle = cint(wanted.not_moved_for)
	if idle and (row["idle"] is None or row["idle"] < idle):
		return False
	return not cint(wanted.aged_only) or row["state"] != "Good"


def _columns(prices: bool) -> list[dict[str, Any]]:
	link = "Link"
	columns = [
		("warehouse", _("Van Warehouse"), link, "Warehouse", 160),
		("engineer", _("Service Engineer"), link, "Service Engineer", 140),
		("team", _("Team"), link, "Service Team", 120),
		("item_code", _("Item"), link, "Item", 140),
		("item_name", _("Item Name"), "Data", None, 160),
		("qty", _("Quantity"), "Float", None, 90),
		("uom", _("UOM"), link, "UOM", 70),
		*([("value", _("Value"), "Currency", "currency", 120)] if prices else []),
		("oldest", _("Oldest (Days)"), "Int", None, 100),
		("average_age", _("Average Age (Days)"), "Float", None, 110),
		("idle", _("Not Moved for (Days)"), "Int", None, 110),
		("state", _("Condition"), "Data", None, 90),
	]
	found = [
		{"fieldname": name, "label": label, "fieldtype": kind, "options": options, "width": width}
		for name, label, kind, options, width in columns
	]
	hidden = {"fieldname": "currency", "fieldtype": "Link", "options": "Currency", "hidden": 1}
	return [*found, *([{**hidden, "label": _("Currency")}] if prices else [])]


def _chart(rows: list[dict[str, Any]], vans: dict[str, Any], prices: bool) -> dict[str, Any] | None:
	"""Value per van, of one currency only; for whoever sees no values how many items each holds."""
	currencies = {row.get("currency") for row in rows}
	if not rows or (prices and len(currencies) > 1):
		return None
	measured: dict[str, float] = {}
	for row in rows:
		measured[row["warehouse"]] = measured.get(row["warehouse"], 0) + (row["value"] if prices else 1)
	name = _("Value") if prices else _("Items")
	chart = {
		"type": "bar",
		"data": {"labels": list(measured), "datasets": [{"name": name, "values": list(measured.values())}]},
	}
	if prices:
		chart.update({"fieldtype": "Currency", "currency": currencies.pop()})
	return chart


def _summary(rows: list[dict[str, Any]], prices: bool) -> list[dict[str, Any]]:
	cards = [{"label": _("Items"), "value": len(rows), "datatype": "Int", "indicator": "Blue"}]
	for state, label, colour in (("Old", _("Old Stock"), "Orange"), ("Negative", _("Below Zero"), "Red")):
		number = sum(1 for row in rows if row["state"] == state)
		cards.append(
			{"label": label, "value": number, "datatype": "Int", "indicator": colour if number else "Green"}
		)
	for currency in sorted({row["currency"] for row in rows} if prices else ()):
		value = sum(row["value"] for row in rows if row["currency"] == currency)
		cards.append({"label": _("Value"), "value": value, "datatype": "Currency", "currency": currency})
	return cards
