"""What ERPNext's deliveries, installations and customer Assets say of units: documents in, plain facts out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate, today

from support_service.installed_base import placements
from support_service.installed_base.placement_rules import Reference
from support_service.installed_base.placements import NewUnit
from support_service.installed_base.unit_rows import key_of

# the row of the delivery that a row of a return takes back
TAKES_BACK = {"Delivery Note": "dn_detail", "Sales Invoice": "sales_invoice_item"}


@dataclass(frozen=True, slots=True)
class Goods:
	"""One row of a delivery whose item is followed at the customer's.

	row: the DocType and name of the items row; of a packed item, that of the bundle's row.
	takes_back: the name of the row a return takes back.
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
	"""The units a submitted delivery brings: one for each serial number, or for each piece."""
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
	former = _former_pieces(doc)
	units = []
	for line in goods_of(doc):
		units += [
			replace(
				common, source_key=key_of("Serial No", serial), serial_no=serial, item_code=line.item_code
			)
			for serial in line.serials
		]
		again = former.get(line.item_code, [])
		for number in range(line.pieces):
			# the pieces of the delivery this one amends are the same pieces
			key = again.pop(0) if again else piece_key(line, number + 1)
			units.append(replace(common, source_key=key, item_code=line.item_code))
	return units


def goods_of(doc: Document) -> list[Goods]:
	"""The rows of a delivery, its packed items too, whose items are followed."""
	rows = [*doc.get("items"), *(doc.get("packed_items") or [])]
	tracked = _tracking({row.item_code for row in rows})
	rows = [row for row in rows if row.item_code in tracked]
	serials = _serials(rows)
	items = {row.name: row for row in doc.get("items")}
	return _together(_goods(row, items, tracked[row.item_code], serials) for row in rows)


def piece_key(line: Goods, number: int, row: str | None = None) -> str:
	"""The source_key of piece `number` of a row; row: of the delivery that a return takes back."""
	doctype, name = line.row
	parts = (doctype, row or name, line.item_code) if line.packed else (doctype, row or name)
	return key_of(*parts, number)


def returned_units(doc: Document) -> list[str]:
	"""The units a return takes back: by serial number, else the last pieces of the row that stand there still."""
	lines = goods_of(doc)
	names = units_with_keys(key_of("Serial No", serial) for line in lines for serial in line.serials)
	pieces = [line for line in lines if line.pieces and line.takes_back]
	delivered = _delivered(pieces)
	keys = {
		line: [piece_key(line, number + 1, line.takes_back) for number in range(delivered.get(line, 0))]
		for line in pieces
	}
	standing = _standing(
		[key for group in keys.values() for key in group], "state", "!=", placements.RETURNED
	)
	for line, group in keys.items():
		names += [standing[key] for key in group if key in standing][-line.pieces :]
	return names


def installed_units(doc: Document) -> tuple[list[str], list[NewUnit]]:
	"""The units an Installation Note is about that are there, and those that are missing."""
	common = NewUnit(
		source_key="",
		customer=doc.customer,
		customer_name=doc.get("customer_name"),
		happened_on=getdate(doc.inst_date),
		installed_on=getdate(doc.inst_date),
		reference=reference_of(doc),
		company=doc.company,
		contact=doc.get("contact_person"),
		site_address=doc.get("customer_address"),
	)
	tracked = _tracking({row.item_code for row in doc.items})
	rows = [row for row in doc.items if row.item_code in tracked]
	serials = _serials(rows)
	units = [
		replace(common, source_key=key_of("Serial No", serial), serial_no=serial, item_code=row.item_code)
		for row in rows
		for serial in serials.get(row.name, ())
	]
	pieces = _first_not_installed([row for row in rows if not tracked[row.item_code]])
	there = set(_by_key([unit.source_key for unit in units]))
	missing = [unit for unit in units if unit.source_key not in there]
	return units_with_keys(unit.source_key for unit in units) + pieces, missing


def unit_of_asset(doc: Document) -> NewUnit:
	"""A customer's own Asset."""
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


def units_with_keys(keys: Iterable[str]) -> list[str]:
	return list(_by_key(list(keys)).values())


def _by_key(keys: Sequence[str]) -> dict[str, str]:
	found = frappe.get_all(
		placements.DOCTYPE,
		filters={"source_key": ("in", keys or [""])},
		fields=["name", "source_key"],
		order_by="name",
	)
	return {row.source_key: row.name for row in found}


def _together(lines: Iterable[Goods]) -> list[Goods]:
	"""One line for a row and item: a bundle may pack the same item twice."""
	found: dict[tuple[Reference, str], Goods] = {}
	for line in lines:
		key = (line.row, line.item_code)
		if key in found:
			line = replace(
				line, serials=found[key].serials + line.serials, pieces=found[key].pieces + line.pieces
			)
		found[key] = line
	return list(found.values())


