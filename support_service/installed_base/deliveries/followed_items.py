"""Which items are followed at the customer's: the one reader of *Follow at Customers* on Item.

A variant whose own field is empty goes by its template: ERPNext hands on to variants only the fields that are listed in
Item Variant Settings.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.query_builder.functions import Coalesce
from pypika.functions import NullIf
from pypika.terms import Term

YES, NO = "Yes", "No"


def tracking(codes: Iterable[str]) -> dict[str, bool]:
	"""The items that are followed at the customer's → whether by serial number."""
	return {
		row.name: bool(row.has_serial_no)
		for row in _read(codes)
		if row.said == YES or (row.has_serial_no and row.said != NO)
	}


def not_refused(codes: Iterable[str]) -> set[str]:
	"""Those that nobody said are not followed; for items of which there are serial numbers, whatever the item says now."""
	return {row.name for row in _read(codes) if row.said != NO}


def only(query: Any, item: Any) -> Any:
	"""`query` narrowed to rows whose `item`, a table of Item that it joins, is followed."""
	template = frappe.qb.DocType("Item").as_("template")
	said = _said(item, template)
	return (
		query.left_join(template)
		.on(template.name == item.variant_of)
		.where((said == YES) | ((item.has_serial_no == 1) & (said != NO)))
	)


def _read(codes: Iterable[str]) -> list[Any]:
	wanted = sorted({code for code in codes if code})
	if not wanted:
		return []
	item, template = frappe.qb.DocType("Item"), frappe.qb.DocType("Item").as_("template")
	return (
		frappe.qb.from_(item)
		.left_join(template)
		.on(template.name == item.variant_of)
		.select(item.name, item.has_serial_no, _said(item, template).as_("said"))
		.where(item.name.isin(wanted))
		.run(as_dict=True)
	)


def _said(item: Any, template: Any) -> Term:
	return Coalesce(
		NullIf(item.service_unit_tracking, ""),
		NullIf(template.service_unit_tracking, ""),
		"",
	)
