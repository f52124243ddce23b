"""What a scanned code means on a visit: an item's barcode, a serial number, a batch, or the code of an item. Reads only.

A hardware scanner types the code, a camera reads it; the form fills its rows from the answer.
"""

from __future__ import annotations

from typing import Any, TypedDict

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_service.permissions import named_links
from support_service.service_parts.errors import PartItemError, PartQuantityError

FITTED, REMOVED, UNKNOWN = "fitted", "removed", "unknown"


class Scanned(TypedDict):
	"""means: "fitted" (draw it), "removed" (the old part), "unknown" (no code of ours; perhaps the number of an old part).

	qty: in the item's stock unit, whatever unit the barcode is for. warehouse: where a serial number lies, if not where the
	visit draws from.
	"""

	means: str
	code: str
	item_code: str | None
	item_name: str | None
	uom: str | None
	qty: float
	serial_no: str | None
	batch_no: str | None
	warehouse: str | None


def resolve(visit: Document, code: str) -> Scanned:
	"""What `code` means for the visit; the caller has checked that its user may write the visit."""
	code = code.strip()
	found = _barcode(code) or _serial(visit, code) or _batch(code) or _item(code)
	if not found:
		return _scanned(UNKNOWN, code)
	if not named_links.may_see("Item", found["item_code"]):
		frappe.throw(_("{0} is an item that you may not use. Ask your lead.").format(code), PartItemError)
	return found


def _barcode(code: str) -> Scanned | None:
	found = frappe.db.get_value(
		"Item Barcode", {"barcode": code}, ["parent as item_code", "uom"], as_dict=True
	)
	return _scanned(FITTED, code, found.item_code, qty=_pieces(found)) if found else None


def _pieces(barcode: Any) -> float:
	"""How many of the stock unit one scan is: a box of four is four pieces."""
	stock_uom = frappe.get_cached_value("Item", barcode.item_code, "stock_uom")
	if not barcode.uom or barcode.uom == stock_uom:
		return 1
	factor = frappe.db.get_value(
		"UOM Conversion Detail", {"parent": barcode.item_code, "uom": barcode.uom}, "conversion_factor"
	)
	if not flt(factor):
		frappe.throw(
			_(
				"Item {0} does not say how many {1} are in one {2}. Have it entered on the item under UOMs."
			).format(barcode.item_code, stock_uom, barcode.uom),
			PartQuantityError,
		)
	return flt(factor)


def _serial(visit: Document, code: str) -> Scanned | None:
	"""A number that lies in a warehouse is drawn; one that does not was delivered before, so it is the old part."""
	found = frappe.db.get_value(
		"Serial No", code, ["name", "item_code", "batch_no", "warehouse", "company"], as_dict=True
	)
	if not found:
		return None
	elsewhere = found.warehouse if found.warehouse and found.warehouse != visit.warehouse else None
	return _scanned(
		FITTED if found.warehouse else REMOVED,
		code,
		found.item_code,
		serial_no=found.name,
		batch_no=found.batch_no,
		warehouse=elsewhere,
	)


def _batch(code: str) -> Scanned | None:
	found = frappe.db.get_value("Batch", code, ["name", "item"], as_dict=True)
	return _scanned(FITTED, code, found.item, batch_no=found.name) if found else None


def _item(code: str) -> Scanned | None:
	name = frappe.db.get_value("Item", code, "name")
	return _scanned(FITTED, code, name) if name else None


def _scanned(
	means: str,
	code: str,
	item_code: str | None = None,
	*,
	qty: float = 1,
	serial_no: str | None = None,
	batch_no: str | None = None,
	warehouse: str | None = None,
) -> Scanned:
	item = (
		frappe.get_cached_value("Item", item_code, ["item_name", "stock_uom"], as_dict=True)
		if item_code
		else frappe._dict()
	)
	return {
		"means": means,
		"code": code,
		"item_code": item_code,
		"item_name": item.get("item_name"),
		"uom": item.get("stock_uom"),
		"qty": qty,
		"serial_no": serial_no,
		"batch_no": batch_no,
		"warehouse": warehouse,
	}
