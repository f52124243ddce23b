"""Pieces that are booked by loans, for whoever would take them for something else; hook `support_service_booked_pieces`.

What is out already lies in the loan warehouse and is nobody's to take; only bookings of days to come are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import frappe
from frappe import _
from frappe.utils import formatdate, getdate

from support_service.service_parts.booked_pieces import Booked, Take
from support_service.service_parts.loans import bookings, periods
from support_service.service_parts.loans.bookings import NAMED, Plain
from support_service.service_parts.loans.periods import Booking
from support_service.service_parts.part_checks import TOLERANCE

LOOKED_AT = 50  # pieces among which free ones are looked for


def booked(takes: Sequence[Take], *, latest: bool = False) -> Iterator[Booked]:
	"""Each piece of `takes` that a loan has booked; of pieces without numbers, where too few would be left for the loans."""
	yield from _numbered(takes, latest)
	yield from _plain([take for take in takes if not take.serials], latest)


def _numbered(takes: Sequence[Take], latest: bool) -> Iterator[Booked]:
	taken = bookings.of_serials({serial for take in takes for serial in take.serials}, latest=latest)
	for take in takes:
		for serial in take.serials:
			if ahead := _ahead(taken.get(serial, ())):
				yield Booked(take.row, _text(take, serial, ahead[0]))


def _plain(takes: Sequence[Take], latest: bool) -> Iterator[Booked]:
	held = bookings.of_plain({take.item_code for take in takes}, latest=latest)
	going: dict[Plain, float] = defaultdict(float)
	for take in takes:
		for heap, of_heap in held.items():
			if (take.item_code, take.warehouse) != (heap[0], heap[2]) or take.batch_no not in (None, heap[1]):
				continue
			going[heap] += take.qty
			left = bookings.in_heap(heap, of_heap) - going[heap]
			wanted = periods.most_taken(of_heap, getdate(), date.max, getdate())
			if (ahead := _ahead(of_heap)) and wanted > left + TOLERANCE:
				loans = ", ".join(dict.fromkeys(one.loan for one in ahead))
				yield Booked(
					take.row,
					_("{0} in {1}: loans need {2} of it ({3}), and {4} would be left.").format(
						take.item_code, take.warehouse, f"{wanted:g}", loans, f"{max(left, 0):g}"
					),
				)


def _ahead(taken: Sequence[Booking]) -> list[Booking]:
	"""Bookings that are not handed over yet and not past, the earliest first."""
	return [one for one in periods.meeting(taken, getdate(), date.max, getdate()) if not one.is_out]


def _text(take: Take, serial: str, booking: Booking) -> str:
	text = _("{0} {1} is booked by loan {2} from {3} to {4}.").format(
		take.item_code, serial, booking.loan, formatdate(booking.first), formatdate(booking.last)
	)
	if others := _free_instead(take):
		text += " " + _("Free instead: {0}.").format(", ".join(others[:NAMED]))
	return text


def _free_instead(take: Take) -> list[str]:
	"""Pieces of the same item in the same warehouse that no loan has booked."""
	there = frappe.get_all(
		"Serial No",
		filters={"item_code": take.item_code, "warehouse": take.warehouse, "name": ("not in", take.serials)},
		pluck="name",
		order_by="name",
		limit=LOOKED_AT,
	)
	taken = bookings.of_serials(there, latest=False)
	return [serial for serial in there if not _ahead(taken.get(serial, ()))]
