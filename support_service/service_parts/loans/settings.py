"""What Support Service Settings say about loans; what was never entered there counts as its default."""

from __future__ import annotations

import frappe
from frappe.utils import cint

SETTINGS = "Support Service Settings"
DEFAULTS = {
	"loan_days": 14,
	"loan_reminder_days": 2,
	"loan_lead_days": 3,
	"loan_manager_days": 7,
	"remind_customer_of_loans": 1,
}


def number(field: str) -> int:
	"""The number in `field`. Frappe gives 0 for a field that was added later; 0 somebody entered is 0."""
	stored = frappe.db.get_singles_dict(SETTINGS).get(field)
	return DEFAULTS[field] if stored in (None, "") else cint(stored)
