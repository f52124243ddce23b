"""What a scanned code means on a visit: a piece to draw, or the number of the old part. Reads only.

A hardware scanner types the code, a camera reads it; the form fills its rows from the answer.
"""

from __future__ import annotations

from typing import TypedDict

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.permissions import named_links
from support_service.service_parts import booked_pieces, codes
from support_service.service_parts.booked_pieces import Take
from support_service.service_parts.errors import BookedPieceError, PartItemError

FITTED, REMOVED, UNIT, UNKNOWN = "fitted", "removed", "unit", "unknown"


class Scanned(TypedDict):
	"""means: "fitted" (draw it), "removed" (the old part), "unit" (the device the visit is for), "unknown" (no code of ours; perhaps the
	number of an old part).

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
	found = codes.look_up(code)
	if found and not named_links.may_see("Item", found.item_code):
		frappe.throw(_("{0} is an item that you may not use. Ask your lead.").format(code), PartItemError)
	_refuse_booked(found)
	item = (
		frappe.get_cached_value("Item", found.item_code, ["item_name", "stock_uom"], as_dict=True)
		if found
		else frappe._dict()
	)
	return {
		"means": _meaning(found, visit),
		"code": code,
		"item_code": found.item_code if found else None,
		"item_name": item.get("item_name"),
		"uom": item.get("stock_uom"),
		"qty": found.pieces if found else 1,
		"serial_no": found.serial_no if found else None,
		"batch_no": found.batch_no if found else None,
		"warehouse": found.warehouse if found and found.warehouse != visit.warehouse else None,
	}


def _refuse_booked(found: codes.Code | None) -> None:
	"""Refuse a piece in stock that is booked for days to come; the message names for whom, and free ones.

	:raises BookedPieceError:
	"""
	if not found or not (found.serial_no and found.warehouse):
		return
	take = Take(0, found.item_code, found.warehouse, serials=(found.serial_no,))
	if booked := booked_pieces.found([take]):
		frappe.throw(booked[0].text, BookedPieceError)


def _meaning(found: codes.Code | None, visit: Document) -> str:
	"""A number that lies in a warehouse is drawn; one that does not was delivered before, so it is the old part."""
	if not found:
		return UNKNOWN
	if found.serial_no and visit.installed_unit and not found.warehouse:
		number = frappe.db.get_value("Installed Unit", visit.installed_unit, "serial_no")
		if number == found.serial_no:
			return UNIT
	return REMOVED if found.serial_no and not found.warehouse else FITTED
