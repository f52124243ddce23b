"""The settings of loans show their defaults on sites that had the settings before the fields."""

from __future__ import annotations

import frappe

SETTINGS = "Support Service Settings"
DEFAULTS = {
	"loan_days": 14,
	"loan_reminder_days": 2,
	"loan_lead_days": 3,
	"loan_manager_days": 7,
	"remind_customer_of_loans": 1,
}


def execute() -> None:
	"""Enter each where nothing is entered yet."""
	stored = frappe.db.get_singles_dict(SETTINGS)
	missing = {field: value for field, value in DEFAULTS.items() if stored.get(field) in (None, "")}
	if missing:
		frappe.db.set_single_value(SETTINGS, missing)
