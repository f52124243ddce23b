"""Reading what ERPNext knows about the items, warehouses, serial numbers and batches in the part rows of a visit.

One query per DocType, however many rows there are; the checks read nothing else.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document

from support_service.service_parts import customers_pieces, posted_later, set_aside

ITEM_FIELDS = (
	"name",
	"is_stock_item",
	"has_variants",
	"disabled",
	"end_of_life",
	"has_serial_no",
	"has_batch_no",
	"stock_uom",
)


@dataclass(slots=True)
class PartFacts:
	"""Name → what ERPNext knows; `serials` by case-folded name, because the database compares names without case."""

	items: dict[str, Any] = field(default_factory=dict)
	warehouses: dict[str, Any] = field(default_factory=dict)
	# warehouses whose stock is free for nobody
	set_aside: set[str] = field(default_factory=set)
	serials: dict[str, Any] = field(default_factory=dict)
	batches: dict[str, Any] = field(default_factory=dict)
	# serial number, case-folded → the day ahead for which it is posted
	posted_later: dict[str, date] = field(default_factory=dict)
	# serial number, case-folded, of a customer's piece that is here for repair → its Removed Part
	customers: dict[str, str] = field(default_factory=dict)
	whole_uoms: set[str] = field(default_factory=set)
	# items that are a Product Bundle
	kits: set[str] = field(default_factory=set)


def gather(visit: Document) -> PartFacts:
	"""Read the facts about all part rows of `visit` (an Engineer Visit)."""
	rows = visit.parts
	serials = _read(
		"Serial No",
		(serial for row in rows for serial in row.fitted_serials()),
		("name", "item_code", "warehouse", "batch_no"),
	)
	items = _read("Item", (row.item_code for row in rows), ITEM_FIELDS)
	batch_names = {row.batch_no for row in rows} | {serial.batch_no for serial in serials.values()}
	return PartFacts(
		items=items,
		warehouses=_read(
			"Warehouse", (row.draws_from() for row in rows), ("name", "company", "is_group", "disabled")
		),
		set_aside=set_aside.among(row.draws_from() for row in rows),
		serials={name.casefold(): serial for name, serial in serials.items()},
		batches=_read("Batch", batch_names, ("name", "item", "expiry_date", "disabled")),
		posted_later={name.casefold(): day for name, day in posted_later.serials(list(serials)).items()},
		customers=customers_pieces.here(list(serials)),
		whole_uoms={uom for item in items.values() if (uom := item.stock_uom) and _is_whole(uom)},
		kits=_kits(items),
	)


def _kits(items: dict[str, Any]) -> set[str]:
	"""Those of the items that are a Product Bundle; ERPNext has these only where it keeps no stock of the item itself."""
	wanted = sorted(name for name, item in items.items() if not item.is_stock_item)
	if not wanted:
		return set()
	filters = {"new_item_code": ("in", wanted), "disabled": 0}
	return set(frappe.get_all("Product Bundle", filters=filters, pluck="new_item_code", order_by=None))


def _is_whole(uom: str) -> bool:
	return bool(frappe.get_cached_value("UOM", uom, "must_be_whole_number"))


def _read(doctype: str, names: Any, fields: tuple[str, ...]) -> dict[str, Any]:
	wanted = sorted({name for name in names if name})
	if not wanted:
		return {}
	rows = frappe.get_all(doctype, filters={"name": ("in", wanted)}, fields=list(fields), order_by=None)
	return {row.name: row for row in rows}
