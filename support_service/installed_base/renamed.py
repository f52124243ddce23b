"""Keeping the keys and serial numbers of units right when items and Serial Nos are renamed or merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import frappe
from frappe.model.document import Document

from support_service.foundation.names import copies
from support_service.foundation.names.stored_names import Rename
from support_service.installed_base import unit_rows
from support_service.installed_base.unit_rows import DOCTYPE, KEY_LENGTH, key_of

# DocTypes of the rows whose packed pieces are known by "<DocType>|<row>|<item>|<number>"; see deliveries/facts.piece_key
ROWS = ("Delivery Note Item", "Sales Invoice Item")
Row = tuple[str, str]


def follow_item(rename: Rename, item: Document | None) -> None:
	"""Rewrite the keys of packed pieces after an item was renamed: they hold its name, and returns look pieces up by them.

	Where two items packed in one bundle are merged, the pieces of the vanishing one get the numbers behind the other's.
	"""
	going: dict[Row, dict[int, str]] = defaultdict(dict)
	staying: dict[Row, int] = defaultdict(int)
	for name, key in _packed(rename.new):
		row = tuple(key.split("|", 2)[:2])
		if number := _number(key, rename.old):
			going[row][number] = name
		elif number := _number(key, rename.new):
			staying[row] = max(staying[row], number)
		elif len(key) == KEY_LENGTH:
			staying[row] += 1
	_find_hashed(going, staying, rename)
	keys = {
		name: key_of(*row, rename.new, number)
		for row, pieces in going.items()
		for number, name in _counted_on(pieces, staying[row])
	}
	unit_rows.write_keys(keys)


def follow_serial_no(rename: Rename, serial: Document) -> None:
	"""Rewrite the serial number shown on a unit after its Serial No was renamed, unless a person typed another one there."""
	filters = {"serial_no": rename.new, "serial_label": rename.old}
	units = frappe.get_all(DOCTYPE, filters=filters, pluck="name", order_by=None)
	if units:
		frappe.db.set_value(
			DOCTYPE, {"name": ("in", units)}, "serial_label", rename.new, update_modified=False
		)
		copies.follow_sources(DOCTYPE, units)


def mend() -> int:
	"""For a patch: rewrite the keys of packed pieces whose item was renamed before this app followed; returns how many items."""
	table = frappe.qb.DocType(DOCTYPE)
	found = (
		frappe.qb.from_(table)
		.select(table.name, table.item_code, table.source_key)
		.where(table.source_key.like(f"{ROWS[0]}|%|%|%") | table.source_key.like(f"{ROWS[1]}|%|%|%"))
		.orderby(table.name)
		.run()
	)
	former = {name: key.split("|", 2)[2].rpartition("|")[0] for name, _item, key in found}
	there = {item.casefold() for item in _items(former.values())}
	done: set[tuple[str, str]] = set()
	for name, item, _key in found:
		gone = former[name]
		if item and gone.casefold() not in there and (gone, item) not in done:
			done.add((gone, item))
			follow_item(Rename("Item", gone, item, merge=True), None)
	return len(done)


def _items(names: Iterable[str]) -> list[str]:
	return frappe.get_all("Item", {"name": ("in", sorted(set(names)) or [""])}, pluck="name", order_by=None)


def _packed(item: str) -> list[tuple[str, str]]:
	"""(name, source_key) of the units of `item` that came with a row of a delivery."""
	table = frappe.qb.DocType(DOCTYPE)
	of_rows = table.source_key.like(f"{ROWS[0]}|%") | table.source_key.like(f"{ROWS[1]}|%")
	return (
		frappe.qb.from_(table)
		.select(table.name, table.source_key)
		.where((table.item_code == item) & of_rows)
		.orderby(table.name)
		.run()
	)


def _number(key: str, item: str) -> int | None:
	"""The number of the piece in its row, where `key` is readable and of `item`; else None."""
	rest = key.split("|", 2)[2]
	head, _bar, number = rest.rpartition("|")
	return int(number) if head.casefold() == item.casefold() and number.isdigit() else None


def _find_hashed(going: dict[Row, dict[int, str]], staying: dict[Row, int], rename: Rename) -> None:
	"""Find pieces whose keys were too long and are hashed: every key the row may have had under the old name is tried."""
	keys = {key: name for name, key in _packed(rename.new) if len(key) == KEY_LENGTH}
	by_row: dict[Row, list[str]] = defaultdict(list)
	for key in keys:
		by_row[tuple(key.split("|", 2)[:2])].append(key)
	for row, pieces in _pieces(by_row, rename.new).items():
		for number in range(1, pieces + 1):
			if name := keys.get(key_of(*row, rename.old, number)):
				going[row][number] = name
				staying[row] -= 1


def _pieces(packed: Iterable[Row], item: str) -> dict[Row, int]:
	"""Row → how many pieces of `item` it brought at most, counting bundles that pack it twice."""
	wanted = {name: (doctype, name) for doctype, name in packed}
	found: dict[Row, int] = defaultdict(int)
	for row in frappe.get_all(
		"Packed Item",
		filters={"parent_detail_docname": ("in", sorted(wanted) or [""]), "item_code": item},
		fields=["parent_detail_docname", "qty"],
		order_by=None,
	):
		found[wanted[row.parent_detail_docname]] += int(abs(row.qty))
	return found


def _counted_on(pieces: Mapping[int, str], before: int) -> Sequence[tuple[int, str]]:
	"""(number, unit) of renamed pieces: they keep their numbers, or come behind the `before` pieces of the other item."""
	if before <= 0:
		return list(pieces.items())
	return [(before + place, pieces[number]) for place, number in enumerate(sorted(pieces), 1)]
