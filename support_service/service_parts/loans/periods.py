"""Days of loans: which bookings meet, and whom to remind when. Frappe-free.

A period is a first and a last day, both included: a piece that is due on Tuesday is free again on Wednesday.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

CUSTOMER, ENGINEER, LEAD, MANAGER = "Customer", "Engineer", "Team Lead", "Service Manager"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Booking:
	"""A loan that holds `qty` pieces from `first` to `last`. is_out: they are at the customer's now."""

	loan: str
	first: date
	last: date
	qty: float = 1.0
	is_out: bool = False

	def until(self, today: date) -> date:
		"""The last day on which the pieces are surely not free: what is out and late is not back today either."""
		return max(self.last, today) if self.is_out else self.last


@dataclass(frozen=True, slots=True)
class Reminder:
	"""Somebody to remind, `days` after the due date; below zero: before it."""

	days: int
	whom: str


def overlaps(first: date, last: date, other_first: date, other_last: date) -> bool:
	"""Whether two periods have a day in common."""
	return first <= other_last and other_first <= last


def meeting(bookings: Iterable[Booking], first: date, last: date, today: date) -> list[Booking]:
	"""Those of `bookings` that have a day in common with the period, the earliest first."""
	found = [one for one in bookings if overlaps(first, last, one.first, one.until(today))]
	return sorted(found, key=lambda one: (one.first, one.loan))


def most_taken(bookings: Iterable[Booking], first: date, last: date, today: date) -> float:
	"""The most pieces that are taken on one day of the period."""
	met = meeting(bookings, first, last, today)
	# it is reached on the first day of the period, or on one on which a booking begins
	days = {first, *(one.first for one in met if one.first > first)}
	return max(
		(sum(one.qty for one in met if one.first <= day <= one.until(today)) for day in days), default=0.0
	)


def last_free_day(bookings: Iterable[Booking], first: date, today: date) -> date | None:
	"""The last day of a period that begins on `first` and meets no booking; None where none is in the way at all.

	Before `first` where that day itself is taken.
	"""
	later = [one.first for one in bookings if one.until(today) >= first]
	return min(later) - DAY if later else None


def ladder(before: int, lead_after: int, manager_after: int) -> tuple[Reminder, ...]:
	"""The reminders of a loan: some days before it is due, on the day, and upwards the longer it is late.

	before, lead_after, manager_after: days; 0 leaves that one out.
	"""
	steps = [Reminder(0, ENGINEER), Reminder(0, CUSTOMER), Reminder(1, ENGINEER)]
	if before > 0:
		steps += [Reminder(-before, ENGINEER), Reminder(-before, CUSTOMER)]
	if lead_after > 0:
		steps += [Reminder(lead_after, LEAD), Reminder(lead_after, CUSTOMER)]
	if manager_after > 0:
		steps.append(Reminder(manager_after, MANAGER))
	return tuple(sorted(set(steps), key=lambda step: (step.days, step.whom)))


def reached(steps: Sequence[Reminder], due: date, today: date) -> list[Reminder]:
	"""For each person the last reminder whose day has come: who was not looked at for weeks is reminded once, not of each step."""
	latest: dict[str, Reminder] = {}
	for step in steps:
		if step.days <= (today - due).days:
			known = latest.get(step.whom)
			if known is None or step.days > known.days:
				latest[step.whom] = step
	return sorted(latest.values(), key=lambda step: (step.days, step.whom))
