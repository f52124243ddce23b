"""Warranties that end in a range of days, the next first: whom to offer an extension or a contract.

Read through `get_list`, so that everybody finds exactly the warranties they may see.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, date_diff, getdate

from support_service.foundation.reports import column
from support_service.service_coverage import expiry
from support_service.service_coverage.warranty import store as warranty_store
from support_service.service_coverage.warranty.policies import COLUMNS
from support_service.service_coverage.warranty.rules import Status

LIMIT = 5000
READ = (
	"name",
	"installed_unit",
	"unit_name",
	"item_code",
	"serial_label",
	"customer",
	"customer_name",
	"part_item",
	"part_serial",
	"policy",
	"ends_on",
	*(f"{column}_until" for column in COLUMNS.values()),
)


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns and rows, as Frappe's script reports return them.

	filters: from_date (today), to_date (as many days ahead as the settings tell of), customer, item_code, policy,
	parts (also those of fitted parts).
	"""
	wanted = frappe._dict(filters or {})
	rows = frappe.get_list(
		warranty_store.WARRANTY,
		filters=_filters(wanted),
		fields=list(READ),
		order_by="ends_on asc, name asc",
		limit_page_length=LIMIT,
	)
	today = getdate()
	for row in rows:
		row.days_left = date_diff(row.ends_on, today)
		row.part = " ".join(filter(None, (row.part_item, row.part_serial)))
	return _columns(), rows


def _filters(wanted: Any) -> list[list[Any]]:
	filters: list[list[Any]] = [
		# the stored status may be a night old, the dates are not
		["status", "in", [Status.PENDING, Status.ACTIVE, Status.SUSPENDED, Status.EXPIRED]],
		["ends_on", "between", expiry.days_of(wanted)],
	]
	filters += [
		[field, "=", wanted[field]] for field in ("customer", "item_code", "policy") if wanted.get(field)
	]
	if not cint(wanted.parts):
		filters.append(["fitted_part", "is", "not set"])
	return filters


def _columns() -> list[dict[str, Any]]:
	return [
		column("ends_on", _("Ends On"), "Date", 110),
		column("days_left", _("Days Left"), "Int", 90),
		column("customer", _("Customer"), "Link", 180, "Customer"),
		column("installed_unit", _("Installed Unit"), "Link", 130, "Installed Unit"),
		column("unit_name", _("Unit"), "Data", 180),
		column("serial_label", _("Serial Number"), "Data", 140),
		column("part", _("Part"), "Data", 140),
		column("parts_until", _("Parts until"), "Date", 110),
		column("labour_until", _("Labour until"), "Date", 110),
		column("travel_until", _("Travel until"), "Date", 110),
		column("policy", _("Warranty Policy"), "Link", 140, "Warranty Policy"),
		column("name", _("Service Warranty"), "Link", 120, "Service Warranty"),
	]
