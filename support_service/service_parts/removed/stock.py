"""What a step of a removed part does to ERPNext's stock: the one writer of its Stock Entries.

Items that are not kept in stock, and our own tools, have no such effect.
"""

from __future__ import annotations

from typing import Any

import frappe
from erpnext.stock.stock_ledger import get_valuation_rate
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, formatdate, today

from support_service.foundation.bins import Place
from support_service.foundation.settings import company_default
from support_service.service_parts import posted_now
from support_service.service_parts.removed import ownership
from support_service.service_parts.removed.errors import StepIncompleteError
from support_service.service_parts.removed.lifecycle import Owner

ENTRY = "Stock Entry"
RECEIPT, ISSUE, TRANSFER = "Material Receipt", "Material Issue", "Material Transfer"


def item_of(part: Document) -> Any:
	"""What ERPNext says about the part's item."""
	fields = ["name", "is_stock_item", "has_serial_no", "has_batch_no", "stock_uom"]
	return frappe.db.get_value("Item", part.item_code, fields, as_dict=True)


def has_effect(part: Document, item: Any) -> bool:
	"""Whether stock is kept of the part; a tool stands in no warehouse while it is lent to an engineer."""
	return bool(item.is_stock_item) and not part.is_tool


def places(part: Document) -> set[Place]:
	"""Every (item, warehouse) that a step of the part may move stock in or out of."""
	defaults = company_default(part.company)
	warehouses = {part.warehouse, defaults.get("defective_warehouse"), defaults.get("parts_warehouse")}
	return {(part.item_code, warehouse) for warehouse in warehouses if warehouse}


def receive(part: Document, item: Any, key: str) -> str:
	"""Take the part into the warehouse for removed parts, at the value the settings say, mostly none; returns the Stock Entry."""
	warehouse = _warehouse(part, "defective_warehouse", _("Warehouse for Removed Parts"))
	_require_numbers(part, item)
	ownership.settle(part)
	part.value_rate = _value(part, warehouse)
	entry = _entry(
		part,
		item,
		RECEIPT,
		key,
		t_warehouse=warehouse,
		basic_rate=part.value_rate,
		set_basic_rate_manually=1,
		# without value is not the same as "value not known", for which ERPNext would take one from elsewhere
		allow_zero_valuation_rate=int(not part.value_rate),
	)
	part.warehouse = warehouse
	return entry


def put_back(part: Document, item: Any, key: str) -> str:
	"""Move the part into the store it can be drawn from again; returns the Stock Entry."""
	store = _warehouse(part, "parts_warehouse", _("Central Spare Parts Store"))
	entry = _entry(
		part, item, TRANSFER, key, s_warehouse=part.warehouse, t_warehouse=store, **_worthless(part)
	)
	part.warehouse = store
	return entry


def take_out(part: Document, item: Any, key: str) -> str:
	"""Take the part out of stock for good; returns the Stock Entry."""
	entry = _entry(part, item, ISSUE, key, s_warehouse=part.warehouse, **_worthless(part))
	part.warehouse = None
	return entry


def hand_over(part: Document, item: Any, key: str) -> str:
	"""Take a customer's piece out of stock as they have it again; returns the Stock Entry."""
	entry = take_out(part, item, key)
	is_with_customer(part)
	return entry


def is_with_customer(part: Document) -> None:
	"""Set the serial number to delivered to its customer: ERPNext takes an issued one for consumed, one never received for inactive."""
	if part.serial_no:
		number = frappe.db.get_value("Serial No", {"name": part.serial_no, "item_code": part.item_code})
		values = {"status": "Delivered", "customer": part.customer}
		if number:
			frappe.db.set_value("Serial No", number, values, update_modified=False)


def closed_today(reason: str) -> str:
	return _(
		"Stock is closed for today, {0}: {1} Ask Accounts to open it, or make this step on a day that is open. "
		"Nothing was changed."
	).format(formatdate(today()), reason)


def cancel(doctype: str, name: str) -> None:
	"""Cancel a stock document that a step of a removed part has made."""
	doc = frappe.get_doc(doctype, name)
	if doc.docstatus != 1:
		return
	doc.flags.by_removed_parts = True

	def closed_since(reason: str) -> str:
		return _(
			"{0} {1} would be cancelled on the day it was posted, {2}, and stock is closed for that day: {3} "
			"Ask Accounts to open it. Nothing was changed."
		).format(_(doctype), name, formatdate(doc.posting_date), reason)

	posted_now.cancel(doc, closed_since)


