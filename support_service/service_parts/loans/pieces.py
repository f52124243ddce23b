"""Checking the pieces of a loan: what is to be lent, one row for each serial number. Writes nothing to the database.

A request may still be vague ("a router"); a booking names its pieces. Whether they are in stock is checked at the hand-over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.utils import flt

from support_service.installed_base import placements
from support_service.service_parts import part_facts
from support_service.service_parts.loans.errors import LoanPieceError
from support_service.service_parts.part_checks import TOLERANCE

if TYPE_CHECKING:
	from support_service.service_parts.doctype.equipment_loan.equipment_loan import EquipmentLoan

UNIT = "Installed Unit"
# a device of ours in one of these may be lent; in any other it is with the customer whose it is
LENDABLE = ("Standby", "Stored", "Returned")


def complete(loan: EquipmentLoan) -> None:
	"""Fill the item of a serial number that was scanned, and one piece as the quantity."""
	for row in loan.pieces:
		if row.serial_no and not row.item_code:
			row.item_code = frappe.db.get_value("Serial No", row.serial_no, "item_code")
		if row.serial_no and not flt(row.qty):
			row.qty = 1


def check(loan: EquipmentLoan) -> None:
	"""Refuse rows that do not say what exactly is lent, or name what is not ours to lend; all of them at once.

	:raises LoanPieceError: the message names the rows.
	"""
	if not loan.pieces:
		frappe.throw(_("Enter what is lent: choose free pieces, or scan them."), LoanPieceError)
	facts = part_facts.gather(frappe._dict(parts=loan.pieces))
	owners = _units(loan)
	problems = [text for row in loan.pieces for text in _problems(row, facts, owners)]
	problems += list(_repeated(loan))
	if problems:
		frappe.throw(
			problems if len(problems) > 1 else problems[0],
			exc=LoanPieceError,
			title=_("Pieces", context="Equipment Loan"),
			as_list=len(problems) > 1,
		)


def _problems(row: Any, facts: part_facts.PartFacts, owners: dict[str, Any]) -> Iterator[str]:
	item = facts.items.get(row.item_code)
	if not item or item.has_variants or not item.is_stock_item:
		yield _("Row {0}: choose an item that is kept in stock; only such a device can be lent.").format(
			row.idx
		)
		return
	if not flt(row.qty) > 0 or (
		item.stock_uom in facts.whole_uoms and abs(row.qty - round(row.qty)) > TOLERANCE
	):
		yield _("Row {0}: enter how many pieces of {1} are lent.").format(row.idx, item.name)
	if item.has_serial_no and (not row.serial_no or abs(flt(row.qty) - 1) > TOLERANCE):
		yield _("Row {0}: {1} has serial numbers. Choose one, with a row for each piece.").format(
			row.idx, item.name
		)
	if row.serial_no:
		yield from _serial(row, item, facts, owners)
	if item.has_batch_no and not item.has_serial_no and not row.batch_no:
		yield _("Row {0}: choose the batch of {1}.").format(row.idx, item.name)
	if row.batch_no and (batch := facts.batches.get(row.batch_no)) and batch.item != item.name:
		yield _("Row {0}: {1} is not a batch of {2}. Choose one of its batches.").format(
			row.idx, row.batch_no, item.name
		)


def _serial(row: Any, item: Any, facts: part_facts.PartFacts, owners: dict[str, Any]) -> Iterator[str]:
	known = facts.serials.get(row.serial_no.casefold())
	if known and known.item_code != item.name:
		yield _(
			"Row {0}: serial number {1} belongs to item {2}, not {3}. Correct the item or the number."
		).format(row.idx, row.serial_no, known.item_code, item.name)
	unit = owners.get(row.serial_no)
	if unit and unit.state not in LENDABLE:
		yield _("Row {0}: {1} is unit {2} of {3}, not ours to lend. Choose another piece.").format(
			row.idx, row.serial_no, unit.name, unit.customer_name or unit.customer
		)


def _repeated(loan: EquipmentLoan) -> Iterator[str]:
	seen: set[str] = set()
	for row in loan.pieces:
		if row.serial_no and row.serial_no in seen:
			yield _("Row {0}: serial number {1} is entered more than once. Remove one.").format(
				row.idx, row.serial_no
			)
		seen.add(row.serial_no)


def _units(loan: EquipmentLoan) -> dict[str, Any]:
	"""Serial number → its unit."""
	serials = [row.serial_no for row in loan.pieces if row.serial_no]
	rows = frappe.get_all(
		placements.DOCTYPE,
		filters={"serial_no": ("in", serials or [""])},
		fields=["name", "serial_no", "state", "customer", "customer_name"],
		order_by=None,
	)
	return {row.serial_no: row for row in rows if row.serial_no}
