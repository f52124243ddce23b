"""Data that the reports print beside the case or visit itself. Registered for Jinja in hooks.py."""

from typing import Any

import frappe
from frappe.utils import fmt_money

from support_service.foundation import currencies
from support_service.permissions import prices


def service_visits_of(request: str) -> list[dict[str, Any]]:
	"""The submitted visits of a case in the order planned, each with its part rows under `parts`; two queries in all."""
	visits = frappe.get_list(
		"Engineer Visit",
		filters={"service_request": request, "docstatus": 1},
		fields=[
			"name",
			"visit_type",
			"engineer_name",
			"arrived_at",
			"left_at",
			"planned_start",
			"outcome",
			"signed_by",
			"signed_at",
			"signature",
		],
		order_by="planned_start asc",
		limit=50,
	)
	rows = _part_rows([visit.name for visit in visits])
	for visit in visits:
		visit.parts = [row for row in rows if row.parent == visit.name]
	return visits


def accepted_charge_of(visit: Any) -> str:
	"""What the customer accepted to pay with the signature, as an amount; empty without, and for those who see no prices."""
	own = frappe.get_cached_value("User", frappe.session.user, "user_type") == "Website User"
	if not visit.get("signature") or not visit.get("signed_charge") or not (own or prices.sees_charges()):
		return ""
	return fmt_money(visit.signed_charge, currency=currencies.of_company(visit.company))


def _part_rows(visits: list[str]) -> list[Any]:
	if not visits:
		return []
	# without asking for permission again: the caller may read the visits of these rows
	return frappe.get_all(
		"Engineer Visit Part",
		filters={"parenttype": "Engineer Visit", "parent": ["in", visits]},
		fields=[
			"parent",
			"item_code",
			"item_name",
			"qty",
			"uom",
			"serial_nos",
			"batch_no",
			"removed_item_code",
			"removed_qty",
			"removed_serial_nos",
		],
		order_by="parent, idx",
	)
