"""Devices that customers have on loan, by due date: what is out, where, since when, and how many days late today.

Read through `get_list`, so that everybody finds exactly the loans they may see.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, date_diff, flt, getdate

from support_service.foundation.reports import column
from support_service.service_parts.lateness import days_late
from support_service.service_parts.loans.lifecycle import OUT
from support_service.service_parts.loans.moves import LOAN, PIECE

LIMIT = 5000
READ = (
	"name",
	"status",
	"customer",
	"customer_name",
	"company",
	"service_request",
	"engineer",
	"handed_over_on",
	"until_date",
)
BY_FILTER = ("customer", "company", "engineer")
# up to so many days late; more is the last band
BANDS = ((0, "0"), (3, "1–3"), (7, "4–7"), (14, "8–14"))
BEYOND = "15+"


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message and chart, as Frappe's script reports return them.

	filters: customer, company, engineer, late_only.
	"""
	wanted = frappe._dict(filters or {})
	conditions: list[list[Any]] = [["status", "in", [status.value for status in OUT]]]
	conditions += [[field, "=", wanted[field]] for field in BY_FILTER if wanted.get(field)]
	rows = frappe.get_list(
		LOAN,
		filters=conditions,
		fields=list(READ),
		order_by="until_date asc, name asc",
		limit_page_length=LIMIT,
	)
	pieces = _pieces([row.name for row in rows])
	today = getdate()
	for row in rows:
		row.days_late = days_late(getdate(row.until_date), today)
		row.days_out = date_diff(today, row.handed_over_on) if row.handed_over_on else 0
		row.out, row.pieces = pieces.get(row.name, (0, ""))
		row.status = _(row.status, context=LOAN)
	if cint(wanted.late_only):
		rows = [row for row in rows if row.days_late]
	return _columns(), rows, None, _chart(rows)


def _pieces(loans: list[str]) -> dict[str, tuple[float, str]]:
	"""Loan → how many pieces are out, and which."""
	found: dict[str, tuple[float, str]] = {}
	for row in frappe.get_all(
		PIECE,
		filters={"parent": ("in", loans or [""]), "parenttype": LOAN},
		fields=["parent", "item_code", "serial_no", "qty", "returned_qty"],
		order_by="parent, idx",
	):
		if (out := flt(row.qty) - flt(row.returned_qty)) > 0:
			count, words = found.get(row.parent, (0.0, ""))
			what = row.serial_no or (row.item_code if out == 1 else f"{row.item_code} × {out:g}")
			found[row.parent] = (count + out, ", ".join(filter(None, (words, what))))
	return found


def _chart(rows: list[Any]) -> dict[str, Any] | None:
	if not rows:
		return None
	labels = [*(label for _days, label in BANDS), BEYOND]
	counts = dict.fromkeys(labels, 0)
	for row in rows:
		counts[next((label for days, label in BANDS if row.days_late <= days), BEYOND)] += 1
	in_time, *late = counts.values()
	# two colours on one axis: every band is a bar of one of them
	return {
		"type": "bar",
		"data": {
			"labels": [_("Not late"), *(_("{0} days").format(label) for label in labels[1:])],
			"datasets": [
				{"name": _("Not late"), "values": [in_time, *(0 for _band in late)]},
				{"name": _("Overdue"), "values": [0, *late]},
			],
		},
		"colors": ["#5b8def", "#e24c4c"],
		"barOptions": {"stacked": 1},
	}


def _columns() -> list[dict[str, Any]]:
	return [
		column("until_date", _("Due On"), "Date", 110),
		column("days_late", _("Days Late"), "Int", 100),
		column("customer", _("Customer"), "Link", 140, "Customer"),
		column("customer_name", _("Customer Name"), "Data", 180),
		column("pieces", _("Pieces"), "Data", 220),
		column("out", _("Out"), "Float", 70),
		column("status", _("Status"), "Data", 120),
		column("handed_over_on", _("Handed Over On"), "Datetime", 150),
		column("days_out", _("Days Out"), "Int", 90),
		column("engineer", _("Engineer"), "Link", 140, "Service Engineer"),
		column("service_request", _("Service Request"), "Link", 140, "Service Request"),
		column("name", _("Equipment Loan"), "Link", 140, LOAN),
	]
