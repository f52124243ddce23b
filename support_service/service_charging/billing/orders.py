"""Sales Orders of parts that are sold without work, as drafts: ERPNext delivers and bills them from there.

An order is made when the customer has accepted; nothing is ordered, and nothing delivered, for a charge that was not.
"""

from __future__ import annotations

from typing import Any

import frappe
from erpnext.selling.doctype.quotation.quotation import _make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, nowdate

from support_service.foundation import locks, transactions
from support_service.foundation.settings import company_default
from support_service.service_charging.billing import balances, drafts, links
from support_service.service_charging.billing.balances import ORDER, QUOTATION
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision.store import ACCEPTED, CURRENT, DECISION, NOT_NEEDED, SALE


class SaleNotAcceptedError(frappe.ValidationError):
	"""Parts are to be ordered that the customer has not accepted to buy."""


class SaleUnderWayError(frappe.ValidationError):
	"""A sale is withdrawn that is ordered or billed, or something is made of one that is not current."""


def order_of(decision: str) -> str:
	"""Name of the Sales Order of a sale; made as a draft where there is none."""
	return transactions.run(frappe.get_doc(DECISION, decision), lambda: _order_of(decision))


def _order_of(decision: str) -> str:
	doc = _locked(decision)
	if made := links.newest(ORDER, doc.name):
		return made
	if doc.acceptance not in (ACCEPTED, NOT_NEEDED):
		frappe.throw(
			_(
				"The customer has not accepted to buy these parts yet. Ask them, or record what they answered on the phone."
			),
			SaleNotAcceptedError,
		)
	owed = balances.of_case(doc.service_request, locked=True).offered(doc.name)
	if not owed:
		frappe.throw(_("{0} is ordered or billed already.").format(doc.name), SaleUnderWayError)
	values = _terms(doc)
	offer = links.newest(QUOTATION, doc.name)
	if offer and not links.is_draft(QUOTATION, offer):
		# the caller checked the right to charge, not the right to read Quotations; see drafts.save
		made = _make_sales_order(offer, ignore_permissions=True)
		made.update(values)
		for row in made.items:
			# what ERPNext maps brings the item's default warehouse along
			row.warehouse = values.get("set_warehouse") or row.warehouse
		return drafts.save(made, doc)
	return drafts.insert(ORDER, doc, owed, {"customer": doc.customer, "order_type": "Sales", **values})


def invoice_of(doc: Document) -> str:
	"""Name of a draft Sales Invoice of what the submitted order of a sale has not billed yet."""
	order = links.newest(ORDER, doc.name)
	if not order or links.is_draft(ORDER, order):
		frappe.throw(
			_("Parts are billed from their Sales Order. Make it and let it be submitted first."),
			SaleUnderWayError,
		)
	# as above: whoever submits the draft needs ERPNext's rights
	made = make_sales_invoice(order, ignore_permissions=True)
	if not made.items:
		frappe.throw(_("{0} is billed already.").format(order), SaleUnderWayError)
	return drafts.save(made, doc)


def withdraw(decision: str) -> None:
	"""Reverse a sale that nothing was made of: nobody is asked about it any more."""
	transactions.run(frappe.get_doc(DECISION, decision), lambda: _withdraw(decision))


def _withdraw(decision: str) -> None:
	doc = _locked(decision)
	for doctype in (balances.INVOICE, ORDER, QUOTATION):
		if made := links.newest(doctype, doc.name):
			frappe.throw(
				_("{0} was made of it. Delete or cancel that document first.").format(made), SaleUnderWayError
			)
	decision_store.withdraw(doc)


def _locked(decision: str) -> Document:
	decision_store.lock_case(frappe.db.get_value(DECISION, decision, "service_request"))
	doc = locks.get_doc(DECISION, decision)
	if doc.stage != SALE or doc.status != CURRENT:
		frappe.throw(_("{0} is no current sale of parts.").format(doc.name), SaleUnderWayError)
	return doc


def _terms(doc: Document) -> dict[str, Any]:
	"""Delivered a week from now, out of the company's store of parts where one is named."""
	store = company_default(doc.company).get("parts_warehouse")
	values: dict[str, Any] = {"delivery_date": add_days(nowdate(), 7)}
	return {**values, "set_warehouse": store} if store else values
