"""Makes the Sales Invoices of contracts that are due, as drafts, each once.

An invoice has a unique key of contract and number, so the database itself refuses a second one, however often and in how
many processes the run is repeated. Accounting checks and submits it. A cancelled invoice keeps its key: it is made again
only when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, formatdate, get_link_to_form, getdate

from support_service.constants.words import N_
from support_service.foundation import batches, currencies, language, locks
from support_service.foundation.postponed import Backlog
from support_service.service_coverage.contract import drafts, rules
from support_service.service_coverage.contract.rules import Installment

CONTRACT, INVOICE = "Service Contract", "Sales Invoice"
KEY = "service_billing_key"
TO_INVOICE = Backlog(N_("Make the invoices of a contract that are due"), CONTRACT)
FROM_CONTRACT = ("service_contract", KEY)


class NothingToInvoiceError(frappe.ValidationError):
	"""Every invoice that is due is made already."""


class InvoicedContractError(frappe.ValidationError):
	"""The contract still has a draft invoice."""


def schedule_of(contract: Any) -> tuple[Installment, ...]:
	"""The invoices of a contract (row or document) by its term, price and termination."""
	if not contract.price or not contract.start_date or not contract.end_date:
		return ()
	return rules.schedule(
		start=getdate(contract.start_date),
		end=getdate(contract.end_date),
		price=contract.price,
		interval=contract.billing_interval or rules.IN_ADVANCE,
		digits=digits_of(contract.currency),
		terminated_on=getdate(contract.terminated_on) if contract.terminated_on else None,
	)


def digits_of(currency: str | None) -> int:
	"""Decimals of an invoice's amount, which is the rate of its one row: what ERPNext will keep of it."""
	return min(currencies.rate_decimals(currency), currencies.amount_decimals(currency))


def next_invoice(contract: Any) -> dict[str, Any]:
	"""The column `next_invoice_on`: the day the next invoice is due; None for drafts and where all are made."""
	if contract.docstatus != 1:
		return {"next_invoice_on": None}
	made = made_for(contract.name)
	to_make = (one for one in schedule_of(contract) if not invoiced_elsewhere(contract, one))
	days = [one.first for one in to_make if one.amount and one.no not in made]
	return {"next_invoice_on": min(days, default=None)}


def invoiced_elsewhere(contract: Any, installment: Installment) -> bool:
	"""Whether an installment was invoiced before the contract came into the app."""
	until = contract.get("invoiced_until")
	return bool(until) and installment.first <= getdate(until)


def made_for(contract: str) -> dict[int, Any]:
	"""Number of the installment → its newest invoice (name, docstatus, net_total, posting_date, outstanding_amount).

	An amendment has no key; it is for the installment of the invoice it replaces.
	"""
	rows = frappe.get_all(
		INVOICE,
		filters={"service_contract": contract, "is_return": 0},
		fields=["name", "docstatus", "net_total", "posting_date", "outstanding_amount", "amended_from", KEY],
		order_by="creation",
	)
	numbers: dict[str, int] = {}
	made: dict[int, Any] = {}
	for row in rows:
		no = int(row[KEY].split("|")[1]) if row[KEY] else numbers.get(row.amended_from)
		if no:
			numbers[row.name], made[no] = no, row
	return made


def overview(contract: Any) -> list[dict[str, Any]]:
	"""The invoices of a contract for its form, made or not, oldest first.

	Each: no, first, last, amount, invoice, docstatus, to_credit (what was invoiced for days behind a termination), elsewhere
	(it was invoiced before, in another program).
	"""
	planned = {one.no: one for one in schedule_of(contract)}
	made = made_for(contract.name)
	full = {one.no: one for one in schedule_of(frappe._dict(contract.as_dict(), terminated_on=None))}
	return [
		{
			**_line(full[no], planned.get(no), made.get(no)),
			"elsewhere": no not in made and invoiced_elsewhere(contract, full[no]),
		}
		for no in sorted(full)
		if no in planned or no in made
	]


def make_due(limit: int = 500) -> int:
	"""Daily: make the invoices that are due as drafts; returns for how many contracts. Commits after each contract."""
	contract = frappe.qb.DocType(CONTRACT)
	names = (
		# not get_all, which would take an empty day for one long past
		frappe.qb.from_(contract)
		.select(contract.name)
		.where((contract.docstatus == 1) & (contract.next_invoice_on <= getdate()))
		.orderby(contract.next_invoice_on)
		.run(pluck=True)
	)
	return batches.one_by_one(names, lock=_lock, work=make_for, backlog=TO_INVOICE, limit=limit)


