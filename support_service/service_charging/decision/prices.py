"""What labour, travel and parts cost the customer by ERPNext's price lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import frappe
from frappe.utils import flt, getdate

from support_service.foundation import currencies
from support_service.foundation.settings import company_default


def rates(units: Mapping[str, str | None], company: str, customer: str | None, on: date) -> dict[str, float]:
	"""Item → selling price per stock unit on the day `on`, in the company's currency. Items without a price are left out,
	and prices without an exchange rate. units: the items asked for, with their stock units.

	A price for the customer counts before one for everybody, the latest before earlier ones.
	"""
	wanted = sorted(units)
	price_list = price_list_of(company, customer) if wanted else None
	if not price_list:
		return {}
	rows = frappe.get_all(
		"Item Price",
		filters={"item_code": ("in", wanted), "price_list": price_list, "selling": 1},
		fields=["item_code", "price_list_rate", "customer", "valid_from", "valid_upto", "uom", "currency"],
		order_by="valid_from asc, creation asc",
	)
	found: dict[str, Any] = {}
	for row in rows:
		holds = _holds(row, on) and row.customer in (None, "", customer)
		if not holds or (row.uom and row.uom != units.get(row.item_code)):
			continue
		if row.customer or not (found.get(row.item_code) or {}).get("customer"):
			found[row.item_code] = row
	own = currencies.of_company(company)
	factors = {
		currency: currencies.exchange_rate(currency, own, on)
		for currency in {row.currency for row in found.values()}
	}
	return {
		item: flt(row.price_list_rate) * rate
		for item, row in found.items()
		if (rate := factors[row.currency])
	}


def price_list_of(company: str, customer: str | None) -> str | None:
	"""The company's list in our settings, else the customer's, else ERPNext's default for selling."""
	if chosen := company_default(company).get("price_list"):
		return chosen
	own = frappe.get_cached_value("Customer", customer, "default_price_list") if customer else None
	return own or frappe.get_cached_value("Selling Settings", None, "selling_price_list")


def _holds(row: Any, on: date) -> bool:
	return (not row.valid_from or getdate(row.valid_from) <= on) and (
		not row.valid_upto or getdate(row.valid_upto) >= on
	)
