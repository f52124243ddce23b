"""What the warranty has cost us for each request: parts, labour and travel, less what suppliers have credited for it.

A request is in the report if a visit of the period worked under a warranty; what was credited for it counts whenever that was. How
costs and credits are counted: `service_parts/warranty_costs.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

import frappe
from frappe import _
from frappe.utils import flt

from support_service.foundation import currencies
from support_service.foundation.reports import column, hidden_currency
from support_service.permissions import prices
from support_service.service_coverage.vocabulary import Kind
from support_service.service_parts import warranty_costs
from support_service.service_parts.warranty_costs import Cost

CASE = "Service Request"
PLACE = {Kind.PART: "parts", Kind.LABOUR: "labour", Kind.TRAVEL: "travel"}
MOST_BARS = 10


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary. filters: from_date, to_date (inclusive), company, customer, service_request."""
	if not prices.sees_costs():
		frappe.throw(_("Costs are shown to leads, managers and accounts."), frappe.PermissionError)
	wanted = frappe._dict(filters or {})
	rows = _per_request(chain(warranty_costs.of_parts(wanted), warranty_costs.of_hours(wanted)))
	for credit in warranty_costs.credits(frappe._dict(company=wanted.company), rows):
		rows[credit.request]["credited"] += credit.amount
	facts = _facts(rows)
	found = [_finished(row, facts[name]) for name, row in rows.items()]
	found.sort(key=lambda row: (-row["net"], row["service_request"]))
	return _columns(), found, None, _chart(found), _summary(found)


def _per_request(costs: Iterable[Cost]) -> dict[str, dict[str, Any]]:
	rows: dict[str, dict[str, Any]] = {}
	for cost in costs:
		empty = {"service_request": cost.request, "currency": cost.currency, "of_visits": set()}
		row = rows.setdefault(
			cost.request, {**empty, "parts": 0.0, "labour": 0.0, "travel": 0.0, "credited": 0.0}
		)
		row["of_visits"].add(cost.visit)
		place = PLACE[Kind(cost.kind)]
		# what nobody knows is not nothing
		row[place] = None if cost.amount is None or row[place] is None else row[place] + cost.amount
	return rows


def _facts(requests: Iterable[str]) -> dict[str, Any]:
	rows = frappe.get_all(
		CASE,
		filters={"name": ("in", [*requests, ""])},
		fields=["name", "customer", "installed_unit", "serial_label"],
		order_by=None,
	)
	return {row.name: row for row in rows}


def _finished(row: dict[str, Any], fact: Any) -> dict[str, Any]:
	digits = currencies.amount_decimals(row["currency"])
	amounts = {
		name: None if row[name] is None else flt(row[name], digits) for name in (*PLACE.values(), "credited")
	}
	cost = flt(sum(flt(amounts[name]) for name in PLACE.values()), digits)
	visits = len(row.pop("of_visits"))
	fact = {name: fact[name] for name in ("customer", "installed_unit", "serial_label")}
	return {
		**row,
		**fact,
		**amounts,
		"visits": visits,
		"cost": cost,
		"net": flt(cost - amounts["credited"], digits),
	}


def _columns() -> list[dict[str, Any]]:
	def amount(name: str, label: str) -> dict[str, Any]:
		return column(name, label, "Currency", 120, "currency")

	return [
		column("service_request", _("Service Request"), "Link", 150, CASE),
		column("customer", _("Customer"), "Link", 160, "Customer"),
		column("installed_unit", _("Installed Unit"), "Link", 130, "Installed Unit"),
		column("serial_label", _("Serial No"), "Data", 130),
		column("visits", _("Visits", context="Engineer Visit"), "Int", 80),
		amount("parts", _("Parts")),
		amount("labour", _("Labour")),
		amount("travel", _("Travel")),
		amount("cost", _("Warranty Cost")),
		amount("credited", _("Credited")),
		amount("net", _("Left with Us")),
		hidden_currency(),
	]


def _chart(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
	"""The dearest requests; amounts of several currencies stand in no one chart."""
	if len({row["currency"] for row in rows}) != 1:
		return None
	dearest = sorted(rows, key=lambda row: (-row["cost"], row["service_request"]))[:MOST_BARS]
	return {
		"type": "bar",
		"colors": ["#e24c4c", "#28a745"],
		"fieldtype": "Currency",
		"currency": rows[0]["currency"],
		"data": {
			"labels": _short([row["service_request"] for row in dearest]),
			"datasets": [
				{"name": _("Warranty Cost"), "values": [row["cost"] for row in dearest]},
				{"name": _("Credited"), "values": [row["credited"] for row in dearest]},
			],
		},
	}


def _short(names: list[str]) -> list[str]:
	"""Names without the part of their series that all share: a bar has room for the number only. One alone keeps its name."""
	if len(names) < 2:
		return names
	split = [name.split("-") for name in names]
	shared = next((place for place, parts in enumerate(zip(*split, strict=False)) if len(set(parts)) > 1), 0)
	return ["-".join(parts[shared:]) for parts in split]


def _summary(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
	cards = []
	for currency in sorted({row["currency"] for row in rows}):
		own = [row for row in rows if row["currency"] == currency]
		for value, label in (
			(sum(row["cost"] for row in own), _("Warranty Cost")),
			(sum(row["cost"] for row in own) / len(own), _("Cost per Request")),
			(sum(row["credited"] for row in own), _("Credited")),
		):
			digits = currencies.amount_decimals(currency)
			cards.append(
				{"label": label, "value": flt(value, digits), "datatype": "Currency", "currency": currency}
			)
	return cards
