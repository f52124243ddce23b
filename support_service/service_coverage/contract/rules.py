"""Arithmetic of service contracts: status on a day, periods of entitlements, what is left, invoices, renewal. Frappe-free.

Days are inclusive everywhere: a contract from 1 March for a year ends on the last day of February, and one terminated on
a day still covers that day. Months are calendar months; where the day does not exist in a month (31st, 29 February) its
last day stands in, and the day comes back in the next month that has it.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

DAY = timedelta(days=1)

WHOLE_TERM, CONTRACT_YEAR = "Whole Term", "Contract Year"
IN_ADVANCE = "In Advance"
MONTHS_BETWEEN = {"Monthly": 1, "Quarterly": 3, "Half-Yearly": 6, "Yearly": 12}


class ContractStatus(StrEnum):
	"""Status of a contract; the values are stored."""

	DRAFT = "Draft"
	UPCOMING = "Upcoming"
	ACTIVE = "Active"
	EXPIRED = "Expired"
	TERMINATED = "Terminated"
	CANCELLED = "Cancelled"


@dataclass(frozen=True, slots=True)
class Installment:
	"""One invoice of a contract: it pays for the days from `first` to `last` and is due on `first`."""

	no: int
	first: date
	last: date
	amount: Decimal


def status_on(
	day: date, *, docstatus: int, start: date, end: date, terminated_on: date | None = None
) -> ContractStatus:
	"""Status of a contract on `day`. docstatus: 0 draft, 1 submitted, 2 cancelled."""
	if docstatus != 1:
		return ContractStatus.CANCELLED if docstatus == 2 else ContractStatus.DRAFT
	if terminated_on is not None and (day > terminated_on or terminated_on < start):
		return ContractStatus.TERMINATED
	if day < start:
		return ContractStatus.UPCOMING
	return ContractStatus.ACTIVE if day <= end else ContractStatus.EXPIRED


def last_day(end: date, terminated_on: date | None) -> date:
	"""The last day a contract covers; before its start where it was ended before it began."""
	return end if terminated_on is None else min(end, terminated_on)


def add_months(day: date, months: int) -> date:
	"""`day` some months later (or earlier), in a shorter month its last day."""
	year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
	return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def term_end(start: date, months: int) -> date:
	"""The last day of a term of `months` from `start`."""
	return add_months(start, months) - DAY


def period_of(day: date, *, per: str, start: date, end: date) -> tuple[date, date] | None:
	"""First and last day of the period of an entitlement that `day` lies in; None outside of the term.

	per: WHOLE_TERM or CONTRACT_YEAR, a year from each anniversary of the start; the last one may be shorter.
	"""
	if not start <= day <= end:
		return None
	if per == WHOLE_TERM:
		return start, end
	years = day.year - start.year
	if add_months(start, 12 * years) > day:
		years -= 1
	return add_months(start, 12 * years), min(end, add_months(start, 12 * (years + 1)) - DAY)


def remaining(included: float, used: Iterable[float], *, unlimited: bool = False) -> float | None:
	"""What is left of an entitlement, never below zero; None: without limit. used: rows of its ledger, reversals negative."""
	if unlimited:
		return None
	return max(0.0, float(exact(included) - sum(map(exact, used), Decimal(0))))


def suffices(left: float | None, qty: float) -> bool:
	"""Whether `qty` can be taken from what is `left`."""
	return left is None or exact(qty) <= exact(left)


def exact(number: float | Decimal) -> Decimal:
	"""A stored number as a decimal of six digits, so that ten times 0.1 is 1."""
	return Decimal(str(number)).quantize(Decimal("1e-6"), ROUND_HALF_UP)


def schedule(
	*,
	start: date,
	end: date,
	price: float | Decimal,
	interval: str,
	digits: int = 2,
	terminated_on: date | None = None,
) -> tuple[Installment, ...]:
	"""The invoices of a term, oldest first; nothing for a price of zero.

	Without a termination their amounts add up to `price` exactly: every whole period weighs the same, a shorter last one by
	its days, and each amount is what is due up to its end less what was due before, so that roundings never pile up.
	A termination drops what lies behind it and shortens the period it falls into, by days.
	"""
	step = Decimal(1).scaleb(-digits)
	total = Decimal(str(price)).quantize(step, ROUND_HALF_UP)
	if not total:
		return ()
	periods = list(_billing_periods(start, end, interval))
	weights = [_weight(first, last, full) for first, last, full in periods]
	stop = last_day(end, terminated_on)
	found, weight_so_far, due_so_far = [], Decimal(0), Decimal(0)
	for no, ((first, last, _full), weight) in enumerate(zip(periods, weights, strict=True), 1):
		weight_so_far += weight
		due = (total * weight_so_far / sum(weights)).quantize(step, ROUND_HALF_UP)
		amount, due_so_far = due - due_so_far, due
		if first > stop:
			break
		if last > stop:
			share = Decimal((stop - first).days + 1) / Decimal((last - first).days + 1)
			amount, last = (amount * share).quantize(step, ROUND_HALF_UP), stop
		found.append(Installment(no, first, last, amount))
	return tuple(found)


def due(installments: Iterable[Installment], day: date) -> tuple[Installment, ...]:
	"""Those that are to be invoiced by `day`."""
	return tuple(one for one in installments if one.first <= day and one.amount)


def renewal_term(start: date, end: date) -> tuple[date, date]:
	"""First and last day of the next term: as many months where the term has whole ones, else as many days."""
	first = end + DAY
	months = _whole_months(start, end)
	return (first, term_end(first, months)) if months else (first, first + (end - start))


def renewal_price(price: float | Decimal, change: float, digits: int = 2) -> Decimal:
	"""The price of the next term; change in percent, never below zero."""
	changed = Decimal(str(price)) * (100 + Decimal(str(change))) / 100
	return max(Decimal(0), changed).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def precedence(*, names_unit: bool, start: date, name: str) -> tuple[bool, date, str]:
	"""Of several contracts in force the one with the greatest precedence counts: it names the unit, is the newest."""
	return names_unit, start, name


def _billing_periods(start: date, end: date, interval: str) -> Iterator[tuple[date, date, date]]:
	"""First day, last day, and the last day if the period were whole."""
	if interval == IN_ADVANCE:
		yield start, end, end
		return
	months, number, first = MONTHS_BETWEEN[interval], 0, start
	while first <= end:
		number += 1
		whole = add_months(start, months * number) - DAY
		yield first, min(end, whole), whole
		first = whole + DAY


def _weight(first: date, last: date, whole: date) -> Decimal:
	return Decimal((last - first).days + 1) / Decimal((whole - first).days + 1)


def _whole_months(start: date, end: date) -> int | None:
	guess = (end.year - start.year) * 12 + end.month - start.month
	return next((n for n in range(max(1, guess - 1), guess + 2) if term_end(start, n) == end), None)
