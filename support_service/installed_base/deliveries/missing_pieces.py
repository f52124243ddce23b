"""Finding documents with a piece that has no event of a unit: a posted serial number, or a piece without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.query_builder.functions import Abs, Count, Floor, Sum
from pypika.terms import ExistsCriterion

from support_service.installed_base import unit_events
from support_service.installed_base.deliveries import documents, followed_items, moved_goods
from support_service.installed_base.unit_events import DELIVERED, INSTALLED, RETURNED
from support_service.installed_base.unit_rows import DOCTYPE as UNIT

# DocType → the events of which each of its pieces must have one
EVENTS = {
	"Delivery Note": (DELIVERED, RETURNED),
	"Sales Invoice": (DELIVERED, RETURNED),
	"Installation Note": (INSTALLED,),
	"Asset": (DELIVERED,),
}
# DocType → the tables of its rows, each with the column of the quantity
PIECES = {
	"Delivery Note": (("Delivery Note Item", "stock_qty"), ("Packed Item", "qty")),
	"Sales Invoice": (("Sales Invoice Item", "stock_qty"), ("Packed Item", "qty")),
	"Installation Note": (("Installation Note Item", "qty"),),
}


def among(doctype: str, names: Sequence[str]) -> set[str]:
	"""Those of the submitted documents `names` that have a piece without an event."""
	names = _concerning_units(doctype, names)
	if not names:
		return set()
	if doctype == "Asset":
		return {name for name in names if not _counted(doctype, names).get(name)}
	if doctype == "Installation Note":
		return _with_fewer_events(doctype, names, by_serial=None)
	return _with_missing_serials(doctype, names) | _with_fewer_events(doctype, names, by_serial=False)


def _concerning_units(doctype: str, names: Sequence[str]) -> list[str]:
	filters: dict[str, Any] = {"name": ("in", list(names) or [""])}
	if doctype == "Asset":
		filters |= {"asset_owner": "Customer", "customer": ("is", "set")}
	elif doctype != "Installation Note":
		filters["is_internal_customer"] = 0
		if doctype == "Sales Invoice":
			filters["update_stock"] = 1
		if not documents.makes_units():
			filters["is_return"] = 1  # deliveries make none here
	return frappe.get_all(doctype, filters=filters, pluck="name", order_by=None)


def _with_missing_serials(doctype: str, names: Sequence[str]) -> set[str]:
	"""Documents that posted a serial number whose unit has no event of them; of returns, only numbers that have a unit.

	Where two Serial Nos were merged into one, only one of their units still links it; the other counts as having its event.
	"""
	document, sle = frappe.qb.DocType(doctype), frappe.qb.DocType(moved_goods.LEDGER)
	entry, item = frappe.qb.DocType(moved_goods.ENTRY), frappe.qb.DocType("Item")
	event, unit, known = (
		frappe.qb.DocType(unit_events.DOCTYPE),
		frappe.qb.DocType(UNIT),
		frappe.qb.DocType(UNIT).as_("known"),
	)
	with_event = (
		frappe.qb.from_(event)
		.join(unit)
		.on(unit.name == event.installed_unit)
		.select(event.name)
		.where((event.reference_name == sle.voucher_no) & (event.reference_doctype == doctype))
		.where(event.event.isin(EVENTS[doctype]) & (unit.serial_no == entry.serial_no))
	)
	there = frappe.qb.from_(known).select(known.name).where(known.serial_no == entry.serial_no)
	posted = (
		frappe.qb.from_(sle)
		.join(document)
		.on(document.name == sle.voucher_no)
		.join(entry)
		.on(entry.parent == sle.serial_and_batch_bundle)
		.join(item)
		.on(item.name == sle.item_code)
		.select(sle.voucher_no, Count(entry.serial_no).distinct())
		.groupby(sle.voucher_no)
		.where((sle.voucher_type == doctype) & sle.voucher_no.isin(names) & (sle.is_cancelled == 0))
		.where(entry.serial_no.isnotnull() & (entry.serial_no != ""))
		.where(
			((document.is_return == 0) & (sle.actual_qty < 0))
			| ((document.is_return == 1) & (sle.actual_qty > 0) & ExistsCriterion(there))
		)
		.where(ExistsCriterion(with_event).negate())
	)
	missing = dict(followed_items.only(posted, item).run())
	by_themselves = _counted(doctype, sorted(missing), by_serial=True, alone=True) if missing else {}
	return {name for name, count in missing.items() if count > by_themselves.get(name, 0)}


def _with_fewer_events(doctype: str, names: Sequence[str], by_serial: bool | None) -> set[str]:
	"""Documents with more pieces in their rows than units with an event of them.

	by_serial: count only items with (True) or without (False) serial numbers; None counts all.
	"""
	events = _counted(doctype, names, by_serial)
	pieces: dict[str, float] = {}
	for table, column in PIECES[doctype]:
		row, item = frappe.qb.DocType(table), frappe.qb.DocType("Item")
		query = (
			frappe.qb.from_(row)
			.join(item)
			.on(item.name == row.item_code)
			.select(row.parent, Sum(Floor(Abs(row[column]))))
			.where(row.parent.isin(names) & (row.parenttype == doctype))
			.groupby(row.parent)
		)
		if by_serial is not None:
			query = query.where(item.has_serial_no == int(by_serial))
		for name, count in followed_items.only(query, item).run():
			pieces[name] = pieces.get(name, 0) + count
	return {name for name, count in pieces.items() if events.get(name, 0) < count}


def _counted(
	doctype: str, names: Sequence[str], by_serial: bool | None = None, *, alone: bool = False
) -> dict[str, int]:
	"""Document → how many units have an event of it. alone: count only units that link no Serial No any more."""
	event, unit, item = (
		frappe.qb.DocType(unit_events.DOCTYPE),
		frappe.qb.DocType(UNIT),
		frappe.qb.DocType("Item"),
	)
	query = (
		frappe.qb.from_(event)
		.select(event.reference_name, Count(event.installed_unit).distinct())
		.where(event.reference_name.isin(names) & (event.reference_doctype == doctype))
		.where(event.event.isin(EVENTS[doctype]))
		.groupby(event.reference_name)
	)
	if by_serial is not None:
		query = (
			query.join(unit)
			.on(unit.name == event.installed_unit)
			.join(item)
			.on(item.name == unit.item_code)
			.where(item.has_serial_no == int(by_serial))
		)
	if alone:
		query = query.where(unit.serial_no.isnull() | (unit.serial_no == ""))
	return dict(query.run())
