"""Which items become units at the customer's: the one reader of the field *Follow at Customers* of Item.

Where the field of a variant is empty, its template decides: ERPNext copies to variants only the fields listed in Item
Variant Settings.
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
	"""Of the items `codes` those that are followed at the customer's → whether by serial number."""
	return {
		row.name: bool(row.has_serial_no)
		for row in _read(codes)
		if row.choice == YES or (row.has_serial_no and row.choice != NO)
	}


def not_refused(codes: Iterable[str]) -> set[str]:
	"""Of the items `codes` those whose field is not No: items with existing serial numbers, even if they keep none now."""
	return {row.name for row in _read(codes) if row.choice != NO}


def only(query: Any, item: Any) -> Any:
	"""Narrow `query`, which joins Item as the table `item`, to rows of followed items."""
	template = frappe.qb.DocType("Item").as_("template")
	choice = _choice(item, template)
	return (
		query.left_join(template)
		.on(template.name == item.variant_of)
		.where((choice == YES) | ((item.has_serial_no == 1) & (choice != NO)))
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
		.select(item.name, item.has_serial_no, _choice(item, template).as_("choice"))
		.where(item.name.isin(wanted))
		.run(as_dict=True)
	)


def _choice(item: Any, template: Any) -> Term:
	return Coalesce(
		NullIf(item.service_unit_tracking, ""),
		NullIf(template.service_unit_tracking, ""),
		"",
	)
