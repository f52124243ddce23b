"""Which parts are inside a unit, from the ledger of what went in and came out. Imports no Frappe.

A part with a serial number is inside when its last movement is that it was fitted. Parts without a number are counted: a
removal takes the oldest of the same item first. Removing a part that the ledger never saw fitted (the unit was built with
it) changes nothing here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

FITTED = "Fitted"
REMOVED = "Removed"


@dataclass(frozen=True, slots=True)
class Entry:
	"""One row of the ledger. `sequence` orders rows of the same `happened_at`."""

	name: str
	kind: str
	item_code: str
	qty: float
	happened_at: datetime
	sequence: object
	serial_label: str | None = None
	batch_no: str | None = None
	voucher_type: str | None = None
	voucher_no: str | None = None
	reversal_of: str | None = None


@dataclass(frozen=True, slots=True)
class FittedPart:
	"""A part that is inside a unit now.

	since: when it was fitted; voucher_type, voucher_no: the document that fitted it; entry: its row in the ledger.
	"""

	item_code: str
	qty: float
	since: datetime
	serial_label: str | None
	batch_no: str | None
	voucher_type: str | None
	voucher_no: str | None
	entry: str


def inside(entries: Iterable[Entry]) -> list[FittedPart]:
	"""The parts inside after `entries` (any order), oldest first."""
	rows = list(entries)
	undone = {row.reversal_of for row in rows if row.reversal_of}
	parts: list[FittedPart] = []
	for row in sorted(rows, key=lambda row: (row.happened_at, row.sequence)):
		if row.reversal_of or row.name in undone:
			continue
		if row.serial_label:
			parts = [part for part in parts if part.serial_label != row.serial_label or not _same(part, row)]
		if row.kind == FITTED:
			parts.append(_part(row))
		elif not row.serial_label:
			parts = _take_out(parts, row.item_code, row.qty)
	return parts


def item_inside(parts: Iterable[FittedPart], serial_label: str, stated: str) -> str:
	"""The item of the part `serial_label`: as `stated` where that is inside, else as it was fitted."""
	items = [part.item_code for part in parts if part.serial_label == serial_label]
	return stated if stated in items or not items else items[0]


def _same(part: FittedPart, row: Entry) -> bool:
	return part.item_code == row.item_code


def _part(row: Entry) -> FittedPart:
	return FittedPart(
		row.item_code,
		row.qty,
		row.happened_at,
		row.serial_label,
		row.batch_no,
		row.voucher_type,
		row.voucher_no,
		row.name,
	)


def _take_out(parts: list[FittedPart], item_code: str, qty: float) -> list[FittedPart]:
	left = []
	for part in parts:
		taken = min(part.qty, qty) if part.item_code == item_code and not part.serial_label else 0
		qty -= taken
		if part.qty - taken > 1e-9:
			left.append(replace(part, qty=part.qty - taken) if taken else part)
	return left
