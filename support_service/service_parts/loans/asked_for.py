"""What a request for a loan is told when it is saved: somebody else has booked one of its pieces.

Only booking holds pieces, and refuses days that are taken; until then it is a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, getdate

from support_service.service_parts.loans import bookings, periods
from support_service.service_parts.loans.lifecycle import Status
from support_service.service_parts.loans.moves import LOAN
from support_service.service_parts.loans.periods import Booking

if TYPE_CHECKING:
	from support_service.service_parts.doctype.equipment_loan.equipment_loan import EquipmentLoan


def tell_of_bookings(loan: EquipmentLoan) -> None:
	"""Say of each piece with a serial number, new on the request or for new days, who has it booked, and when."""
	if loan.status != Status.REQUESTED:
		return
	first, last, today = getdate(loan.from_date), getdate(loan.until_date), getdate()
	rows = [row for row in loan.pieces if row.serial_no and _is_new(loan, row)]
	taken = bookings.of_serials([row.serial_no for row in rows], but=loan.name)
	for row in rows:
		coming = [one for one in taken.get(row.serial_no, ()) if one.until(today) >= min(first, today)]
		met = periods.meeting(coming, first, last, today)
		for one in met or sorted(coming, key=lambda one: one.first)[:1]:
			frappe.msgprint(_said(row, one, meets=bool(met)), indicator="orange", alert=True)


def _is_new(loan: EquipmentLoan, row: Any) -> bool:
	"""Whether the row's piece, or the days of the loan, were not saved before."""
	before = loan.get_doc_before_save()
	if not before:
		return True
	days = [(getdate(doc.from_date), getdate(doc.until_date)) for doc in (before, loan)]
	return days[0] != days[1] or row.serial_no not in {one.serial_no for one in before.pieces}


def _said(row: Any, other: Booking, *, meets: bool) -> str:
	text = (
		_(
			"{0} is booked with loan {1} from {2} to {3}. Choose another piece or other days: it cannot be booked twice."
		)
		if meets
		else _("{0} is booked for other days, too: with loan {1} from {2} to {3}.")
	)
	days = (formatdate(other.first), formatdate(other.until(getdate())))
	return text.format(frappe.bold(escape_html(row.serial_no)), _whose(other.loan), *days)


def _whose(name: str) -> str:
	"""The loan, with its customer for those who may see it."""
	customer = frappe.db.get_value(LOAN, name, "customer_name")
	if not customer or not frappe.has_permission(LOAN, "read", name):
		return name
	return f"{name} ({escape_html(customer)})"
