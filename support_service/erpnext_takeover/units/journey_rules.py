"""Where a serial number has been, from its stock movements. Frappe-free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

Voucher = tuple[str, str]  # DocType, name


class Place(Enum):
	"""Where it is after its last movement."""

	NOWHERE = "no movement"
	CUSTOMER = "at a customer's"
	STOCK = "in stock"
	GONE = "left stock for nobody"


@dataclass(frozen=True, slots=True)
class Movement:
	"""One stock movement. at: orders movements (posting moment, then when it was recorded). customer: whose document it is."""

	voucher: Voucher
	outward: bool
	on: date
	at: Any
	customer: str | None = None


@dataclass(frozen=True, slots=True)
class Journey:
	"""steps: deliveries to customers and returns from them, oldest first. last: the movement it stands by."""

	place: Place
	steps: tuple[Movement, ...] = ()
	last: Movement | None = None


def journey(movements: Iterable[Movement]) -> Journey:
	"""The journey told by `movements`, in any order.

	A receipt that is not a return (a repair taken in by a Stock Entry) is no step: the customer still owns the unit. While it
	lies in stock it is not at the customer's all the same.
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
