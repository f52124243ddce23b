"""The one writer of the Stock Entries of visits: submits and cancels them in ERPNext."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import frappe
from erpnext.accounts.doctype.accounting_period.accounting_period import ClosedAccountingPeriod
from erpnext.accounts.utils import FiscalYearError
from erpnext.stock.doctype.stock_ledger_entry.stock_ledger_entry import StockFreezeError
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, formatdate, today

from support_service.foundation.settings import company_default
from support_service.service_parts import errors

PURPOSE = "Material Issue"
LINKS_TO_VISIT = ("engineer_visit", "service_request", "service_consumption_key")
CLOSED = (ClosedAccountingPeriod, FiscalYearError, StockFreezeError)


def post(visit: Document, rows: list[Any], cost_centers: Mapping[str, str]) -> tuple[Document, list[Any]]:
	"""Submit one Stock Entry that issues `rows` (Engineer Visit Parts with warehouse) today, now.

	cost_centers: row name → cost centre of the warranty or contract that pays. Returns the Stock Entry and its ledger rows.

	:raises PostingClosedError: today lies in a closed or frozen period.
	:raises StockEntryRefusedError: any other reason of ERPNext's.
	"""
	entry = _build(visit, rows, cost_centers)
	_allow(entry)
	# submitted in the insert itself, past ERPNext's queue for long entries: parts and visit are one transaction
	entry.docstatus = 1
	with _posting_now(), _refusals(_closed_today):
		entry.insert()
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
	_allow(entry)
	with _posting_now(), _refusals(lambda reason: _closed_since(entry, reason)):
		entry._cancel()  # past ERPNext's queue for long entries, as above


def _allow(entry: Document) -> None:
	"""Let whoever submits or cancels the visit post its Stock Entry; its owner stays the user of the session."""
	# the right to submit a visit is the right to draw its parts: engineers need no stock role
	entry.flags.ignore_permissions = True


def before_insert(entry: Document, method: str | None = None) -> None:
	"""Handler of Stock Entry: clear the links to a visit where one is amended, as Amend copies no_copy fields, too.

	The amended one is an ordinary Stock Entry; the consumption key is unique.
	"""
	if entry.get("amended_from"):
		entry.update(dict.fromkeys(LINKS_TO_VISIT))


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


@contextmanager
def _posting_now() -> Iterator[None]:
	"""Post with the time of now, which is after the Bins were locked; in a Data Import ERPNext would take an earlier one."""
	importing = frappe.flags.in_import
	frappe.flags.in_import = False
	try:
		yield
	finally:
		frappe.flags.in_import = importing


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


@contextmanager
def _refusals(closed: Callable[[str], str]) -> Iterator[None]:
	"""Raise ERPNext's refusals as errors of this room, with its reason; `closed` words the message for a closed period."""
	try:
		yield
	except frappe.TimestampMismatchError:
		raise  # another document changed meanwhile: the whole is repeated, nothing is refused
	except CLOSED as error:
		frappe.clear_last_message()
		frappe.throw(closed(_sentence(error)), exc=errors.PostingClosedError)
	except frappe.ValidationError as error:
		frappe.clear_last_message()
		frappe.throw(
			_("The parts cannot be posted: {0} Nothing was drawn or given back.").format(_sentence(error)),
			exc=errors.StockEntryRefusedError,
		)


def _sentence(error: Exception) -> str:
	text = str(error).strip()
	return text if text.endswith((".", "。", ">")) else f"{text}."
