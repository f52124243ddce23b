"""Documents whose prices include their taxes: what their rows charge is the price, not what is left of it without the tax.

A decision charges prices of ERPNext's price lists. Where a company lists them with tax, its tax template says so, and
ERPNext's net amounts are lower than what was accepted: billed by them, a part would still be owed, and be billed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import flt

AMOUNTS = ("amount", "base_amount", "net_amount", "base_net_amount")
TAXES = "Sales Taxes and Charges"


def put_back(doctype: str, rows: Sequence[Any]) -> None:
	"""Set the net amounts of rows of such documents to the price after discount. rows: with `parent` and AMOUNTS."""
	parents = {row.parent for row in rows}
	if not parents:
		return
	included = {"parenttype": doctype, "parent": ("in", parents), "included_in_print_rate": 1}
	names = set(frappe.get_all(TAXES, included, pluck="parent"))
	if not names:
		return
	fields = ["name", "total", "discount_amount"]
	discounts = {doc.name: _kept(doc) for doc in frappe.get_all(doctype, {"name": ("in", names)}, fields)}
	for row in rows:
		if row.parent in discounts:
			row.net_amount = row.amount * discounts[row.parent]
			row.base_net_amount = row.base_amount * discounts[row.parent]


def charge_of(doc: Document, row: Any) -> float:
	"""What a row of a document in memory charges, after discount: with the taxes that its price includes, without others."""
	if any(tax.get("included_in_print_rate") for tax in doc.get("taxes") or ()):
		return flt(row.amount) * _kept(doc)
	return flt(row.net_amount)


def _kept(doc: Any) -> float:
	"""The part of the prices that is left after the discount on the whole document."""
	return 1 - flt(doc.discount_amount) / flt(doc.total) if flt(doc.total) else 1.0
