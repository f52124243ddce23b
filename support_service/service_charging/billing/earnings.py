"""What a case cost us, what it charges and what is left: read from the ledgers at the moment somebody asks.

Parts cost what the stock ledger says by now, with later landed costs and reposts. An hour costs what ERPNext's Timesheet of the
visit says, else what its Activity Cost says of the engineer's Employee, else what the activity costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import frappe
from frappe.query_builder.functions import Sum
from frappe.utils import cint, flt

from support_service.foundation import currencies
from support_service.service_charging.billing import balances
from support_service.service_charging.billing.timesheets import ACTIVITY, DETAIL, TIMESHEET
from support_service.service_charging.decision.lines import hours_of
from support_service.service_charging.decision.store import CASE, CURRENT, DECISION, SALE, WORK_DONE
from support_service.service_charging.rules.earnings import Earnings
from support_service.service_coverage.vocabulary import Kind

VISIT_FIELDS = (
	"name",
	"engineer",
	"company",
	"work_minutes",
	"travel_minutes",
	"arrived_at",
	"arrived_utc",
	"left_at",
	"left_utc",
)


def of_case(request: str) -> dict[str, Any]:
	"""The amounts of the case in its company's currency: those of `Earnings`, with cost, margin, percent, open, is_whole."""
	found = _earnings(request)
	shown = ("parts", "labour", "travel", "charged", "covered", "billed", "credited")
	computed = ("cost", "margin", "percent", "open", "is_whole")
	company = frappe.db.get_value(CASE, request, "company")
	return {
		"currency": currencies.of_company(company) if company else None,
		**{name: getattr(found, name) for name in (*shown, *computed)},
	}


def _earnings(request: str) -> Earnings:
	company = frappe.db.get_value(CASE, request, "company")
	digits = currencies.amount_decimals(currencies.of_company(company) if company else None)
	done = frappe.get_all(
		DECISION,
		{"service_request": request, "stage": ("in", (WORK_DONE, SALE)), "status": CURRENT},
		["charged_amount", "covered_amount"],
	)
	billed, credited = _billed(request)
	hours = _hours(request)
	return Earnings(
		parts=flt(_parts(request), digits),
		labour=_sum(hours[Kind.LABOUR], digits),
		travel=_sum(hours[Kind.TRAVEL], digits),
		charged=flt(sum(row.charged_amount for row in done), digits),
		covered=flt(sum(row.covered_amount for row in done), digits),
		billed=flt(billed, digits),
		credited=flt(credited, digits),
		digits=digits,
	)


def _parts(request: str) -> float:
	"""Value of the goods that the Stock Entries of the case took out of stock, less what they put in."""
	entry, ledger = frappe.qb.DocType("Stock Entry"), frappe.qb.DocType("Stock Ledger Entry")
	total = (
		frappe.qb.from_(ledger)
		.join(entry)
		.on((ledger.voucher_type == "Stock Entry") & (ledger.voucher_no == entry.name))
		.select(Sum(ledger.stock_value_difference))
		.where((entry.service_request == request) & (entry.docstatus == 1) & (ledger.is_cancelled == 0))
		.run()
	)
	return -flt(total[0][0]) - _sold(request)


def _sold(request: str) -> float:
	"""What ERPNext delivered of the parts sold on the case changed in the value of stock."""
	sales = frappe.get_all(DECISION, {"service_request": request, "stage": SALE}, pluck="name")
	if not sales:
		return 0.0
	ordered = frappe.get_all("Sales Order Item", {"coverage_decision": ("in", sales)}, pluck="name")
	rows = {
		"Delivery Note": frappe.get_all(
			"Delivery Note Item", {"so_detail": ("in", ordered or [""])}, pluck="name"
		),
		"Sales Invoice": frappe.get_all(
			"Sales Invoice Item", {"coverage_decision": ("in", sales)}, pluck="name"
		),
	}
	return sum(
		sum(
			frappe.get_all(
				"Stock Ledger Entry",
				{"voucher_type": kind, "voucher_detail_no": ("in", names or [""]), "is_cancelled": 0},
				pluck="stock_value_difference",
			)
		)
		for kind, names in rows.items()
	)


