"""Who sold what, of many pieces at once. Of one piece, with the row of its purchase: `supplier_claims.find_purchase`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import frappe
from frappe.query_builder import DocType, Order
from pypika.analytics import RowNumber

from support_service.foundation.platform import posted_at
from support_service.service_charging.supplier_claims import INVOICE, RECEIPT

Piece = tuple[str, str | None]  # item, serial number


def suppliers_of(pieces: Collection[Piece]) -> dict[Piece, str]:
	"""Piece → who sold it: by its serial number where that was bought with a number, else by the latest purchase of the item,
	by receipt before by invoice; empty where none is known. As many queries for a thousand pieces as for one.
	"""
	by_number = _by_number({number for _item, number in pieces if number})
	rest = {item for item, number in pieces if not by_number.get((number or "").casefold())}
	by_item: dict[str, str] = {}
	for doctype in (RECEIPT, INVOICE):
		if missing := rest - by_item.keys():
			by_item.update(_by_item(doctype, missing))
	return {
		(item, number): by_number.get((number or "").casefold()) or by_item.get(item, "")
		for item, number in pieces
	}


def _by_number(numbers: set[str]) -> dict[str, str]:
	"""Serial number, case-folded → who sold it last."""
	if not numbers:
		return {}
	entry, bundle = DocType("Serial and Batch Entry"), DocType("Serial and Batch Bundle")
	rows = (
		frappe.qb.from_(entry)
		.join(bundle)
		.on(bundle.name == entry.parent)
		.select(entry.serial_no, bundle.voucher_type, bundle.voucher_no)
		.where(entry.serial_no.isin(sorted(numbers)) & (bundle.docstatus == 1) & (bundle.is_cancelled == 0))
		.where((bundle.type_of_transaction == "Inward") & bundle.voucher_type.isin([RECEIPT, INVOICE]))
		.orderby(posted_at(bundle))
		.run()
	)
	came_with = {number.casefold(): (doctype, name) for number, doctype, name in rows}  # the last one counts
	sellers: dict[tuple[str, str], Any] = {}
	for doctype in (RECEIPT, INVOICE):
		names = {name for kind, name in came_with.values() if kind == doctype}
		if names:
			found = frappe.get_all(
				doctype, {"name": ("in", sorted(names))}, ["name", "supplier"], order_by=None
			)
			sellers.update({(doctype, row.name): row.supplier for row in found})
	return {number: sellers[document] for number, document in came_with.items() if document in sellers}


def _by_item(doctype: str, items: set[str]) -> dict[str, str]:
	"""Item → the supplier of its latest purchase by such a document."""
	row, purchase = DocType(f"{doctype} Item"), DocType(doctype)
	latest_first = (
		RowNumber()
		.over(row.item_code)
		.orderby(purchase.posting_date, order=Order.desc)
		.orderby(purchase.posting_time, order=Order.desc)
	)
	bought = (
		frappe.qb.from_(row)
		.join(purchase)
		.on(purchase.name == row.parent)
		.select(row.item_code, purchase.supplier, latest_first.as_("place"))
		.where(row.item_code.isin(sorted(items)) & (purchase.docstatus == 1) & (purchase.is_return == 0))
	)
	return dict(
		frappe.qb.from_(bought).select(bought.item_code, bought.supplier).where(bought.place == 1).run()
	)
