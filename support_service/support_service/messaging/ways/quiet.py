"""Hours in which nothing may ring at the customer's. No Frappe."""

from __future__ import annotations

from datetime import datetime, time, timedelta


def end_of(now: datetime, begins: time | None, ends: time | None) -> datetime | None:
	"""When the quiet hours end in which `now` lies; None where it lies in none.

	The hours may pass midnight (22:00 to 07:00). Begun and ended at the same time there are none. All three in one time
	zone.
	"""
	if begins is None or ends is None or begins == ends:
		return None
	clock = now.time()
	day = now.date()
	if begins < ends:
		return datetime.combine(day, ends) if begins <= clock < ends else None
	if clock >= begins:
		return datetime.combine(day + timedelta(days=1), ends)
	return datetime.combine(day, ends) if clock < ends else None
