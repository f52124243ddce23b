"""How long a promise is: so many minutes, hours or working days of a calendar. Frappe-free."""

from __future__ import annotations

SECONDS_PER_UNIT = {"Minutes": 60, "Hours": 3600}
WORKING_DAYS = "Working Days"


def target_seconds(value: float, unit: str, hours_per_day: float) -> int:
	"""A target in seconds of its calendar's time; a working day has `hours_per_day` hours. At least one second.

	Raises ValueError for an unknown unit.
	"""
	if unit == WORKING_DAYS:
		seconds = value * hours_per_day * 3600
	elif unit in SECONDS_PER_UNIT:
		seconds = value * SECONDS_PER_UNIT[unit]
	else:
		raise ValueError(f"unknown unit {unit!r}")
	return max(1, round(seconds))


def target_label(value: float, unit: str) -> str:
	"""How a target is kept for people, in English: "4 Hours", "1.5 Working Days"."""
	return f"{value:g} {unit}"
