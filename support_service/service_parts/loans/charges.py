"""Charging the customer for damage to what was lent: rows of a draft Sales Invoice, each damage once.

A row of *Taken Back* names the invoice it is charged with. As long as that one is not cancelled or deleted, it is not charged again;
the loan is locked meanwhile. An invoice that is amended goes on with what the cancelled one charged. Whoever submits the draft needs ERPNext's rights, as for everything the customer is charged with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import frappe
from erpnext.accounts.party import get_party_account_currency
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate, today

from support_service.foundation import currencies, locks
from support_service.foundation.settings import company_default
from support_service.service_parts.loans.came_back import BACK, KEPT, ROW
from support_service.service_parts.loans.errors import LoanChargeError
from support_service.service_parts.loans.moves import LOAN

INVOICE = "Sales Invoice"
DAMAGED = "Damaged"


def charge(name: str, amounts: Mapping[str, float]) -> str:
	"""Make a draft Sales Invoice of the damage in `amounts` (row of *Taken Back* → amount in company currency); returns its name.

	The same rows again return the invoice that charges them already.

	:raises LoanChargeError: nothing to charge, or no item to charge damage as.
	"""
	loan = locks.get_doc(LOAN, name)  # a double click waits here and finds what was made
	rows = [row for row in loan.returns if row.name in amounts and row.state in (BACK, KEPT)]
	if not rows or any(flt(amounts[row.name]) <= 0 for row in rows) or len(rows) != len(amounts):
		frappe.throw(
			_("Enter an amount for what came back damaged; nothing else of a loan is charged."),
			LoanChargeError,
		)
	made = {row.sales_invoice for row in rows if stands(row.sales_invoice)}
	if made:
		if len(made) == 1 and all(row.sales_invoice in made for row in rows):
			return made.pop()
		frappe.throw(
			_("Some of this damage is charged already, with {0}. Choose the rest only.").format(
				", ".join(sorted(made))
			),
			LoanChargeError,
		)
	invoice = _draft(loan, rows, amounts)
	for row in rows:
		# the amounts are of permission level 1; who may charge was checked by the caller
		frappe.db.set_value(ROW, row.name, {"charge": flt(amounts[row.name]), "sales_invoice": invoice})
	return invoice


def chargeable(loan: Document) -> list[str]:
	"""Names of the rows of *Taken Back* whose damage may be charged now."""
	return [
		row.name
		for row in loan.returns
		if row.state in (BACK, KEPT)
		and (row.damage or row.condition == DAMAGED)
		and not stands(row.sales_invoice)
	]


def stands(invoice: str | None) -> bool:
	"""Whether the invoice is there and not cancelled."""
	docstatus = frappe.db.get_value(INVOICE, invoice, "docstatus") if invoice else None
	return docstatus is not None and docstatus < 2


def after_insert(invoice: Document, method: str | None = None) -> None:
	"""An amended invoice charges the damage that the cancelled one did."""
	if invoice.amended_from:
		for row in frappe.get_all(ROW, {"sales_invoice": invoice.amended_from}, pluck="name"):
			frappe.db.set_value(ROW, row, "sales_invoice", invoice.name)


def _draft(loan: Document, rows: list[Any], amounts: Mapping[str, float]) -> str:
	item = company_default(loan.company).get("damage_item")
	if not item:
		frappe.throw(
			_(
				"No item to charge damage as. Ask your manager to enter one for {0} in Support Service Settings, Parts and Stock."
			).format(loan.company),
			LoanChargeError,
		)
	invoice = frappe.new_doc(INVOICE)
	own = frappe.get_cached_value("Company", loan.company, "default_currency")
	# ERPNext takes no invoice in another currency than that of the customer's account
	currency = get_party_account_currency("Customer", loan.customer, loan.company) or own
	worth = currencies.exchange_rate(currency, own, getdate())
	if not worth:
		frappe.throw(
			_(
				"There is no exchange rate from {0} to {1} for today. Enter one under Currency Exchange, then charge."
			).format(currency, own),
			LoanChargeError,
		)
	decimals = currencies.rate_decimals(currency)
	invoice.update(
		{
			"customer": loan.customer,
			"company": loan.company,
			"posting_date": today(),
			"currency": currency,
			"conversion_rate": worth,
			"update_stock": 0,
			"ignore_pricing_rule": 1,
			"service_request": loan.service_request,
			"remarks": _("Damage to devices lent with {0}").format(loan.name),
		}
	)
	for row in rows:
		what = " ".join(filter(None, (row.item_code, row.serial_no)))
		invoice.append(
			"items",
			{
				"item_code": item,
				"qty": 1,
				"rate": flt(flt(amounts[row.name]) / worth, decimals),
				"price_list_rate": flt(flt(amounts[row.name]) / worth, decimals),
				"description": _("Damage to {0}: {1}").format(
					what, row.damage or (row.condition and _(row.condition, context=ROW)) or ""
				),
			},
		)
	# the right to charge was checked by the caller; a draft has no effect, whoever submits it needs ERPNext's rights
	invoice.insert(ignore_permissions=True)
	return invoice.name
