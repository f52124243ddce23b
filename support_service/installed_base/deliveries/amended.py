"""Giving the units of a cancelled delivery to the delivery that amends it: their keys are rewritten to its rows.

The key of a piece without a serial number is made from its row (`facts.piece_key`), and a return or an installation names
the row of the amended delivery.
"""

from __future__ import annotations

from collections.abc import Sequence

import frappe
from frappe.model.document import Document

from support_service.installed_base import placements, unit_events, unit_rows
from support_service.installed_base.deliveries import facts
from support_service.installed_base.placements import NewUnit


def take_over(doc: Document, units: Sequence[NewUnit]) -> int:
	"""Rewrite the keys of the pieces of the delivery that `doc` amends to those of `units`, which `doc` brings.

	Returns of how many pieces.
	"""
	wanted = [unit for unit in units if not unit.serial_no]
	if not wanted or not doc.get("amended_from"):
		return 0
	there = facts.by_key([unit.source_key for unit in wanted])
	former = _former_pieces((doc.doctype, doc.amended_from), set(there.values()))
	keys = {
		former[unit.item_code].pop(0): unit.source_key
		for unit in wanted
		if unit.source_key not in there and former.get(unit.item_code)
	}
	unit_rows.lock_names(keys)
	unit_rows.write_keys(keys)
	return len(keys)


def _former_pieces(reference: tuple[str, str], taken: set[str]) -> dict[str | None, list[str]]:
	"""Item → the units made for pieces of a delivery, in their order, without those in `taken`.

	A piece that somebody has given a serial number since is still that piece.
	"""
	brought = placements.touched_by(reference, unit_events.DELIVERED)
	pieces: dict[str | None, list[str]] = {}
	for row in frappe.get_all(
		placements.DOCTYPE,
		filters={"name": ("in", brought or [""]), "source_key": ("like", f"{reference[0]} Item|%")},
		fields=["name", "item_code"],
		order_by="name",
	):
		if row.name not in taken:
			pieces.setdefault(row.item_code, []).append(row.name)
	return pieces