def _goods(row: Any, items: dict[str, Any], by_serial: bool, serials: dict[str, tuple[str, ...]]) -> Goods:
	packed = row.doctype == "Packed Item"
	line = items.get(row.parent_detail_docname, row) if packed else row
	qty = row.qty if packed else row.get("stock_qty") or row.qty
	return Goods(
		item_code=row.item_code,
		row=(line.doctype, line.name),
		serials=serials.get(row.name, ()) if by_serial else (),
		pieces=0 if by_serial else int(abs(qty)),
		packed=packed,
		takes_back=line.get(TAKES_BACK.get(line.parenttype, "")),
	)


def _tracking(codes: Iterable[str]) -> dict[str, bool]:
	"""The items that are followed at the customer's → whether by serial number."""
	found = frappe.get_all(
		"Item",
		filters={"name": ("in", sorted(code for code in codes if code) or [""])},
		fields=["name", "has_serial_no", "service_unit_tracking"],
		order_by=None,
	)
	return {
		row.name: bool(row.has_serial_no)
		for row in found
		if row.service_unit_tracking == "Yes" or (row.has_serial_no and row.service_unit_tracking != "No")
	}


def _serials(rows: Sequence[Any]) -> dict[str, tuple[str, ...]]:
	"""Row → its serial numbers: of its bundle, which ERPNext makes at submit, else of its text."""
	bundles = [row.serial_and_batch_bundle for row in rows if row.get("serial_and_batch_bundle")]
	entries: dict[str, list[str]] = {}
	if bundles:
		for entry in frappe.get_all(
			"Serial and Batch Entry",
			filters={"parent": ("in", bundles), "serial_no": ("is", "set")},
			fields=["parent", "serial_no"],
			order_by="parent, idx",
		):
			entries.setdefault(entry.parent, []).append(entry.serial_no)
	return {
		row.name: tuple(entries.get(row.get("serial_and_batch_bundle")) or _lines(row.get("serial_no")))
		for row in rows
	}


def _lines(text: str | None) -> list[str]:
	return [line.strip() for line in (text or "").replace(",", "\n").split("\n") if line.strip()]


def _display_of(doc: Document) -> str | None:
	display = doc.get("shipping_address") if doc.get("shipping_address_name") else doc.get("address_display")
	return frappe.utils.strip_html(display or "") or None


def _former_pieces(doc: Document) -> dict[str, list[str]]:
	"""Item → keys of the pieces of the cancelled delivery that this one amends."""
	if not doc.get("amended_from"):
		return {}
	former: dict[str, list[str]] = {}
	for row in frappe.get_all(
		placements.DOCTYPE,
		filters={
			"name": ("in", placements.touched_by((doc.doctype, doc.amended_from)) or [""]),
			"serial_no": ("is", "not set"),
			"asset": ("is", "not set"),
			"source_key": ("is", "set"),
		},
		fields=["item_code", "source_key"],
		order_by="name",
	):
		former.setdefault(row.item_code, []).append(row.source_key)
	return former


def _standing(keys: Sequence[str], *condition: str) -> dict[str, str]:
	"""source_key → name of the units with `keys` that fulfil one more condition."""
	field, operator, value = condition
	found = frappe.get_all(
		placements.DOCTYPE,
		filters={"source_key": ("in", keys or [""]), field: (operator, value)},
		fields=["name", "source_key"],
		order_by=None,
	)
	return {row.source_key: row.name for row in found}


def _delivered(lines: Sequence[Goods]) -> dict[Goods, int]:
	"""How many pieces the rows that `lines` take back had brought."""
	rows = sorted({line.takes_back for line in lines if line.takes_back})
	if not rows:
		return {}
	plain = _quantities(lines[0].row[0], rows)
	packed: dict[tuple[str, str], float] = {}
	for row in frappe.get_all(
		"Packed Item",
		filters={"parent_detail_docname": ("in", rows), "docstatus": 1},
		fields=["parent_detail_docname", "item_code", "qty"],
		order_by=None,
	):
		key = (row.parent_detail_docname, row.item_code)
		packed[key] = packed.get(key, 0) + row.qty
	return {
		line: int(
			packed.get((line.takes_back, line.item_code), 0) if line.packed else plain.get(line.takes_back, 0)
		)
		for line in lines
	}


def _quantities(doctype: str, rows: Sequence[str]) -> dict[str, float]:
	found = frappe.get_all(
		doctype, filters={"name": ("in", rows or [""])}, fields=["name", "stock_qty"], order_by=None
	)
	return {row.name: row.stock_qty for row in found}


def _first_not_installed(rows: Sequence[Any]) -> list[str]:
	"""Of each delivered row as many units as were installed now, the first that were not yet."""
	doctype = "Delivery Note Item"
	quantities = _quantities(doctype, [row.prevdoc_detail_docname for row in rows])
	keys = {
		row.name: [
			key_of(doctype, row.prevdoc_detail_docname, number + 1)
			for number in range(int(quantities.get(row.prevdoc_detail_docname, 0)))
		]
		for row in rows
	}
	waiting = _standing([key for group in keys.values() for key in group], "installed_on", "is", "not set")
	chosen = []
	for row in rows:
		chosen += [waiting.pop(key) for key in keys[row.name] if key in waiting][: int(row.qty)]
	return chosen