def _entry(part: Document, item: Any, purpose: str, key: str, **row: Any) -> str:
	defaults = company_default(part.company)
	entry = frappe.new_doc(ENTRY)
	entry.update(
		{
			"stock_entry_type": purpose,
			"purpose": purpose,
			"company": part.company,
			"set_posting_time": 0,
			"removed_part": part.name,
			"service_request": part.service_request,
			"service_consumption_key": key,
			"remarks": f"{part.name}, {part.vendor_reference}" if part.vendor_reference else part.name,
		}
	)
	numbered = bool(item.has_serial_no or item.has_batch_no)
	entry.append(
		"items",
		{
			"item_code": part.item_code,
			"qty": part.qty,
			"uom": item.stock_uom,
			"stock_uom": item.stock_uom,
			"conversion_factor": 1,
			"transfer_qty": part.qty,
			"use_serial_batch_fields": int(numbered),
			"serial_no": part.serial_no if item.has_serial_no else None,
			"batch_no": part.batch_no if item.has_batch_no else None,
			# empty: ERPNext takes the defaults of item, item group, brand and company
			"cost_center": defaults.get("cost_center"),
			"expense_account": defaults.get("expense_account"),
			**row,
		},
	)
	posted_now.submit(entry, closed_today)
	return entry.name


def _worthless(part: Document) -> dict[str, Any]:
	return {} if flt(part.value_rate) else {"allow_zero_valuation_rate": 1}


def _warehouse(part: Document, fieldname: str, label: str) -> str:
	if warehouse := company_default(part.company).get(fieldname):
		return warehouse
	frappe.throw(
		_("Set {0} of {1} in Support Service Settings, Parts and Stock, then try again.").format(
			label, part.company
		),
		StepIncompleteError,
	)


def _require_numbers(part: Document, item: Any) -> None:
	"""Refuse a piece whose number nobody has read, or that ERPNext takes for another one; find or make its batch."""
	if item.has_serial_no:
		if flt(part.qty) != 1:
			frappe.throw(
				_("{0} has serial numbers: receive one piece at a time, each with its number.").format(
					part.item_code
				),
				StepIncompleteError,
			)
		if not part.serial_no:
			frappe.throw(
				_("Enter the serial number of {0}; it stands on the part.").format(part.item_code),
				StepIncompleteError,
			)
		known = frappe.db.get_value(
			"Serial No", part.serial_no, ["name", "item_code", "warehouse", "batch_no"], as_dict=True
		)
		if known:
			part.serial_no = known.name
			part.batch_no = part.batch_no or known.batch_no
			_refuse_other_piece(part, known)
	if item.has_batch_no and not part.batch_no:
		part.batch_no = _batch_of_its_own(part)


def _refuse_other_piece(part: Document, known: Any) -> None:
	if known.item_code != part.item_code:
		frappe.throw(
			_("Serial number {0} belongs to item {1}, not {2}. Check the label on the part.").format(
				escape_html(known.name), known.item_code, part.item_code
			),
			StepIncompleteError,
		)
	if known.warehouse:
		frappe.throw(
			_(
				"Serial number {0} is in {1} by ERPNext's books, so it cannot come in again. Check the label on the part, or "
				"have that stock corrected first."
			).format(escape_html(known.name), known.warehouse),
			StepIncompleteError,
		)


def _batch_of_its_own(part: Document) -> str:
	"""A batch named after the part: nobody knows of which it is, and it must not pass for a good one."""
	if not frappe.db.exists("Batch", part.name):
		# whoever may receive the part may do what receiving it needs
		frappe.get_doc({"doctype": "Batch", "batch_id": part.name, "item": part.item_code}).insert(
			ignore_permissions=True
		)
	return part.name


def _value(part: Document, warehouse: str) -> float:
	defaults = company_default(part.company)
	share = flt(defaults.get("removed_part_value"))
	if not share or part.belongs_to == Owner.CUSTOMER:  # what is not ours is worth nothing in our books
		return 0.0
	# of good pieces, not of those that lie here without value
	store = defaults.get("parts_warehouse") or warehouse
	known = get_valuation_rate(
		part.item_code, store, ENTRY, part.name, allow_zero_rate=True, company=part.company
	)
	return flt(flt(known) * share / 100, part.precision("value_rate"))
