"""Removed parts that are to come back and have not, by due date: who brings them, from where, and how many days late today.

Read through `get_list`, so that everybody finds exactly the parts they may see.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate

from support_service.foundation.reports import column
from support_service.service_parts import lateness
from support_service.service_parts.removed import record
from support_service.service_parts.removed.lifecycle import Status

LIMIT = 5000
READ = (
	"name",
	"item_code",
	"serial_no",
	"qty",
	"uom",
	"due_on",
	"handed_in_on",
	"comes_back_with",
	"engineer",
	"team",
	"customer",
	"service_request",
)
BY_FILTER = ("engineer", "team", "customer", "company")
MOST_BARS = 15


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message and chart. filters: engineer, team, customer, company, late_only."""
	wanted = frappe._dict(filters or {})
	conditions: list[list[Any]] = [["status", "=", Status.DUE.value]]
	conditions += [[field, "=", wanted[field]] for field in BY_FILTER if wanted.get(field)]
	rows = frappe.get_list(
		record.DOCTYPE,
		filters=conditions,
		fields=list(READ),
		order_by="due_on asc, name asc",
		limit_page_length=LIMIT,
	)
	today = getdate()
	for row in rows:
		row.days_late = lateness.days_late(getdate(row.due_on) if row.due_on else None, today)
		row.comes_back_with = _(row.comes_back_with, context=record.DOCTYPE)
	if cint(wanted.late_only):
		rows = [row for row in rows if row.days_late]
	return _columns(), rows, None, _chart(rows)


def _chart(rows: list[Any]) -> dict[str, Any] | None:
	"""Parts per engineer, in time and late, most late first."""
	if not rows:
		return None
	counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
	for row in rows:
		counts[row.engineer or ""][bool(row.days_late)] += 1
	shown = sorted(counts, key=lambda name: (-counts[name][1], -counts[name][0], name))[:MOST_BARS]
	# whoever sees the part may know who brings it back
	names = dict(
		frappe.get_all(
			"Service Engineer",
			{"name": ("in", shown)},
			["name", "engineer_name"],
			order_by=None,
			as_list=True,
		)
	)
	return {
		"type": "bar",
		"data": {
			"labels": [names.get(name) or name or _("None") for name in shown],
			"datasets": [
				{"name": _("In Time"), "values": [counts[name][0] for name in shown]},
				{"name": _("Overdue"), "values": [counts[name][1] for name in shown]},
			],
		},
		"colors": ["#5b8def", "#e24c4c"],
		"barOptions": {"stacked": 1},
	}


def _columns() -> list[dict[str, Any]]:
	return [
		column("due_on", _("Due Back on"), "Date", 110),
		column("days_late", _("Days Late"), "Int", 100),
		column("item_code", _("Item"), "Link", 160, "Item"),
		column("serial_no", _("Serial Number"), "Data", 140),
		column("qty", _("Quantity"), "Float", 90),
		column("uom", _("UOM"), "Link", 70, "UOM"),
		column("engineer", _("Engineer"), "Link", 140, "Service Engineer"),
		column("team", _("Team"), "Link", 130, "Service Team"),
		column("comes_back_with", _("Comes Back with"), "Data", 120),
		column("handed_in_on", _("Handed in on"), "Datetime", 150),
		column("customer", _("Customer"), "Link", 140, "Customer"),
		column("service_request", _("Service Request"), "Link", 140, "Service Request"),
		column("name", _("Removed Part"), "Link", 140, record.DOCTYPE),
	]