def _billed(request: str) -> tuple[float, float]:
	names = frappe.get_all(DECISION, {"service_request": request}, pluck="name")
	rows = [row for row in balances.invoice_rows(names) if row.docstatus == 1] if names else []
	agreed = balances.agreed_rates(names) if names else {}
	amounts = [balances.worth(row, agreed) for row in rows]
	return sum(one for one in amounts if one > 0), -sum(one for one in amounts if one < 0)


def hours_of_visits(visits: Sequence[str]) -> dict[str, dict[Kind, float | None]]:
	"""Submitted visit → kind of work → what its hours cost; None where nobody knows. What took no time is left out."""
	found: dict[str, dict[Kind, float | None]] = {}
	rows = frappe.get_all("Engineer Visit", {"name": ("in", [*visits, ""]), "docstatus": 1}, VISIT_FIELDS)
	if not rows:
		return found
	settings = frappe.get_cached_doc("Support Service Settings")
	activities = {kind: settings.get(field) for kind, field in ACTIVITY.items()}
	written = _written_down([visit.name for visit in rows])
	for visit in rows:
		costs = found.setdefault(visit.name, {})
		hours = {Kind.LABOUR: hours_of(visit), Kind.TRAVEL: cint(visit.travel_minutes) / 60}
		for kind, spent in hours.items():
			if not spent:
				continue
			if visit.name in written:
				# one activity for both kinds: what it cost is counted once, as labour
				costs[kind] = written[visit.name].pop(activities[kind], 0.0)
			else:
				rate = _rate(visit.engineer, activities[kind])
				costs[kind] = None if rate is None else spent * rate
	return found


def _hours(request: str) -> dict[Kind, list[float | None]]:
	"""Kind of work → what it cost at each submitted visit; None where nobody knows."""
	visits = frappe.get_all("Engineer Visit", {"service_request": request, "docstatus": 1}, pluck="name")
	found: dict[Kind, list[float | None]] = {Kind.LABOUR: [], Kind.TRAVEL: []}
	for costs in hours_of_visits(visits).values():
		for kind, cost in costs.items():
			found[kind].append(cost)
	return found


def _written_down(visits: list[str]) -> dict[str, dict[str | None, float]]:
	"""Visit → activity → what its submitted Timesheet says the hours cost."""
	sheet, row = frappe.qb.DocType(TIMESHEET), frappe.qb.DocType(DETAIL)
	found = (
		frappe.qb.from_(row)
		.join(sheet)
		.on(sheet.name == row.parent)
		.select(sheet.engineer_visit, row.activity_type, Sum(row.base_costing_amount))
		.where(sheet.engineer_visit.isin(visits) & (sheet.docstatus == 1))
		.groupby(sheet.engineer_visit, row.activity_type)
		.run()
	)
	costs: dict[str, dict[str | None, float]] = {}
	for visit, activity, cost in found:
		costs.setdefault(visit, {})[activity] = flt(cost)
	return costs


def _rate(engineer: str, activity: str | None) -> float | None:
	"""What an hour of the activity costs; None where ERPNext has no rate."""
	if not activity:
		return None
	employee = frappe.get_cached_value("Service Engineer", engineer, "employee")
	for doctype, filters in _rates(employee, activity):
		if rate := flt(frappe.db.get_value(doctype, filters, "costing_rate")):
			return rate
	return None


def _rates(employee: str | None, activity: str) -> Iterator[tuple[str, dict[str, str]]]:
	if employee:
		yield "Activity Cost", {"employee": employee, "activity_type": activity}
	yield "Activity Type", {"name": activity}


def _sum(amounts: list[float | None], digits: int) -> float | None:
	"""None where one of them is not known."""
	known = [amount for amount in amounts if amount is not None]
	return flt(sum(known), digits) if len(known) == len(amounts) else None
