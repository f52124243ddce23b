"""The settings of messages show their defaults on sites that had the settings before the fields."""

from __future__ import annotations

import frappe

SETTINGS = "Support Service Settings"
DEFAULTS = {
	"messages_per_hour": 30,
	"call_back_minutes": 60,
	"chat_present_minutes": 5,
	"chat_take_minutes": 5,
	"chat_idle_minutes": 15,
}


def execute() -> None:
	"""Enter each where nothing is entered yet."""
	stored = frappe.db.get_singles_dict(SETTINGS)
	missing = {field: value for field, value in DEFAULTS.items() if stored.get(field) in (None, "")}
	if missing:
		frappe.db.set_single_value(SETTINGS, missing)
