"""Which documents stand for a decision, on both sides: listens to Quotation, Sales Order and Sales Invoice (hooks.py).

The links of documents and decisions to each other are for people to follow. What is charged is said by rows
(checks.py, balances.py).
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.service_charging.billing import balances, checks
from support_service.service_charging.billing.balances import INVOICE, ORDER, QUOTATION
from support_service.service_charging.decision.store import DECISION

LINK_OF = {QUOTATION: "quotation", ORDER: "sales_order", INVOICE: "sales_invoice"}
KEY = "service_charge_key"
LINKS = ("service_request", "coverage_decision")


def before_insert(doc: Document, method: str | None = None) -> None:
	"""Before a Quotation, Sales Order or Sales Invoice is inserted (hooks.py): which of them stand for a charge.

	Mapping one from another hands the links on, and so does a plain copy. A copied Quotation is an offer of its own, as
	long as nobody orders it; its rows say what they charge.
	"""
	decision = doc.get("coverage_decision")
	if not decision or doc.flags.from_charging:
		return
	if doc.meta.has_field(KEY):
		doc.set(KEY, None)  # a copy made in code brings it, too
	if doc.get("is_return"):
		return
	if doc.doctype == QUOTATION and not doc.get("amended_from"):
		doc.update(dict.fromkeys(LINKS))
		return
	stand_for(doc, decision)


def after_insert(doc: Document, method: str | None = None) -> None:
	"""After the insert: the decision names what it is charged with."""
	for decision in _shown_by(doc):
		show(decision, doc.doctype)


def on_submit(doc: Document, method: str | None = None) -> None:
	"""The key keeps a charge from a second draft; what is left after this invoice may be put on another."""
	if doc.get(KEY) and doc.doctype == INVOICE:
		doc.db_set(KEY, None, update_modified=False)


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""Cancelled or deleted: the charge may be put on another document."""
	balances.lock(checks.decisions_of(doc))
	if doc.docstatus == 2 and doc.get(KEY):
		doc.db_set(KEY, None, update_modified=False)
	for decision in _shown_by(doc):
		show(decision, doc.doctype, without=doc.name)


on_trash = on_cancel


def newest(doctype: str, decision: str, without: str = "") -> str | None:
	"""The document that stands for the charge: a double click gets the same one."""
	table = frappe.qb.DocType(doctype)
	query = (
		frappe.qb.from_(table)
		.select(table.name, table.creation, table.docstatus)
		.where((table.coverage_decision == decision) & (table.name != without))
	)
	if doctype == INVOICE:
		query = query.where(table.is_return == 0)
	rows = [row for row in balances.read(query, locked=True) if row.docstatus < 2]
	return max(rows, key=lambda row: row.creation).name if rows else None


def is_draft(doctype: str, name: str) -> bool:
	return frappe.db.get_value(doctype, name, "docstatus") == 0


def stand_for(doc: Document, decision: str) -> None:
	doc.coverage_decision = decision
	if doc.meta.has_field(KEY) and not frappe.db.exists(
		doc.doctype, {KEY: decision, "name": ("!=", doc.name or "")}
	):
		doc.set(KEY, decision)
	if doc.doctype == ORDER:
		doc.skip_delivery_note = 1  # the visit has brought the parts


def _shown_by(doc: Document) -> list[str]:
	"""Decisions that show the document as what they are charged with."""
	if doc.get("is_return") or not doc.get("coverage_decision"):
		return []
	return [doc.coverage_decision]


def show(decision: str, doctype: str, without: str = "") -> None:
	"""Show on the decision what stands for it; for people to follow, the rows of the documents are the truth."""
	frappe.db.set_value(DECISION, decision, LINK_OF[doctype], newest(doctype, decision, without))
