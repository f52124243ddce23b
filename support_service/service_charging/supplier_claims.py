"""Claims on a supplier for hardware that proved unfit: where it was bought, and drafts that send it back and debit it.

The drafts are ERPNext's own returns, cut down to what is claimed; whoever makes them needs ERPNext's rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import frappe
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.utils import cint, flt

from support_service.foundation import locks
from support_service.foundation.platform import posted_at

CLAIM, RECEIPT, INVOICE = "Supplier Claim", "Purchase Receipt", "Purchase Invoice"
LINK_OF = {RECEIPT: "purchase_return", INVOICE: "debit_note"}
ROW_OF = {RECEIPT: "purchase_receipt_item", INVOICE: "purchase_invoice_item"}


class PurchaseNotFoundError(frappe.ValidationError):
	"""No submitted purchase of what is claimed is known."""


@dataclass(frozen=True, slots=True)
class Purchase:
	"""The row of a Purchase Receipt or Purchase Invoice that something came with."""

	doctype: str
	name: str
	row: str
	supplier: str


@dataclass(frozen=True, slots=True)
class Left:
	"""What of a purchase's row may still be sent back, in stock units: of what was accepted, and of what was rejected.

	by_erpnext: the most that ERPNext lets go back in a return of accepted pieces; it counts returned rejects against them.
	"""

	accepted: float
	rejected: float
	by_erpnext: float


def find_purchase(
	item_code: str, serial_no: str | None, supplier: str | None = None, company: str | None = None
) -> Purchase | None:
	"""Where the serial number came in; without one, the latest purchase of the item (from `supplier`, for `company`)."""
	return _by_serial(serial_no) if serial_no else _by_item(item_code, supplier, company)


def left_to_return(purchase: Purchase) -> Left:
	"""How much of the row has not been sent back yet; its document is locked, so that two returns do not both find it."""
	doctype = purchase.doctype
	locks.get_value(doctype, purchase.name, "name")
	bought = frappe.db.get_value(
		f"{doctype} Item", purchase.row, ["stock_qty", "rejected_qty", "conversion_factor"], as_dict=True
	)
	rejects = "return_qty_from_rejected_warehouse"
	sent_back = frappe.get_all(
		f"{doctype} Item",
		filters={ROW_OF[doctype]: purchase.row, "docstatus": 1},
		fields=["stock_qty", *([rejects] if frappe.get_meta(f"{doctype} Item").has_field(rejects) else [])],
		order_by=None,
	)
	accepted = sum(abs(flt(row.stock_qty)) for row in sent_back if not row.get(rejects))
	rejected = sum(abs(flt(row.stock_qty)) for row in sent_back if row.get(rejects))
	return Left(
		accepted=flt(bought.stock_qty) - accepted,
		rejected=flt(bought.rejected_qty) * (flt(bought.conversion_factor) or 1) - rejected,
		by_erpnext=flt(bought.stock_qty) - accepted - rejected,
	)


def return_of(
	purchase: Purchase,
	qty: float,
	serial_no: str | None = None,
	batch_no: str | None = None,
	warehouse: str | None = None,
) -> Document | None:
	"""A return of `qty` stock units of the purchase's row, not inserted; None where ERPNext has nothing left to return."""
	doc = make_return_doc(purchase.doctype, purchase.name)
	doc.items = [row for row in doc.items if row.get(ROW_OF[purchase.doctype]) == purchase.row]
	if not doc.items:
		return None
	_cut_down(doc.items[0], purchase.doctype, qty, serial_no, batch_no, warehouse)
	return doc


def purchase_return_of(claim: str) -> str:
	"""Name of the Purchase Receipt that sends back what is claimed; a draft where there is none."""
	return _draft(claim, RECEIPT)


def debit_note_of(claim: str) -> str:
	"""Name of the Purchase Invoice that debits the supplier; a draft where there is none."""
	return _draft(claim, INVOICE)


