"""The one writer of the Stock Entries of visits: submits and cancels them in ERPNext."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, formatdate, today

from support_service.foundation.settings import company_default
from support_service.service_parts import errors, posted_now

PURPOSE = "Material Issue"


def post(visit: Document, rows: list[Any], cost_centers: Mapping[str, str]) -> tuple[Document, list[Any]]:
	"""Submit one Stock Entry that issues `rows` (Engineer Visit Parts with warehouse) today, now.

	cost_centers: row name → cost centre of the warranty or contract that pays. Returns the Stock Entry and its ledger rows.

	:raises PostingClosedError: today lies in a closed or frozen period.
	:raises StockEntryRefusedError: any other reason of ERPNext's.
	"""
	entry = _build(visit, rows, cost_centers)
	posted_now.submit(entry, _closed_today)
	ledger = ledger_of(entry.name)
	_never_below_zero(entry, ledger)
	return entry, ledger


def cancel(name: str) -> None:
	"""Cancel the Stock Entry `name` of a visit that is being cancelled.

	:raises PostingClosedError: the day it was posted lies in a closed or frozen period.
	:raises StockEntryRefusedError: any other reason of ERPNext's.
	"""
	entry = frappe.get_doc("Stock Entry", name)
	if entry.docstatus == 2:
		return
	posted_now.cancel(entry, lambda reason: _closed_since(entry, reason))


def entry_of(visit: str) -> tuple[str, int] | None:
	"""(name, docstatus) of the Stock Entry with this visit's consumption key; None where there is none."""
	found = frappe.db.get_value("Stock Entry", {"service_consumption_key": visit}, ["name", "docstatus"])
	return (found[0], int(found[1])) if found else None


def values_issued(ledger: list[Any]) -> dict[str, float]:
	"""Row of the Stock Entry → the stock value it took out, in company currency."""
	values: dict[str, float] = {}
	for row in ledger:
		values[row.voucher_detail_no] = values.get(row.voucher_detail_no, 0) - flt(row.stock_value_difference)
	return values


def _build(visit: Document, rows: list[Any], cost_centers: Mapping[str, str]) -> Document:
	defaults = company_default(visit.company)
	entry = frappe.new_doc("Stock Entry")
	entry.update(
		{
			"stock_entry_type": PURPOSE,
			"purpose": PURPOSE,
			"company": visit.company,
			"set_posting_time": 0,
			"engineer_visit": visit.name,
			"service_request": visit.service_request,
			"service_consumption_key": visit.name,
			"remarks": _("Parts used in {0} for {1}").format(visit.name, visit.service_request),
		}
	)
	for row in rows:
		entry.append("items", _item(row, defaults, cost_centers.get(row.name)))
	return entry


def _item(row: Any, defaults: Any, covered_by: str | None) -> dict[str, Any]:
	serials = row.fitted_serials()
	return {
		"item_code": row.item_code,
		"s_warehouse": row.warehouse,
		"qty": row.qty,
		"uom": row.uom,
		"stock_uom": row.uom,
		"conversion_factor": 1,
		"transfer_qty": row.qty,
		# ERPNext makes the Serial and Batch Bundle from these when it submits
		"use_serial_batch_fields": 1 if serials or row.batch_no else 0,
		"serial_no": "\n".join(serials),
		"batch_no": row.batch_no,
		# empty: ERPNext takes the defaults of item, item group, brand and company
		"cost_center": covered_by or defaults.get("cost_center"),
		"expense_account": defaults.get("expense_account"),
	}


def _never_below_zero(entry: Document, ledger: list[Any]) -> None:
	"""Refuse what ERPNext lets through where negative stock is allowed.

	The Bin counts receipts dated in the future; the ledger at this moment may hold less.
	"""
	for row in ledger:
		if flt(row.qty_after_transaction) < 0:
			idx = next((item.idx for item in entry.items if item.name == row.voucher_detail_no), 0)
			frappe.throw(
				_(
					"Row {0}: {1} would fall below zero in {2}. Draw it elsewhere, or have it transferred first."
				).format(idx, row.item_code, row.warehouse),
				exc=errors.NotEnoughStockError,
			)


def ledger_of(entry: str) -> list[Any]:
	"""The Stock Ledger Entries of the Stock Entry `entry`."""
	row = frappe.qb.DocType("Stock Ledger Entry")
	return (
		frappe.qb.from_(row)
		.select(
			"item_code", "warehouse", "voucher_detail_no", "stock_value_difference", "qty_after_transaction"
		)
		.where((row.voucher_type == "Stock Entry") & (row.voucher_no == entry) & (row.is_cancelled == 0))
		.run(as_dict=True)
	)


def _closed_today(reason: str) -> str:
	return _(
		"Parts are posted on the day of submitting, {0}, and stock is closed for that day: {1} "
		"Ask Accounts to open it, or submit the visit later. Nothing was drawn."
	).format(formatdate(today()), reason)


def _closed_since(entry: Document, reason: str) -> str:
	return _(
		"Stock Entry {0} would be cancelled on the day it was posted, {1}, and stock is closed for that day: {2} "
		"Ask Accounts to open it, or let the visit stand and have the parts received back today with a new "
		"Stock Entry. Nothing was given back."
	).format(entry.name, formatdate(entry.posting_date), reason)
