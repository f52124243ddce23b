"""What the Service Tracking Card prints beside the case itself. Registered for Jinja in hooks.py."""

from typing import Any

import frappe

from support_service.customer_portal.story import SHOWN_MOVES, reason_for_customer
from support_service.support_service.api import label_of
from support_service.support_service.merging import whole


def service_card_movements(request: str) -> list[dict[str, Any]]:
	"""The moves of the case that a customer may read, oldest first: moved_at, label, to_status, engineer_name, reason.

	The card is given to the customer, so it leaves out what the portal leaves out.
	"""
	rows = frappe.get_list(
		"Service Request Move",
		filters={"request": ["in", whole.parts_of(request)], "action": ["in", list(SHOWN_MOVES)]},
		fields=["action", "to_status", "moved_at", "engineer", "reason"],
		order_by="creation asc",
		limit=200,
	)
	names = _engineer_names({row.engineer for row in rows if row.engineer})
	for row in rows:
		row.engineer_name = names.get(row.engineer)
		row.label = label_of(row.action)
		row.reason = reason_for_customer(row.action, row.reason)
	return rows


def _engineer_names(engineers: set[str]) -> dict[str, str]:
	"""Service Engineer → their name. Without permission check: a customer may not read the engineer's record."""
	return dict(
		frappe.get_all(
			"Service Engineer",
			filters={"name": ["in", list(engineers)]},
			fields=["name", "engineer_name"],
			as_list=True,
		)
		if engineers
		else ()
	)