def _draft(name: str, doctype: str) -> str:
	claim = locks.get_doc(CLAIM, name)  # a double click waits here and finds what was made
	made = claim.get(LINK_OF[doctype])
	if made and cint(frappe.db.get_value(doctype, made, "docstatus")) < 2:
		return made
	purchase = _row_in(doctype, claim)
	doc = return_of(purchase, flt(claim.qty), claim.serial_no)
	if not doc:
		frappe.throw(
			_("All that came with {0} has been returned already.").format(purchase.name),
			PurchaseNotFoundError,
		)
	doc.remarks = f"{claim.name}: {claim.reason}"
	doc.insert()
	claim.db_set(LINK_OF[doctype], doc.name)
	return doc.name


def _cut_down(
	row: Any,
	doctype: str,
	qty: float,
	serial_no: str | None,
	batch_no: str | None = None,
	warehouse: str | None = None,
) -> None:
	"""Reduce the row of a whole return to a quantity, a serial number or batch, and the warehouse they lie in."""
	factor = flt(row.conversion_factor) or 1
	row.qty = -qty / factor
	row.received_qty, row.rejected_qty = row.qty, 0
	row.stock_qty = -qty
	if doctype == RECEIPT:
		row.received_stock_qty = row.stock_qty
	if serial_no or batch_no:
		row.update(
			{
				"serial_and_batch_bundle": None,
				"use_serial_batch_fields": 1,
				"serial_no": serial_no,
				"batch_no": batch_no,
			}
		)
	if serial_no and not warehouse:
		warehouse = frappe.db.get_value("Serial No", serial_no, "warehouse")
	row.warehouse = warehouse or row.warehouse


def _row_in(doctype: str, claim: Document) -> Purchase:
	"""The claimed item's row on a document of that kind: of its receipt or invoice, or of the one linked with it."""
	found = find_purchase(claim.item_code, claim.serial_no, claim.supplier)
	if found and found.doctype != doctype:
		found = _billed(found) if doctype == INVOICE else _received(found)
	if not found:
		frappe.throw(
			_("No submitted {0} of {1} is known. Make the return by hand.").format(
				_(doctype), claim.serial_no or claim.item_code
			),
			PurchaseNotFoundError,
		)
	return found


def _by_serial(serial_no: str) -> Purchase | None:
	entry = frappe.qb.DocType("Serial and Batch Entry")
	bundle = frappe.qb.DocType("Serial and Batch Bundle")
	rows = (
		frappe.qb.from_(entry)
		.join(bundle)
		.on(bundle.name == entry.parent)
		.select(bundle.voucher_type, bundle.voucher_no, bundle.voucher_detail_no)
		.where((entry.serial_no == serial_no) & (bundle.docstatus == 1) & (bundle.is_cancelled == 0))
		.where((bundle.type_of_transaction == "Inward") & bundle.voucher_type.isin([RECEIPT, INVOICE]))
		.orderby(posted_at(bundle), order=Order.desc)
		.limit(1)
		.run()
	)
	return _purchase(*rows[0]) if rows else None


def _by_item(item_code: str, supplier: str | None, company: str | None = None) -> Purchase | None:
	for doctype in (RECEIPT, INVOICE):
		conditions = [
			[f"{doctype} Item", "item_code", "=", item_code],
			["docstatus", "=", 1],
			["is_return", "=", 0],
		]
		if supplier:
			conditions.append(["supplier", "=", supplier])
		if company:
			conditions.append(["company", "=", company])
		rows = frappe.get_all(
			doctype,
			filters=conditions,
			fields=["name", f"`tab{doctype} Item`.name as row"],
			order_by="posting_date desc, posting_time desc",
			limit=1,
		)
		if rows:
			return _purchase(doctype, rows[0].name, rows[0].row)
	return None


def _billed(received: Purchase) -> Purchase | None:
	row = frappe.db.get_value(
		f"{INVOICE} Item", {"pr_detail": received.row, "docstatus": 1}, ["parent", "name"], as_dict=True
	)
	return _purchase(INVOICE, row.parent, row.name) if row else None


def _received(billed: Purchase) -> Purchase | None:
	row = frappe.db.get_value(f"{INVOICE} Item", billed.row, ["purchase_receipt", "pr_detail"], as_dict=True)
	return _purchase(RECEIPT, row.purchase_receipt, row.pr_detail) if row and row.pr_detail else None


def _purchase(doctype: str, name: str, row: str) -> Purchase:
	return Purchase(doctype, name, row, frappe.db.get_value(doctype, name, "supplier"))
