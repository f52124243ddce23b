"""A removed part goes back to its supplier: the purchase return in ERPNext, and the credit that is expected for it.

Where the piece was bought from that supplier and enough of that purchase is left to return, it is ERPNext's own return against
it; else a Material Issue. Both carry the vendor's reference.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, flt, getdate, nowdate

from support_service.foundation import locks
from support_service.service_charging import supplier_claims
from support_service.service_charging.supplier_claims import INVOICE, RECEIPT, Purchase
from support_service.service_parts import posted_now
from support_service.service_parts.removed import stock
from support_service.service_parts.removed.errors import StepIncompleteError

SETTINGS = "Support Service Settings"
REFERENCE = {RECEIPT: "supplier_delivery_note", INVOICE: "bill_no"}


class Sent(NamedTuple):
	"""The documents with which a part went to its supplier; one of them is filled, none where no stock is kept of it."""

	stock_entry: str | None = None
	purchase_return: str | None = None
	debit_note: str | None = None


def find_purchase(part: Document) -> None:
	"""Fill in from whom and with what the part was bought, as far as ERPNext knows."""
	serial = part.serial_no if part.serial_no and frappe.db.exists("Serial No", part.serial_no) else None
	found = supplier_claims.find_purchase(part.item_code, serial, part.supplier, part.company)
	if found and frappe.db.get_value(found.doctype, found.name, "company") == part.company:
		part.purchase_doctype, part.purchase_name = found.doctype, found.name
		part.supplier = part.supplier or found.supplier


def send(part: Document, item: Any, key: str) -> Sent:
	"""Take the part, which lies in our stock, out of it to its supplier."""
	expect_credit(part)
	if not stock.has_effect(part, item):
		return Sent()
	purchase = _returnable(part, item)
	sent = _purchase_return(part, item, purchase, key) if purchase else None
	return sent or Sent(stock_entry=stock.take_out(part, item, key))


def expect_credit(part: Document) -> None:
	"""Fill in what the supplier should credit, in the currency of the purchase, and by when.

	:raises StepIncompleteError: less than nothing, or by a day that is over.
	"""
	part.sent_on = nowdate()
	if flt(part.credit_expected) < 0:
		frappe.throw(_("The credit that is expected cannot be below zero."), StepIncompleteError)
	if part.credit_due_on and getdate(part.credit_due_on) < getdate(part.sent_on):
		frappe.throw(
			_("The credit is expected by a day that is over. Choose a later one, or leave it empty."),
			StepIncompleteError,
		)
	bought = _bought(part)
	part.credit_currency = bought.currency if bought else _currency_of(part.supplier, part.company)
	if not flt(part.credit_expected) and bought:
		part.credit_expected = flt(bought.rate * flt(part.qty), part.precision("credit_expected"))
	if not part.credit_due_on:
		days = cint(frappe.db.get_single_value(SETTINGS, "credit_due_days", cache=True))
		part.credit_due_on = add_days(nowdate(), days)


def take_credit(part: Document) -> None:
	"""Fill in what the debit note that the user has named credits for the part.

	:raises StepIncompleteError: it is no submitted debit note of that supplier, or not about that many of the item.
	"""
	note = frappe.db.get_value(
		INVOICE, part.debit_note, ["docstatus", "is_return", "supplier", "company", "currency"], as_dict=True
	)
	if not note or note.docstatus != 1 or not note.is_return or note.company != part.company:
		frappe.throw(
			_("{0} is not a submitted debit note of {1}. Have it made and submitted first.").format(
				part.debit_note, part.company
			),
			StepIncompleteError,
		)
	if note.supplier != part.supplier:
		frappe.throw(
			_("Debit note {0} is for {1}; this part went to {2}. Choose another one.").format(
				part.debit_note, note.supplier, part.supplier
			),
			StepIncompleteError,
		)
	credited, amount = _credited(part.debit_note, part.item_code)
	if credited - _used_up(part) < flt(part.qty) - 1e-6:
		frappe.throw(
			_(
				"Debit note {0} credits {1} of {2}, which other removed parts have used. Choose another one."
			).format(part.debit_note, f"{credited:g}", part.item_code)
			if credited
			else _("Debit note {0} does not credit {1}. Choose another one.").format(
				part.debit_note, part.item_code
			),
			StepIncompleteError,
		)
	part.credit_currency = note.currency
	part.credit_received = flt(amount / credited * flt(part.qty), part.precision("credit_received"))


def _returnable(part: Document, item: Any) -> Purchase | None:
	"""The purchase from that supplier against which ERPNext takes the part back."""
	serial = part.serial_no if item.has_serial_no else None
	purchase = supplier_claims.find_purchase(part.item_code, serial, part.supplier, part.company)
	if not purchase or purchase.supplier != part.supplier:
		return None
	facts = frappe.db.get_value(
		purchase.doctype,
		purchase.name,
		["company", *(["update_stock"] if purchase.doctype == INVOICE else [])],
		as_dict=True,
	)
	if facts.company != part.company:
		return None
	if purchase.doctype == INVOICE and not (facts.update_stock and frappe.has_permission(INVOICE, "submit")):
		# an invoice books what we owe: its return is for whoever may submit invoices
		return None
	left = supplier_claims.left_to_return(purchase)
	return purchase if min(left.accepted, left.by_erpnext) >= flt(part.qty) - 1e-6 else None


def _purchase_return(part: Document, item: Any, purchase: Purchase, key: str) -> Sent | None:
	doc = supplier_claims.return_of(
		purchase,
		flt(part.qty),
		part.serial_no if item.has_serial_no else None,
		part.batch_no if item.has_batch_no else None,
		part.warehouse,
	)
	if not doc:
		return None
	# freight and the like were for the whole purchase
	doc.taxes = [tax for tax in doc.taxes if tax.charge_type != "Actual"]
	doc.update(
		{
			"removed_part": part.name,
			"service_return_key": key,
			REFERENCE[purchase.doctype]: part.vendor_reference,
			"remarks": f"{part.name}, {part.vendor_reference}",
			"set_posting_time": 0,
		}
	)
	posted_now.submit(doc, stock.closed_today)
	part.warehouse = None
	part.purchase_doctype, part.purchase_name = purchase.doctype, purchase.name
	if purchase.doctype == RECEIPT:
		part.purchase_return = doc.name
		return Sent(purchase_return=doc.name)
	part.debit_note = doc.name
	return Sent(debit_note=doc.name)


def _bought(part: Document) -> Any:
	"""Currency and rate of one stock unit of the purchase that is known; None where none is, or of another supplier."""
	if not part.purchase_name:
		return None
	head = frappe.db.get_value(
		part.purchase_doctype, part.purchase_name, ["currency", "supplier"], as_dict=True
	)
	row = frappe.db.get_value(
		f"{part.purchase_doctype} Item",
		{"parent": part.purchase_name, "item_code": part.item_code},
		["net_rate", "conversion_factor"],
		as_dict=True,
	)
	if not head or not row or head.supplier != part.supplier:
		return None
	return frappe._dict(currency=head.currency, rate=flt(row.net_rate) / (flt(row.conversion_factor) or 1))


def _currency_of(supplier: str, company: str) -> str:
	return frappe.db.get_value("Supplier", supplier, "default_currency") or frappe.get_cached_value(
		"Company", company, "default_currency"
	)


def _credited(debit_note: str, item_code: str) -> tuple[float, float]:
	"""How many of the item, in stock units, a debit note credits, and with what amount; both positive."""
	rows = frappe.get_all(
		f"{INVOICE} Item",
		filters={"parent": debit_note, "item_code": item_code},
		fields=["stock_qty", "net_amount"],
		order_by=None,
	)
	return sum(abs(flt(row.stock_qty)) for row in rows), sum(abs(flt(row.net_amount)) for row in rows)


def _used_up(part: Document) -> float:
	"""How many of the item other removed parts have been credited with the same debit note; the note is locked for that."""
	locks.get_value(INVOICE, part.debit_note, "name")
	used = frappe.get_all(
		"Removed Part",
		filters={
			"debit_note": part.debit_note,
			"item_code": part.item_code,
			"status": "Credited",
			"name": ("!=", part.name),
		},
		pluck="qty",
		order_by=None,
	)
	return sum(flt(qty) for qty in used)
