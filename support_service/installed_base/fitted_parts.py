"""The ledger of parts fitted into and removed from units (Fitted Part Entry): its only writer, and what it says.

Rows are appended, never changed: where a source document is cancelled, a reversal of each of its rows is appended.
`entry_key` is unique, so that a row appended twice is stored once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frappe

from support_service.foundation import ledger
from support_service.installed_base import fitting_rules
from support_service.installed_base.fitting_rules import FITTED, REMOVED, Entry, FittedPart
from support_service.renamed import names_of_last_release

DOCTYPE = "Fitted Part Entry"
# columns of which follows what is inside a unit
READ = (
	"name",
	"kind",
	"item_code",
	"qty",
	"happened_at",
	"creation",
	"entry_key",
	"serial_label",
	"batch_no",
	"voucher_type",
	"voucher_no",
	"reversal_of",
)
OPPOSITE = {FITTED: REMOVED, REMOVED: FITTED}

__all__ = ["FittedPart", "PartMovement", "append", "inside_now", "reverse_voucher"]

# functions that had another name in the last release
__getattr__ = names_of_last_release(__name__)


@dataclass(frozen=True, slots=True)
class PartMovement:
	"""One part with a serial number (qty 1), or several alike, going into or out of a unit; qty in the stock unit.

	kind: "Fitted" or "Removed". voucher_row: name of the row of the source document.
	"""

	kind: str
	item_code: str
	qty: float
	voucher_row: str
	serial_label: str | None = None
	batch_no: str | None = None


def append(
	unit: str,
	movements: Iterable[PartMovement],
	*,
	voucher_type: str,
	voucher_no: str,
	happened_at: datetime,
) -> list[str]:
	"""Append `movements` of one source document, each once; returns the names of the new rows.

	A removed serial number that is inside the unit under another item than stated takes out the part that is inside.
	"""
	movements = list(movements)
	if not movements:
		return []
	removes_serials = any(movement.kind == REMOVED and movement.serial_label for movement in movements)
	parts = inside_now(unit) if removes_serials else []
	rows = []
	for number, movement in enumerate(movements):
		item_code = movement.item_code
		if movement.kind == REMOVED and movement.serial_label:
			item_code = fitting_rules.item_inside(parts, movement.serial_label, item_code)
		rows.append(
			{
				"installed_unit": unit,
				"kind": movement.kind,
				"item_code": item_code,
				"serial_label": movement.serial_label,
				"batch_no": movement.batch_no,
				"qty": movement.qty,
				"happened_at": happened_at,
				"voucher_type": voucher_type,
				"voucher_no": voucher_no,
				"voucher_row": movement.voucher_row,
				"entry_key": f"{voucher_type}|{voucher_no}|{number}",
			}
		)
	return _append(rows)


def reverse_voucher(voucher_type: str, voucher_no: str) -> list[str]:
	"""Append the opposite of every row of the document that is not reversed yet."""
	found = frappe.get_all(
		DOCTYPE,
		filters={"voucher_type": voucher_type, "voucher_no": voucher_no, "reversal_of": ("is", "not set")},
		fields=["*"],
		order_by="creation",
	)
	return _append(
		[
			{
				"installed_unit": row.installed_unit,
				"kind": OPPOSITE[row.kind],
				"item_code": row.item_code,
				"serial_label": row.serial_label,
				"batch_no": row.batch_no,
				"qty": row.qty,
				"happened_at": frappe.utils.now_datetime(),
				"voucher_type": voucher_type,
				"voucher_no": voucher_no,
				"voucher_row": row.voucher_row,
				"reversal_of": row.name,
				"entry_key": f"reversal|{row.name}",
			}
			for row in found
		]
	)


def inside_now(unit: str) -> list[FittedPart]:
	"""The parts inside `unit` now, oldest first, each with since when and which document brought it."""
	return fitting_rules.inside(
		Entry(
			name=row.name,
			kind=row.kind,
			item_code=row.item_code,
			qty=row.qty,
			happened_at=row.happened_at,
			sequence=(row.creation, row.entry_key),
			serial_label=row.serial_label,
			batch_no=row.batch_no,
			voucher_type=row.voucher_type,
			voucher_no=row.voucher_no,
			reversal_of=row.reversal_of,
		)
		for row in _read(unit)
	)


def _read(unit: str) -> list[Any]:
	entry = frappe.qb.DocType(DOCTYPE)
	return frappe.qb.from_(entry).select(*READ).where(entry.installed_unit == unit).run(as_dict=True)


def entries_of(unit: str) -> list[Any]:
	"""Every ledger row of `unit`, newest first, with all its columns."""
	return frappe.get_all(
		DOCTYPE, filters={"installed_unit": unit}, fields=["*"], order_by="happened_at desc, creation desc"
	)


def _append(rows: list[dict[str, Any]]) -> list[str]:
	present = set(
		frappe.get_all(
			DOCTYPE,
			filters={"entry_key": ("in", [row["entry_key"] for row in rows] or [""])},
			pluck="entry_key",
			order_by=None,
		)
	)
	new = [row for row in rows if row["entry_key"] not in present]
	last = {row["installed_unit"]: row["entry_key"] for row in new}
	entries = [frappe.get_doc({"doctype": DOCTYPE, "recorded_by": frappe.session.user, **row}) for row in new]
	for entry in entries:
		# listeners that compare what is inside the unit with something else may wait for the last row
		entry.flags.more_to_come = last[entry.installed_unit] != entry.entry_key
	ledger.append_computed(entries)
	return [entry.name for entry in entries]
