"""Stock that is posted for a later time than now, such as a receipt dated tomorrow: it is not free today.

ERPNext counts it at once in the Bin, in the stock of batches and on the Serial No, but refuses to post taking it out today.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import frappe
from erpnext.stock.doctype.batch.batch import get_batch_qty
from frappe.utils import flt, getdate, now_datetime

from support_service.foundation.bins import Place

LEDGER = "Stock Ledger Entry"
BUNDLE, ENTRY = "Serial and Batch Bundle", "Serial and Batch Entry"
BatchPlace = tuple[str, str]  # (batch_no, warehouse)


def held_now(places: Iterable[Place]) -> dict[Place, float]:
	"""Place → what it holds now by the stock ledger; only those of `places` for which something is posted for later."""
	later = first_days(places)
	return {place: _held(place) for place in later}


def held_now_of(items: Collection[str]) -> dict[Place, float]:
	"""As `held_now`, for all places of these items: it begins with what is posted for later, which is little."""
	ledger = frappe.qb.DocType(LEDGER)
	rows = (
		frappe.qb.from_(ledger)
		.select(ledger.item_code, ledger.warehouse)
		.distinct()
		.where((ledger.posting_datetime > now_datetime()) & ledger.item_code.isin(sorted(items)))
		.where(ledger.is_cancelled == 0)
	).run()
	return {place: _held(place) for place in rows}


def first_days(places: Iterable[Place]) -> dict[Place, date]:
	"""Place → the first day later than now for which something is posted there."""
	wanted = set(places)
	if not wanted:
		return {}
	ledger = frappe.qb.DocType(LEDGER)
	rows = (
		frappe.qb.from_(ledger)
		.select(
			ledger.item_code, ledger.warehouse, frappe.query_builder.functions.Min(ledger.posting_datetime)
		)
		.where(ledger.item_code.isin(sorted({item for item, _warehouse in wanted})))
		.where(ledger.warehouse.isin(sorted({warehouse for _item, warehouse in wanted})))
		.where((ledger.posting_datetime > now_datetime()) & (ledger.is_cancelled == 0))
		.groupby(ledger.item_code, ledger.warehouse)
	).run()
	return {
		(item, warehouse): getdate(first) for item, warehouse, first in rows if (item, warehouse) in wanted
	}


def batches_now(item_code: str, batches: Collection[str]) -> dict[BatchPlace, float]:
	"""(batch, warehouse) → what is free now of `batches` of one item."""
	now = now_datetime()
	found: dict[BatchPlace, float] = {}
	for stock in get_batch_qty(
		item_code=item_code,
		batch_no=list(batches),
		posting_date=now.date(),
		posting_time=now.strftime("%H:%M:%S.%f"),
	):
		place = (stock.batch_no, stock.warehouse)
		found[place] = found.get(place, 0) + flt(stock.qty)
	return found


def serials(numbers: Collection[str]) -> dict[str, date]:
	"""Serial number → the last day later than now for which it is posted somewhere; others are left out."""
	if not numbers:
		return {}
	entry, bundle = frappe.qb.DocType(ENTRY), frappe.qb.DocType(BUNDLE)
	ledger = frappe.qb.DocType(LEDGER)
	rows: list[Any] = (
		frappe.qb.from_(entry)
		.join(bundle)
		.on(bundle.name == entry.parent)
		.join(ledger)
		.on((ledger.voucher_no == bundle.voucher_no) & (ledger.serial_and_batch_bundle == bundle.name))
		.select(entry.serial_no, frappe.query_builder.functions.Max(ledger.posting_datetime))
		.where(entry.serial_no.isin(sorted(numbers)) & (bundle.docstatus == 1) & (bundle.is_cancelled == 0))
		.where((ledger.posting_datetime > now_datetime()) & (ledger.is_cancelled == 0))
		.groupby(entry.serial_no)
	).run()
	return {serial: getdate(last) for serial, last in rows}


def _held(place: Place) -> float:
	item, warehouse = place
	ledger = frappe.qb.DocType(LEDGER)
	rows = (
		frappe.qb.from_(ledger)
		.select(ledger.qty_after_transaction)
		.where((ledger.item_code == item) & (ledger.warehouse == warehouse))
		.where((ledger.posting_datetime <= now_datetime()) & (ledger.is_cancelled == 0))
		.orderby(ledger.posting_datetime, order=frappe.qb.desc)
		.orderby(ledger.creation, order=frappe.qb.desc)
		.limit(1)
	).run()
	return flt(rows[0][0]) if rows else 0.0
