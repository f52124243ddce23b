"""How late something is: loans and removed parts count alike. Imports no Frappe."""

from __future__ import annotations

from datetime import date


def days_late(due: date | None, today: date) -> int:
	"""Whole days since the due date; 0 on it, before it, and where there is none. Due on 1 May, looked at on 27 May: 26."""
	return max(0, (today - due).days) if due else 0
