"""Whitelisted functions of the policy form."""

import frappe
from frappe import _

from support_service.constants.words import N_
from support_service.service_level.clock import registry
from support_service.service_level.doctype.service_escalation_step.service_escalation_step import ACTIONS_HOOK

# the app's own steps of the ladder stand in hooks.py, where nothing marks a word for translation
OUR_ACTIONS = (N_("Desk Notification"), N_("Email"), N_("SMS"), N_("Reassign"), N_("Raise Priority"))


@frappe.whitelist()
def options() -> dict[str, list[dict[str, str]]]:
	"""Choices offered by the installed apps: `clocks` and `actions`, each {"value", "label"}."""
	frappe.has_permission("Service Level Policy", "read", throw=True)
	return {
		"clocks": _choices(registry.registered()),
		"actions": _choices(frappe.get_hooks(ACTIONS_HOOK) or {}),
	}


def _choices(names: dict) -> list[dict[str, str]]:
	return [{"value": name, "label": _(name)} for name in names]
