"""Renewal of contracts: the next term is proposed once, ahead of time, as a draft with a Quotation. Where the contract says
that it renews by itself, the draft is submitted on the last day of the old term.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, flt, formatdate, getdate

from support_service.constants.roles import MANAGER
from support_service.constants.words import N_
from support_service.foundation import batches, language, locks, people
from support_service.foundation.postponed import Backlog
from support_service.service_coverage.contract import billing, drafts, rules

CONTRACT, QUOTATION = "Service Contract", "Quotation"
TO_PROPOSE = Backlog(N_("Propose the renewal of a contract"), CONTRACT)
TO_SUBMIT = Backlog(N_("Submit the renewal of a contract"), CONTRACT)


class NotRenewableError(frappe.ValidationError):
	"""The contract is not in force, was terminated, or is renewed already."""


def propose_due() -> int:
	"""Daily: propose the renewals that are due; returns how many. Commits after each.

	`renewal_proposed_on` marks what was proposed, so that a proposal somebody deletes is not made again.
	"""
	contract = frappe.qb.DocType(CONTRACT)
	rows = (
		frappe.qb.from_(contract)
		.select(contract.name, contract.end_date, contract.propose_days)
		.where((contract.docstatus == 1) & (contract.status == rules.ContractStatus.ACTIVE.value))
		.where(contract.renewed_by.isnull() | (contract.renewed_by == ""))
		.where(contract.renewal_proposed_on.isnull() & contract.terminated_on.isnull())
		.where(contract.propose_days > 0)
		.orderby(contract.end_date)
		.run(as_dict=True)
	)
	today = getdate()
	names = [
		row.name
		for row in rows
		if getdate(add_days(row.end_date, -row.propose_days)) <= today <= row.end_date
	]
	return batches.one_by_one(names, lock=_lock, work=_propose, backlog=TO_PROPOSE)


def submit_due() -> int:
	"""Daily: submit proposals of contracts that renew by themselves, on the last day of the old term. Commits after each."""
	old, new = frappe.qb.DocType(CONTRACT), frappe.qb.DocType(CONTRACT).as_("new")
	names = (
		frappe.qb.from_(new)
		.join(old)
		.on(old.name == new.renewal_of)
		.select(new.name)
		.where((new.docstatus == 0) & (old.docstatus == 1) & (old.auto_renew == 1))
		.where(old.terminated_on.isnull() & (old.end_date <= getdate()))
		.orderby(new.name)
		.run(pluck=True)
	)
	return batches.one_by_one(
		names,
		lock=lambda name: batches.lock_row(CONTRACT, name, "docstatus", 0),
		work=_submit,
		backlog=TO_SUBMIT,
	)


def renew(contract: str) -> Document:
	"""Make the draft of the next term of `contract`, with its Quotation; the caller has checked the right to.

	:raises NotRenewableError: it is not in force, was terminated, or is renewed already.
	"""
	old = locks.get_doc(CONTRACT, contract)
	if old.docstatus != 1 or old.terminated_on:
		frappe.throw(_("Only a contract in force can be renewed."), NotRenewableError)
	if old.renewed_by:
		frappe.throw(_("{0} is renewed by {1} already.").format(old.name, old.renewed_by), NotRenewableError)
	new = _next_term(old)
	drafts.insert(new)
	_quote(new, old)
	done = {"renewed_by": new.name, "renewal_proposed_on": getdate()}
	frappe.db.set_value(CONTRACT, old.name, done, update_modified=False)
	return new


def quote(contract: str) -> str:
	"""Name of the Quotation of a renewal; a new draft where the one before was deleted or cancelled.

	:raises NotRenewableError: it renews nothing, has no price or item, or was cancelled.
	"""
	new = locks.get_doc(CONTRACT, contract)
	if new.quotation:
		return new.quotation
	if new.docstatus == 2 or not new.renewal_of or not flt(new.price) or not new.item_code:
		frappe.throw(
			_("Only a renewal with a price and an item is offered by a Quotation."), NotRenewableError
		)
	_quote(new, frappe.get_doc(CONTRACT, new.renewal_of))
	return new.quotation


def release(contract: Document) -> None:
	"""Let the contract before a renewal that is deleted or cancelled be renewed again, by hand."""
	if contract.renewal_of:
		frappe.db.set_value(
			CONTRACT,
			{"name": contract.renewal_of, "renewed_by": contract.name},
			"renewed_by",
			None,
			update_modified=False,
		)


def _next_term(old: Document) -> Document:
	new = frappe.copy_doc(old)
	start, end = rules.renewal_term(getdate(old.start_date), getdate(old.end_date))
	digits = billing.digits_of(old.currency)
	new.update(
		{
			"start_date": start,
			"end_date": end,
			"price": float(rules.renewal_price(flt(old.price), flt(old.price_change), digits)),
			"renewal_of": old.name,
			"amended_from": None,
			"docstatus": 0,
		}
	)
	for row in new.get_all_children():
		row.docstatus = 0
	# what left the contract during the term is not taken along, and days of the old term mean nothing in the new one
	new.units = [row for row in new.units if not row.to_date or getdate(row.to_date) >= getdate(old.end_date)]
	for row in new.units:
		row.from_date = row.to_date = None
	return new


def _quote(new: Document, old: Document) -> None:
	"""Make the draft Quotation of the renewal `new`; none without a price."""
	if not flt(new.price) or not new.item_code:
		return
	quotation = frappe.new_doc(QUOTATION)
	rate = flt(new.price)
	quotation.update(
		{
			"quotation_to": "Customer",
			"party_name": new.customer,
			"company": new.company,
			"currency": new.currency,
			"transaction_date": getdate(),
			"valid_till": max(getdate(old.end_date), getdate()),
			"ignore_pricing_rule": 1,
			"taxes_and_charges": new.taxes_and_charges,
			"items": [
				{
					"item_code": new.item_code,
					"qty": 1,
					"rate": rate,
					"price_list_rate": rate,
					"description": _("Renewal of {0}: {1} to {2}", language.of_site()).format(
						old.name, formatdate(new.start_date), formatdate(new.end_date)
					),
				}
			],
		}
	)
	quotation.set_missing_values()
	drafts.insert(quotation)
	new.db_set("quotation", quotation.name, update_modified=False)


def _propose(contract: str) -> None:
	new = renew(contract)
	_notify_managers(new)


def _submit(name: str) -> None:
	contract = frappe.get_doc(CONTRACT, name)
	contract.submit()
	contract.add_comment("Label", _("renewed by itself", language.of_site()))


def _notify_managers(new: Document) -> None:
	"""A desk notification in each manager's language, in the transaction of the proposal and so once."""

	def line(lang: str) -> str:
		text = _("Service Contract {0} ends on {1}: renewal {2} is proposed", lang)
		said = text.format(new.renewal_of, formatdate(add_days(new.start_date, -1)), new.name)
		return f"{said} – {new.customer_name or new.customer}"

	people.notify(people.holders(MANAGER), line, document=(CONTRACT, new.name))


def _lock(contract: str) -> bool:
	"""Lock the contract if no renewal of it was proposed yet; False too where another worker has it."""
	table = frappe.qb.DocType(CONTRACT)
	query = frappe.qb.from_(table).select(table.name)
	query = query.where((table.name == contract) & table.renewal_proposed_on.isnull())
	return bool(locks.rows(query, skip_locked=True))
