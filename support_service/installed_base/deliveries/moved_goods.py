"""Which serial numbers a document moved, by its rows, read from ERPNext's stock ledger after it was posted.

By default ERPNext picks serial numbers and batches while it posts and does not write them to the document in memory (*Auto
Create Serial and Batch Bundle For Outward*), whose rows hold only what somebody typed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import frappe

LEDGER, ENTRY = "Stock Ledger Entry", "Serial and Batch Entry"
Line = tuple[str, str]  # row of the items (of a packed item, that of its bundle), item


@dataclass(frozen=True, slots=True)
class MovedSerial:
	"""One serial number that moved.

	row: the name of the document's row; batch_no: None where the item has none.
	chosen: ERPNext picked the number itself, or made it, while it posted.
	"""

	row: str
	item_code: str
	serial_no: str
	batch_no: str | None = None
	chosen: bool = False


def serials(doctype: str, names: Collection[str], *, outward: bool) -> dict[str, list[MovedSerial]]:
	"""Document → the serial numbers it moved out of a warehouse (`outward`) or into one, in the order of posting."""
	posted = _ledger(doctype, names, outward)
	bundles = in_bundles({row.serial_and_batch_bundle for row in posted if row.serial_and_batch_bundle})
	found: dict[str, list[MovedSerial]] = {name: [] for name in names}
	for row in posted:
		found[row.voucher_no] += _of_row(row, bundles)
	return found


def by_line(doctype: str, name: str, *, outward: bool) -> dict[Line, tuple[str, ...]]:
	"""(row, item) → the serial numbers that one document moved by it."""
	lines: dict[Line, tuple[str, ...]] = {}
	for moved in serials(doctype, [name], outward=outward)[name]:
		line = (moved.row, moved.item_code)
		lines[line] = (*lines.get(line, ()), moved.serial_no)
	return lines


def lines_of(text: str | None) -> list[str]:
	"""The serial numbers in a row's text: one a line where typed, separated by commas where ERPNext picked them."""
	return [line.strip() for line in (text or "").replace(",", "\n").split("\n") if line.strip()]


def in_bundles(names: Collection[str]) -> dict[str, list[Any]]:
	"""Serial and Batch Bundle → its rows that have a serial number, in their order."""
	found: dict[str, list[Any]] = {}
	if names:
		for entry in frappe.get_all(
			ENTRY,
			filters={"parent": ("in", sorted(names)), "serial_no": ("is", "set")},
			fields=["parent", "serial_no", "batch_no"],
			order_by="parent, idx",
		):
			found.setdefault(entry.parent, []).append(entry)
	return found


def _of_row(row: Any, bundles: dict[str, list[Any]]) -> Iterator[MovedSerial]:
	if row.serial_and_batch_bundle:
		for entry in bundles.get(row.serial_and_batch_bundle, ()):
			yield MovedSerial(
				row.voucher_detail_no,
				row.item_code,
				entry.serial_no,
				entry.batch_no or None,
				bool(row.auto_created_serial_and_batch_bundle),
			)
		return
	# before version 15 the ledger itself held them
	for number in lines_of(row.serial_no):
		yield MovedSerial(row.voucher_detail_no, row.item_code, number, row.batch_no or None)


def _ledger(doctype: str, names: Collection[str], outward: bool) -> list[Any]:
	return frappe.get_all(
		LEDGER,
		filters={
			"voucher_type": doctype,
			"voucher_no": ("in", list(names) or [""]),
			"is_cancelled": 0,
			"actual_qty": ("<" if outward else ">", 0),
		},
		fields=[
			"voucher_no",
			"voucher_detail_no",
			"item_code",
			"serial_and_batch_bundle",
			"auto_created_serial_and_batch_bundle",
			"serial_no",
			"batch_no",
		],
		order_by="creation, name",
	)
