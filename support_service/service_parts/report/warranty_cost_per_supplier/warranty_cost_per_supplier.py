"""What warranties have cost us in parts per supplier and month, and what suppliers have given back.

The supplier is the one the failed part came from. How costs and credits are counted: `service_parts/warranty_costs.py`.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import flt

from support_service.foundation import currencies
from support_service.foundation.reports import column, hidden_currency
from support_service.permissions import prices
from support_service.service_charging import purchases
from support_service.service_parts import warranty_costs

Key = tuple[str, str, str]  # supplier, month, currency


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary. filters: from_date, to_date (inclusive), company, supplier."""
	if not prices.sees_costs():
		frappe.throw(_("Costs are shown to leads, managers and accounts."), frappe.PermissionError)
	wanted = frappe._dict(filters or {})
	rows: dict[Key, dict[str, Any]] = {}
	costs = list(warranty_costs.of_parts(wanted))
	suppliers = purchases.suppliers_of({(cost.item_code, cost.serial_no) for cost in costs})
	for cost in costs:
		row = _row(rows, suppliers[cost.item_code, cost.serial_no], cost)
		row["cost"] += cost.amount
		row["of_visits"].add(cost.visit)
	for claim in warranty_costs.claims_made(wanted):
		_row(rows, claim.supplier, claim)["claims"] += 1
	for credit in warranty_costs.credits(wanted):
		_row(rows, credit.supplier, credit)["credited"] += credit.amount
	found = [_rounded(row) for _key, row in sorted(rows.items(), key=lambda item: (item[0][1], item[0][0]))]
	found = [row for row in found if not wanted.supplier or row["supplier"] == wanted.supplier]
	return _columns(), found, None, _chart(found), _summary(found)


def _row(rows: dict[Key, dict[str, Any]], supplier: str, what: Any) -> dict[str, Any]:
	"""The row of the supplier and of the month and currency of `what`."""
	month = str(what.day)[:7]
	empty = {"supplier": supplier, "month": month, "currency": what.currency, "of_visits": set()}
	return rows.setdefault(
		(supplier, month, what.currency), {**empty, "cost": 0.0, "claims": 0, "credited": 0.0}
	)


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
	digits = currencies.amount_decimals(row["currency"])
	cost, credited = flt(row["cost"], digits), flt(row["credited"], digits)
	visits = len(row.pop("of_visits"))
	return {**row, "visits": visits, "cost": cost, "credited": credited, "net": flt(cost - credited, digits)}


def _columns() -> list[dict[str, Any]]:
	return [
		column("supplier", _("Supplier"), "Link", 180, "Supplier"),
		column("month", _("Month"), "Data", 90),
		column("visits", _("Visits", context="Engineer Visit"), "Int", 90),
		column("cost", _("Warranty Cost"), "Currency", 130, "currency"),
		column("claims", _("Supplier Claims"), "Int", 120),
		column("credited", _("Credited"), "Currency", 130, "currency"),
		column("net", _("Left with Us"), "Currency", 130, "currency"),
		hidden_currency(),
	]


def _chart(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
	"""Cost and credit per month; amounts of several currencies stand in no one chart."""
	currencies = {row["currency"] for row in rows}
	if len(currencies) != 1:
		return None
	months = sorted({row["month"] for row in rows})

	def sums(key: str) -> list[float]:
		return [sum(row[key] for row in rows if row["month"] == month) for month in months]

	return {
		"type": "bar",
		"colors": ["#e24c4c", "#28a745"],
		"fieldtype": "Currency",
		"currency": currencies.pop(),
		"data": {
			"labels": months,
			"datasets": [
				{"name": _("Warranty Cost"), "values": sums("cost")},
				{"name": _("Credited"), "values": sums("credited")},
			],
		},
	}


def _summary(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
	cards = []
	for currency in sorted({row["currency"] for row in rows}):
		for key, label in (("cost", _("Warranty Cost")), ("credited", _("Credited"))):
			value = sum(row[key] for row in rows if row["currency"] == currency)
			cards.append({"label": label, "value": value, "datatype": "Currency", "currency": currency})
	return cards
