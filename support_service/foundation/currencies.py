"""Money: the currency of a company, exchange rates, and how many decimals ERPNext's documents keep.

ERPNext rounds by the precision of its fields, which follows from the site's number format, from *Currency Precision* in the
System Settings, or from the form's customization; a currency's own smallest unit does not count. What this app splits,
charges or shows to a customer is rounded in the same way, else its sums would differ from those of ERPNext's documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from math import ceil

import erpnext
import frappe
from erpnext.setup.utils import get_exchange_rate
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

INVOICE, ROW = "Sales Invoice", "Sales Invoice Item"
# the fields an amount passes through from its row to the total
OF_AMOUNTS = ((ROW, "amount"), (ROW, "net_amount"), (INVOICE, "total"), (INVOICE, "net_total"))
FLOAT_NOISE = 6  # decimals; what is behind them comes from floating point arithmetic, not from the price


class IncompleteCurrencyError(frappe.ValidationError):
	"""ERPNext cannot write an amount in words, because the currency has no name for its smaller unit."""


def of_company(company: str) -> str:
	"""The currency in which the company keeps its books."""
	return erpnext.get_company_currency(company)


def exchange_rate(currency: str | None, own: str | None, on: date) -> float:
	"""How much of the currency `own` one unit of `currency` is on the day `on`; 0 where ERPNext has no exchange rate."""
	return 1.0 if not currency or not own or currency == own else flt(get_exchange_rate(currency, own, on))


def amount_decimals(currency: str | None = None) -> int:
	"""How many decimals an amount has."""
	return min(_precision(doctype, fieldname, currency) for doctype, fieldname in OF_AMOUNTS)


def rate_decimals(currency: str | None = None) -> int:
	"""How many decimals the price of one unit has; a site may keep more than for amounts."""
	return _precision(ROW, "rate", currency)


def rounded_up(value: float, digits: int) -> float:
	"""`value` with `digits` decimals, never less than it was."""
	scale = 10**digits
	return ceil(round(value * scale, FLOAT_NOISE)) / scale


@contextmanager
def written_in_words(draft: Document) -> Iterator[None]:
	"""While `draft` is saved: raise IncompleteCurrencyError where version 16 fails over cents that have no name.

	https://github.com/frappe/frappe/issues/37394: core adds None to a text. Version 15 writes "Cent".
	"""
	try:
		yield
	except TypeError:
		for currency in (draft.currency, of_company(draft.company)):
			if currency and not frappe.db.get_value("Currency", currency, "fraction"):
				message = _(
					"Give the Currency {0} a name for its smaller unit in the field Fraction, then try again."
				)
				frappe.throw(message.format(get_link_to_form("Currency", currency)), IncompleteCurrencyError)
		raise


def _precision(doctype: str, fieldname: str, currency: str | None) -> int:
	return frappe.get_precision(doctype, fieldname, currency) or 0
