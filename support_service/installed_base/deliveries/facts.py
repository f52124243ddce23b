"""Reading from ERPNext's deliveries and customer Assets which units they are about. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate, today

from support_service.installed_base import placements
from support_service.installed_base.deliveries import followed_items, moved_goods
from support_service.installed_base.placement_rules import Reference
from support_service.installed_base.placements import NewUnit
from support_service.installed_base.unit_rows import key_of

# the row of the delivery that a row of a return takes back
TAKES_BACK = {"Delivery Note": "dn_detail", "Sales Invoice": "sales_invoice_item"}


@dataclass(frozen=True, slots=True)
class Goods:
	"""One row of a delivery whose item is followed at the customer's.

	row: the DocType and name of the items row; of a packed item, that of the bundle's row.
	serials, pieces: the serial numbers; of an item without them, how many pieces.
	takes_back: of a return, the name of the delivered row it takes back.
	"""

	item_code: str
	row: Reference
	serials: tuple[str, ...]
	pieces: int
	packed: bool = False
	takes_back: str | None = None


def reference_of(doc: Document) -> Reference:
	return doc.doctype, doc.name


def moves_goods(doc: Document) -> bool:
	"""Whether this Delivery Note or Sales Invoice hands goods to a customer, or takes them back."""
	if doc.get("is_internal_customer"):
		return False  # a branch of our own
	return doc.doctype == "Delivery Note" or bool(cint(doc.get("update_stock")))


def units_of(doc: Document) -> list[NewUnit]:
	"""The units of a submitted delivery: one for each serial number, or for each piece of an item without them."""
	common = NewUnit(
		source_key="",
		customer=doc.customer,
		customer_name=doc.get("customer_name"),
		happened_on=getdate(doc.posting_date),
		reference=reference_of(doc),
		company=doc.company,
		contact=doc.get("contact_person"),
		site_address=doc.get("shipping_address_name") or doc.get("customer_address"),
		site_address_display=_display_of(doc),
	)
	units = []
	for line in goods_of(doc):
		units += units_of_serials(common, [(line.item_code, line.serials)])
		units += [
			replace(common, source_key=piece_key(line, number + 1), item_code=line.item_code)
			for number in range(line.pieces)
		]
	return units


def units_of_serials(common: NewUnit, lines: Iterable[tuple[str, Sequence[str]]]) -> list[NewUnit]:
	"""One unit for each serial number of `lines` (item, serial numbers), in all else a copy of `common`."""
	return [
		replace(common, source_key=key_of("Serial No", serial), serial_no=serial, item_code=item)
		for item, serials in lines
		for serial in serials
	]


def goods_of(doc: Document) -> list[Goods]:
	"""The rows of a delivery or return, its packed items too, whose items are followed.

	Serial numbers are those in ERPNext's stock ledger; those typed in a row count only where the ledger has none for it.
	"""
	rows = [*doc.get("items"), *(doc.get("packed_items") or [])]
	tracked = followed_items.tracking({row.item_code for row in rows})
	rows = [row for row in rows if row.item_code in tracked]
	typed = typed_serials(rows)
	items = {row.name: row for row in doc.get("items")}
	lines = _together(_goods(row, items, tracked[row.item_code], typed) for row in rows)
	if not any(tracked.values()):
		return lines
	posted = moved_goods.by_line(doc.doctype, doc.name, outward=not doc.get("is_return"))
	return [
		replace(line, serials=posted.get((line.row[1], line.item_code), line.serials))
		if tracked[line.item_code]
		else line
		for line in lines
	]


def piece_key(line: Goods, number: int, row: str | None = None) -> str:
	"""The source_key of piece `number` (from 1) of a row; of a return, `row` names the delivered row it takes back."""
	doctype, name = line.row
	parts = (doctype, row or name, line.item_code) if line.packed else (doctype, row or name)
	return key_of(*parts, number)


def unit_of_asset(doc: Document) -> NewUnit:
	"""The unit of an Asset that a customer owns."""
	return NewUnit(
		source_key=key_of("Asset", doc.name),
		customer=doc.customer,
		customer_name=doc.get("customer_name"),
		happened_on=getdate(doc.get("available_for_use_date") or doc.get("purchase_date") or today()),
		reference=reference_of(doc),
		asset=doc.name,
		item_code=doc.item_code,
		unit_name=doc.asset_name,
		company=doc.company,
	)


def typed_serials(rows: Sequence[Any]) -> dict[str, tuple[str, ...]]:
	"""Row → the serial numbers in its Serial and Batch Bundle, else in its text field."""
	bundles = [row.serial_and_batch_bundle for row in rows if row.get("serial_and_batch_bundle")]
	entries = moved_goods.in_bundles(bundles)
	return {
		row.name: tuple(
			[entry.serial_no for entry in entries.get(row.get("serial_and_batch_bundle") or "", ())]
			or moved_goods.lines_of(row.get("serial_no"))
		)
		for row in rows
	}


def quantities(doctype: str, rows: Sequence[str]) -> dict[str, float]:
	"""Name of a delivery's row → its quantity in the item's stock unit."""
	found = frappe.get_all(
		doctype, filters={"name": ("in", list(rows) or [""])}, fields=["name", "stock_qty"], order_by=None
	)
	return {row.name: row.stock_qty for row in found}


def by_key(keys: Sequence[str]) -> dict[str, str]:
	"""source_key → name of the units that exist, of those with one of `keys`."""
	found = frappe.get_all(
		placements.DOCTYPE,
		filters={"source_key": ("in", list(keys) or [""])},
		fields=["name", "source_key"],
		order_by="name",
	)
	return {row.source_key: row.name for row in found}


def _together(lines: Iterable[Goods]) -> list[Goods]:
	"""Add up lines of the same row and item: a bundle may pack the same item twice."""
	found: dict[tuple[Reference, str], Goods] = {}
	for line in lines:
		key = (line.row, line.item_code)
		if key in found:
			line = replace(
				line, serials=found[key].serials + line.serials, pieces=found[key].pieces + line.pieces
			)
		found[key] = line
	return list(found.values())


def _goods(row: Any, items: dict[str, Any], by_serial: bool, typed: dict[str, tuple[str, ...]]) -> Goods:
	packed = row.doctype == "Packed Item"
	line = items.get(row.parent_detail_docname, row) if packed else row
	qty = row.qty if packed else row.get("stock_qty") or row.qty
	return Goods(
		item_code=row.item_code,
		row=(line.doctype, line.name),
		serials=typed.get(row.name, ()) if by_serial else (),
		pieces=0 if by_serial else int(abs(qty)),
		packed=packed,
		takes_back=line.get(TAKES_BACK.get(line.parenttype, "")),
	)


def _display_of(doc: Document) -> str | None:
	display = doc.get("shipping_address") if doc.get("shipping_address_name") else doc.get("address_display")
	return frappe.utils.strip_html(display or "") or None
