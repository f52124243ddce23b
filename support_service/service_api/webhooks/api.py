"""Whitelisted functions of webhooks."""

from __future__ import annotations

import frappe

from support_service.service_api.webhooks import deliveries
from support_service.service_api.webhooks.events import DELIVERY, WEBHOOK


@frappe.whitelist(methods=["POST"])
def send_again(delivery: str) -> None:
	"""Queue a delivery anew, once its cause is removed."""
	frappe.has_permission(WEBHOOK, "write", throw=True)
	frappe.has_permission(DELIVERY, "read", delivery, throw=True)
	deliveries.again(delivery)
