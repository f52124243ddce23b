"""What a scanned or typed code means: a serial number, a batch, a barcode or an item. Reads only.

ERPNext's own `scan_barcode` keeps its answer for two minutes for everybody and throws for a batch of numbered pieces; here each
code is looked up as it stands now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, flt

from support_service.service_parts.errors import PartQuantityError


@dataclass(frozen=True, slots=True)
class Code:
	"""One code. pieces: how many stock units one scan is. warehouse: where a serial number lies; None for one that was delivered."""

	item_code: str
	serial_no: str | None = None
	batch_no: str | None = None
	pieces: float = 1
	warehouse: str | None = None


def look_up(code: Any) -> Code | None:
	"""What `code` means; None where nothing is known under it. A number on a piece is looked for before anything else.

	:raises PartQuantityError: the barcode is for a unit of measure that the item knows no number of pieces for.
	"""
	text = cstr(code).strip()
	if not text:
		return None
	columns = ["name", "item_code", "batch_no", "warehouse"]
	if serial := frappe.db.get_value("Serial No", text, columns, as_dict=True):
		return Code(serial.item_code, serial.name, serial.batch_no, warehouse=serial.warehouse)
	if batch := frappe.db.get_value("Batch", text, ["name", "item"], as_dict=True):
		return Code(batch.item, batch_no=batch.name)
	if barcode := frappe.db.get_value("Item Barcode", {"barcode": text}, ["parent", "uom"], as_dict=True):
		return Code(barcode.parent, pieces=_pieces(barcode.parent, barcode.uom))
	item = frappe.db.get_value("Item", text)
	return Code(item) if item else None


def _pieces(item_code: str, uom: str | None) -> float:
	"""Stock units in one `uom`: a box of four is four pieces."""
	stock_uom = frappe.get_cached_value("Item", item_code, "stock_uom")
	if not uom or uom == stock_uom:
		return 1
	row = {"parent": item_code, "parenttype": "Item", "uom": uom}
	factor = flt(frappe.db.get_value("UOM Conversion Detail", row, "conversion_factor"))
	if not factor:
		frappe.throw(
			_(
				"Item {0} does not say how many {1} are in one {2}. Have it entered on the item under UOMs."
			).format(item_code, stock_uom, uom),
			PartQuantityError,
		)
	return factor
