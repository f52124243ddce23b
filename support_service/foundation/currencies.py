"""Decimals of money as ERPNext's documents keep them.

ERPNext rounds by the precision of its fields, which follows from the site's number format, from *Currency Precision* in the
System Settings, or from the form's customization; a currency's own smallest unit does not count. Whatever is split, charged
or told to a customer is rounded to the same, else the documents would add up to something else.
"""

from __future__ import annotations

from math import ceil

import frappe

INVOICE, ROW = "Sales Invoice", "Sales Invoice Item"
# what an amount passes through from its row to the total
OF_AMOUNTS = ((ROW, "amount"), (ROW, "net_amount"), (INVOICE, "total"), (INVOICE, "net_total"))
TINY = 6  # decimals behind the last one that are the computer's, not the price's


def of_amounts(currency: str | None = None) -> int:
	"""Decimals of an amount."""
	return min(_precision(doctype, fieldname, currency) for doctype, fieldname in OF_AMOUNTS)


def of_rates(currency: str | None = None) -> int:
	"""Decimals of the price of one unit; a site may keep more of them than of amounts."""
	return _precision(ROW, "rate", currency)


def rounded_up(value: float, digits: int) -> float:
	"""`value` with `digits` decimals, never less than it was."""
	scale = 10**digits
	return ceil(round(value * scale, TINY)) / scale


def _precision(doctype: str, fieldname: str, currency: str | None) -> int:
	return frappe.get_precision(doctype, fieldname, currency) or 0
