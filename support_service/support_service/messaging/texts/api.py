"""Whitelisted functions of message templates."""

from typing import Any

import frappe

from support_service.support_service.messaging.texts import preview

TEMPLATE = "Service Message Template"
PARTS = ("event", "language", "subject", "use_html", "mail", "mail_html", "short_text")


@frappe.whitelist()
def message_events() -> list[dict[str, Any]]:
	"""The events of which customers are written: value, label, the fields a template may use, and those the mail needs."""
	frappe.has_permission(TEMPLATE, "read", throw=True)
	return preview.offered()


@frappe.whitelist()
def built_in_text(event: str, language: str) -> dict[str, str]:
	"""The built-in text of an event as a template: subject, mail (HTML) and short_text."""
	frappe.has_permission(TEMPLATE, "write", throw=True)
	return preview.built_in_template(event, language)


@frappe.whitelist(methods=["POST"])
def preview_text(text: str | dict[str, Any], request: str) -> dict[str, Any]:
	"""What a customer would read of the template `text` about `request`: subject, mail, short and error.

	text: the fields of a template as they stand on its form.
	"""
	frappe.has_permission(TEMPLATE, "write", throw=True)
	frappe.has_permission("Service Request", "read", request, throw=True)
	given = frappe.parse_json(text)
	return preview.show(frappe._dict({part: given.get(part) for part in PARTS}), request)
