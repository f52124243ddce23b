"""Money: which currency a company keeps its books in, what one is worth in another, and how many decimals count.

Decimals are those that ERPNext's documents keep.

ERPNext rounds by the precision of its fields, which follows from the site's number format, from *Currency Precision* in the
System Settings, or from the form's customization; a currency's own smallest unit does not count. Whatever is split, charged
or told to a customer is rounded to the same, else the documents would add up to something else.
"""

from __future__ import annotations

from datetime import date
from math import ceil

import erpnext
import frappe
from erpnext.setup.utils import get_exchange_rate
from frappe.utils import flt

INVOICE, ROW = "Sales Invoice", "Sales Invoice Item"
# what an amount passes through from its row to the total
OF_AMOUNTS = ((ROW, "amount"), (ROW, "net_amount"), (INVOICE, "total"), (INVOICE, "net_total"))
TINY = 6  # decimals behind the last one that are the computer's, not the price's


def of_company(company: str) -> str:
	"""The currency in which the company keeps its books."""
	return erpnext.get_company_currency(company)


def worth(currency: str | None, own: str | None, on: date) -> float:
	"""What one unit of `currency` is worth in `own` on the day `on`; 0 where ERPNext knows no exchange rate."""
	return 1.0 if not currency or not own or currency == own else flt(get_exchange_rate(currency, own, on))


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
