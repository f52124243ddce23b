"""The Stock Entries of loans: what is lent moves into the company's loan warehouse, what comes back moves out of it.

It stays ours and keeps its value; only the warehouse changes. Each Stock Entry has a unique key of loan, direction and number, so that
the database refuses a second one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, formatdate, today

from support_service.service_parts import posted_now
from support_service.service_parts.loans.errors import LoanStockEntryError

PURPOSE = "Material Transfer"
LOAN = "Equipment Loan"


class Transfer(NamedTuple):
	"""One row: `qty` stock units of a piece from one warehouse to another."""

	item_code: str
	qty: float
	uom: str | None
	source: str
	target: str
	serial_no: str | None = None
	batch_no: str | None = None


def post(loan: Document, rows: Iterable[Transfer], key: str) -> Document:
	"""Submit one Stock Entry for `rows` now. key: what tells it from the others of this loan, such as "out|1"."""
	entry = frappe.new_doc("Stock Entry")
	entry.update(
		{
			"stock_entry_type": PURPOSE,
			"purpose": PURPOSE,
			"company": loan.company,
			"set_posting_time": 0,
			"equipment_loan": loan.name,
			"service_request": loan.service_request,
			"service_consumption_key": f"{loan.name}|{key}",
			"remarks": _("Loan {0} to {1}").format(loan.name, loan.customer_name or loan.customer),
		}
	)
	for row in rows:
		entry.append("items", _item(row))
	posted_now.submit(entry, _closed)
	return entry


def undo(name: str) -> None:
	"""Cancel a Stock Entry of a loan, as a step of the loan."""
	entry = frappe.get_doc("Stock Entry", name)
	if entry.docstatus == 2:
		return
	# a client cannot set flags: who cancels it on its own form does not carry this
	entry.flags.by_its_loan = True
	posted_now.cancel(entry, lambda reason: _closed_since(entry, reason))


def before_cancel(entry: Document, method: str | None = None) -> None:
	"""Handler of Stock Entry: one of a loan is cancelled by the loan's own step, else the loan would say what is not so.

	:raises LoanStockEntryError: the message names the loan.
	"""
	loan = entry.get("equipment_loan")
	if loan and not entry.flags.by_its_loan and frappe.db.exists(LOAN, loan):
		frappe.throw(
			_("This Stock Entry is a step of loan {0}. Undo the hand-over or the taking back there.").format(
				loan
			),
			LoanStockEntryError,
		)


def _item(row: Transfer) -> dict[str, Any]:
	return {
		"item_code": row.item_code,
		"s_warehouse": row.source,
		"t_warehouse": row.target,
		"qty": flt(row.qty),
		"uom": row.uom,
		"stock_uom": row.uom,
		"conversion_factor": 1,
		"transfer_qty": flt(row.qty),
		# ERPNext makes the Serial and Batch Bundles from these when it submits
		"use_serial_batch_fields": 1 if row.serial_no or row.batch_no else 0,
		"serial_no": row.serial_no,
		"batch_no": row.batch_no,
	}


def _closed(reason: str) -> str:
	return _(
		"Devices are lent and taken back on the day it is entered, {0}, and stock is closed for that day: {1} "
		"Ask Accounts to open it. Nothing was moved."
	).format(formatdate(today()), reason)


def _closed_since(entry: Document, reason: str) -> str:
	return _(
		"Stock Entry {0} would be cancelled on the day it was posted, {1}, and stock is closed for that day: {2} "
		"Ask Accounts to open it. Nothing was moved."
	).format(entry.name, formatdate(entry.posting_date), reason)
