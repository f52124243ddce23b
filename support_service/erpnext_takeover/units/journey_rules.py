"""Works out where a serial number is, and its deliveries and returns, from its stock movements. Frappe-free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

Voucher = tuple[str, str]  # DocType, name


class Place(Enum):
	"""Where a serial number is after its last stock movement."""

	NOWHERE = "no movement"
	CUSTOMER = "at a customer's"
	STOCK = "in stock"
	GONE = "left stock for nobody"


@dataclass(frozen=True, slots=True)
class Movement:
	"""One stock movement. at: sorts movements (posting time, then creation). customer: the customer of its document."""

	voucher: Voucher
	outward: bool
	on: date
	at: Any
	customer: str | None = None


@dataclass(frozen=True, slots=True)
class Journey:
	"""steps: deliveries to customers and returns from them, oldest first. last: the last movement of any kind."""

	place: Place
	steps: tuple[Movement, ...] = ()
	last: Movement | None = None


def journey(movements: Iterable[Movement]) -> Journey:
	"""The journey that `movements` make up; they may come in any order.

	A receipt that is no return (a Stock Entry that takes a unit in for repair) is no step, as the customer still owns the
	unit; but while the unit is in stock, its place is STOCK.
	"""
	ordered = sorted(movements, key=lambda movement: movement.at)
	if not ordered:
		return Journey(Place.NOWHERE)
	last = ordered[-1]
	steps: list[Movement] = []
	for movement in ordered:
		if not movement.customer:
			continue
		if movement.outward or (steps and steps[-1].outward):
			steps.append(movement)
	if not last.outward:
		return Journey(Place.STOCK, tuple(steps), last)
	return Journey(Place.CUSTOMER if last.customer else Place.GONE, tuple(steps), last)
