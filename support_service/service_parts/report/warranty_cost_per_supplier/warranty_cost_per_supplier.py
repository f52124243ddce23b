"""What warranties have cost us per supplier and month, and what suppliers have given back.

Cost: parts drawn on visits, as far as the decision of the visit says that a warranty pays. The supplier is the one the failed part came
from: by its serial number where that was bought with a number, else by the latest purchase of the item. Credit: submitted debit notes of Supplier Claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import add_days, flt, getdate

from support_service.foundation import currencies
from support_service.foundation.platform import visible
from support_service.foundation.reports import column, hidden_currency
from support_service.permissions import prices
from support_service.service_charging import supplier_claims
from support_service.service_charging.rules import details
from support_service.service_coverage.vocabulary import SourceKind

VISIT, DECISION, CLAIM = "Engineer Visit", "Coverage Decision", "Supplier Claim"
Key = tuple[str, str, str]  # supplier, month, currency


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary. filters: from_date, to_date (inclusive), company, supplier."""
	if not prices.sees_costs():
		frappe.throw(_("Costs are shown to leads, managers and accounts."), frappe.PermissionError)
	wanted = frappe._dict(filters or {})
	rows: dict[Key, dict[str, Any]] = {}
	for key, cost, visit in _costs(wanted):
		row = _row(rows, key)
		row["cost"] += cost
		row["of_visits"].add(visit)
	for key, claims, credited in _claims(wanted):
		row = _row(rows, key)
		row["claims"] += claims
		row["credited"] += credited
	found = [_rounded(row) for _key, row in sorted(rows.items(), key=lambda item: (item[0][1], item[0][0]))]
	found = [row for row in found if not wanted.supplier or row["supplier"] == wanted.supplier]
	return _columns(), found, None, _chart(found), _summary(found)


def _row(rows: dict[Key, dict[str, Any]], key: Key) -> dict[str, Any]:
	supplier, month, currency = key
	empty = {"supplier": supplier, "month": month, "currency": currency, "of_visits": set()}
	return rows.setdefault(key, {**empty, "cost": 0.0, "claims": 0, "credited": 0.0})


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
	digits = currencies.amount_decimals(row["currency"])
	cost, credited = flt(row["cost"], digits), flt(row["credited"], digits)
	visits = len(row.pop("of_visits"))
	return {**row, "visits": visits, "cost": cost, "credited": credited, "net": flt(cost - credited, digits)}


def _costs(wanted: Any) -> Iterator[tuple[Key, float, str]]:
	"""(supplier, month, currency), cost and visit of each piece of a part whose cost a warranty bears."""
	suppliers: dict[tuple[str, str | None], str] = {}
	for line in _lines(wanted):
		share = _share_of_warranty(line)
		cost = flt(line.amount) * flt(line.line_qty) / flt(line.qty) * share / 100 if flt(line.qty) else 0.0
		if not cost:
			continue
		item = line.removed_item_code or line.item_code
		numbers = [serial.strip() for serial in (line.removed_serial_nos or "").split("\n") if serial.strip()]
		pieces = numbers or [None]
		for serial in pieces:
			if (item, serial) not in suppliers:
				suppliers[item, serial] = _supplier(item, serial)
			key = (suppliers[item, serial], str(line.left_at)[:7], line.currency)
			yield key, cost / len(pieces), line.visit


def _supplier(item_code: str, serial_no: str | None) -> str:
	"""Who sold it; empty where no purchase is known."""
	found = supplier_claims.find_purchase(item_code, serial_no) if serial_no else None
	found = found or supplier_claims.find_purchase(item_code, None)
	return found.supplier if found else ""


def _share_of_warranty(line: Any) -> float:
	"""Percent of the line that warranties pay, a lead's override included."""
	portions = details.cut(details.portions_of(line.details), flt(line.covered_share))
	return sum(portion.share for portion in portions if portion.kind == SourceKind.WARRANTY)


def _lines(wanted: Any) -> list[Any]:
	visit, part, company = DocType(VISIT), DocType("Engineer Visit Part"), DocType("Company")
	decision, line = DocType(DECISION), DocType("Coverage Decision Line")
	query = (
		frappe.qb.from_(visit)
		.inner_join(decision)
		.on((decision.engineer_visit == visit.name) & (decision.status == "Current"))
		.inner_join(line)
		.on((line.parent == decision.name) & (line.covered_share > 0))
		.inner_join(part)
		.on((part.name == line.voucher_row) & (part.parent == visit.name))
		.inner_join(company)
		.on(company.name == visit.company)
		.select(
			visit.name.as_("visit"),
			visit.left_at,
			company.default_currency.as_("currency"),
			part.item_code,
			part.qty,
			part.amount,
			part.removed_item_code,
			part.removed_serial_nos,
			line.qty.as_("line_qty"),
			line.covered_share,
			line.details,
		)
		.where(visit.docstatus == 1)
	)
	for condition in _period(visit.left_at, visit.company, wanted):
		query = query.where(condition)
	if condition := visible(VISIT):
		query = query.where(condition)
	return query.run(as_dict=True)


def _claims(wanted: Any) -> Iterator[tuple[Key, int, float]]:
	"""(supplier, month, currency), number of claims and credit of each Supplier Claim: counted when made, credited when debited."""
	claim, note, company = DocType(CLAIM), DocType("Purchase Invoice"), DocType("Company")
	base = (
		frappe.qb.from_(claim)
		.inner_join(company)
		.on(company.name == claim.company)
		.select(claim.supplier, company.default_currency.as_("currency"))
	)
	made = base.select(claim.claimed_on.as_("day"))
	credited = (
		base.inner_join(note)
		.on((note.name == claim.debit_note) & (note.docstatus == 1) & (note.is_return == 1))
		.select(note.posting_date.as_("day"), note.base_net_total)
	)
	condition = visible(CLAIM)
	for query, day in ((made, claim.claimed_on), (credited, note.posting_date)):
		for part in (*_period(day, claim.company, wanted), *([condition] if condition else [])):
			query = query.where(part)
		for row in query.run(as_dict=True):
			key = (row.supplier, str(row.day)[:7], row.currency)
			amount = row.get("base_net_total")
			yield key, 1 if amount is None else 0, -flt(amount)


def _period(day: Any, company: Any, wanted: Any) -> Iterator[Any]:
	if wanted.from_date:
		yield day >= getdate(wanted.from_date)
	if wanted.to_date:
		yield day < add_days(getdate(wanted.to_date), 1)
	if wanted.company:
		yield company == wanted.company


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