def make_for(contract: str) -> list[str]:
	"""Make the due invoices of one contract, the caller's transaction holds its lock; returns their names."""
	doc = locks.get_doc(CONTRACT, contract)
	made = made_for(contract)
	new = [
		_make(doc, one, f"{contract}|{one.no}")
		for one in rules.due(schedule_of(doc), getdate())
		if one.no not in made and not invoiced_elsewhere(doc, one)
	]
	frappe.db.set_value(CONTRACT, contract, next_invoice(doc), update_modified=False)
	return new


def make_again(contract: str, no: int) -> str:
	"""Make installment `no` again whose invoice was cancelled; returns the new invoice's name."""
	doc = locks.get_doc(CONTRACT, contract)
	invoice = made_for(contract).get(no)
	installment = next((one for one in schedule_of(doc) if one.no == no), None)
	if not installment or not invoice or invoice.docstatus != 2:
		frappe.throw(
			_("Only a cancelled invoice of {0} can be made again.").format(doc.name), NothingToInvoiceError
		)
	return _make(doc, installment, f"{contract}|{no}|{invoice.name}")


def before_insert(invoice: Document, method: str | None = None) -> None:
	"""doc_event before_insert of Sales Invoice: clear the key of an amendment or return, which keeps its contract.

	Amend copies no_copy fields too, and the key can stand only once.
	"""
	if invoice.get("amended_from") or invoice.get("is_return"):
		invoice.set(KEY, None)


def after_delete(invoice: Document, method: str | None = None) -> None:
	"""doc_event after_delete of Sales Invoice: the installment of a deleted draft is due again."""
	if invoice.get(KEY) and frappe.db.exists(CONTRACT, invoice.service_contract):
		contract = frappe.get_doc(CONTRACT, invoice.service_contract)
		frappe.db.set_value(CONTRACT, contract.name, next_invoice(contract), update_modified=False)


def check_no_draft(contract: Document) -> None:
	"""Refuse to cancel a contract that has a draft invoice; ERPNext itself refuses where one is submitted."""
	draft = frappe.db.get_value(INVOICE, {"service_contract": contract.name, "docstatus": 0})
	if draft:
		frappe.throw(
			_("Delete the draft invoice {0} first.").format(get_link_to_form(INVOICE, draft)),
			InvoicedContractError,
		)


def _make(contract: Any, installment: Installment, key: str) -> str:
	invoice = frappe.new_doc(INVOICE)
	invoice.update(
		{
			"company": contract.company,
			"customer": contract.customer,
			"currency": contract.currency,
			"posting_date": getdate(),
			"ignore_pricing_rule": 1,  # the price was agreed
			"taxes_and_charges": contract.taxes_and_charges,
			"cost_center": contract.cost_center,
			"service_contract": contract.name,
			KEY: key,
			"items": [_item(contract, installment)],
		}
	)
	invoice.set_missing_values()
	return drafts.insert(invoice).name


def _item(contract: Any, installment: Installment) -> dict[str, Any]:
	rate = float(installment.amount)
	row = {
		"item_code": contract.item_code,
		"qty": 1,
		"rate": rate,
		"price_list_rate": rate,
		"cost_center": contract.cost_center,
		"description": _("{0} {1}: {2} to {3}", language.of_site()).format(
			contract.name, contract.title, formatdate(installment.first), formatdate(installment.last)
		),
	}
	if frappe.get_cached_value("Item", contract.item_code, "enable_deferred_revenue"):
		row.update(
			enable_deferred_revenue=1, service_start_date=installment.first, service_end_date=installment.last
		)
	return row


def _line(
	full: Installment, planned: Installment | None, invoice: Mapping[str, Any] | None
) -> dict[str, Any]:
	shown = planned or full
	due_now = planned.amount if planned else Decimal(0)
	invoiced = Decimal(str(invoice["net_total"])) if invoice and invoice["docstatus"] != 2 else Decimal(0)
	return {
		"no": full.no,
		"first": shown.first,
		"last": shown.last,
		"amount": flt(due_now),
		"invoice": invoice["name"] if invoice else None,
		"docstatus": invoice["docstatus"] if invoice else None,
		"to_credit": flt(max(Decimal(0), invoiced - due_now)),
	}


def _lock(contract: str) -> bool:
	return batches.lock_row(CONTRACT, contract, "docstatus", 1)
