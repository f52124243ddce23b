"""The days that the reports of what expires look at."""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe
from frappe.utils import add_days, cint, getdate

SETTINGS = "Support Service Settings"


def days_of(wanted: Any) -> tuple[date, date]:
	"""First and last day that a report's filters ask for: from today, as many days ahead as the settings tell of."""
	first = getdate(wanted.from_date) if wanted.from_date else getdate()
	return first, getdate(wanted.to_date) if wanted.to_date else add_days(first, _days_ahead())


def _days_ahead() -> int:
	return cint(frappe.db.get_single_value(SETTINGS, "expiry_notice_days")) or 60
