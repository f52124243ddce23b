"""Contracts whose term ends in a range of days, the next first: what is proposed, what renews by itself, what is left.

Read through `get_list`, so that everybody finds exactly the contracts they may see.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, date_diff, getdate

from support_service.foundation.reports import column
from support_service.service_coverage import expiry
from support_service.service_coverage.contract import ends as contract_ends

CONTRACT = "Service Contract"
LIMIT = 5000
READ = (
	"name",
	"docstatus",
	"title",
	"customer",
	"customer_name",
	"template",
	"start_date",
	"end_date",
	"terminated_on",
	"price",
	"currency",
	"auto_renew",
	"renewed_by",
	"quotation",
	"dedicated_engineer",
)


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns and rows, as Frappe's script reports return them.

	filters: from_date (today), to_date (as many days ahead as the settings tell of), customer, template, not_renewed.
	"""
	wanted = frappe._dict(filters or {})
	rows = frappe.get_list(
		CONTRACT,
		filters=_filters(wanted),
		fields=list(READ),
		order_by="end_date asc, name asc",
		limit_page_length=LIMIT,
	)
	today = getdate()
	for row in rows:
		row.days_left = date_diff(row.end_date, today)
		row.status = _(contract_ends.status_of(row, today), context=CONTRACT)
		row.renewal = row.renewed_by or (_("by itself") if row.auto_renew else "")
	return _columns(), rows


def _filters(wanted: Any) -> list[list[Any]]:
	filters: list[list[Any]] = [
		["docstatus", "=", 1],
		["terminated_on", "is", "not set"],
		["end_date", "between", expiry.days_of(wanted)],
	]
	filters += [[field, "=", wanted[field]] for field in ("customer", "template") if wanted.get(field)]
	if cint(wanted.not_renewed):
		filters.append(["renewed_by", "is", "not set"])
	return filters


def _columns() -> list[dict[str, Any]]:
	return [
		column("end_date", _("Ends On"), "Date", 110),
		column("days_left", _("Days Left"), "Int", 90),
		column("customer", _("Customer"), "Link", 140, "Customer"),
		column("customer_name", _("Customer Name"), "Data", 180),
		column("name", _("Service Contract"), "Link", 140, CONTRACT),
		column("title", _("Title"), "Data", 200),
		column("status", _("Status"), "Data", 90),
		column("price", _("Price per Term"), "Currency", 120, "currency"),
		column("renewal", _("Renewal"), "Data", 140),
		column("quotation", _("Renewal Quotation"), "Link", 140, "Quotation"),
		column("dedicated_engineer", _("Dedicated Engineer"), "Link", 140, "Service Engineer"),
	]
