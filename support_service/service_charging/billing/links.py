"""Links between decisions and the documents that charge them: listens to Quotation, Sales Order and Sales Invoice (hooks.py).

The links are for people to follow; how much is charged is counted from rows (balances.py).
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.service_charging.billing import balances, checks
from support_service.service_charging.billing.balances import INVOICE, ORDER, QUOTATION
from support_service.service_charging.decision.store import DECISION, SALE

LINK_OF = {QUOTATION: "quotation", ORDER: "sales_order", INVOICE: "sales_invoice"}
KEY = "service_charge_key"
LINKS = ("service_request", "coverage_decision")


def before_insert(doc: Document, method: str | None = None) -> None:
	"""Before a Quotation, Sales Order or Sales Invoice is inserted: keep, set or clear its link to the decision.

	Mapping one from another copies the link, and so does a plain copy. A copied Quotation is a separate offer, so its link is
	cleared; its rows still name what they charge.
	"""
	decision = doc.get("coverage_decision")
	if not decision or doc.flags.from_charging:
		return
	if doc.meta.has_field(KEY):
		doc.set(KEY, None)  # also copied by code
	if doc.get("is_return"):
		return
	if doc.doctype == QUOTATION and not doc.get("amended_from"):
		doc.update(dict.fromkeys(LINKS))
		return
	link_to(doc, decision)


def after_insert(doc: Document, method: str | None = None) -> None:
	"""After the insert: link the decision to its newest document of this kind."""
	for decision in _shown_by(doc):
		show(decision, doc.doctype)


def on_submit(doc: Document, method: str | None = None) -> None:
	"""Free the key, which is there to prevent a second draft: what is left after this invoice may be put on another."""
	if doc.get(KEY) and doc.doctype == INVOICE:
		doc.db_set(KEY, None, update_modified=False)


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""Cancelled or deleted: free the key and show the newest remaining document on the decision."""
	balances.lock(checks.decisions_of(doc))
	if doc.docstatus == 2 and doc.get(KEY):
		doc.db_set(KEY, None, update_modified=False)
	for decision in _shown_by(doc):
		show(decision, doc.doctype, without=doc.name)


on_trash = on_cancel


def newest(doctype: str, decision: str, without: str = "") -> str | None:
	"""Name of the newest document of the kind that charges the decision, draft or submitted; None without one.

	An invoice may charge several decisions and names the first one; its rows name all.
	"""
	table = frappe.qb.DocType(doctype)
	charges = table.coverage_decision == decision
	if doctype == INVOICE:
		rows = frappe.get_all("Sales Invoice Item", {"coverage_decision": decision}, pluck="parent")
		charges |= table.name.isin(sorted({*rows, ""}))
	query = (
		frappe.qb.from_(table)
		.select(table.name, table.creation, table.docstatus)
		.where(charges & (table.name != without))
	)
	if doctype == INVOICE:
		query = query.where(table.is_return == 0)
	rows = [row for row in balances.read(query, locked=True) if row.docstatus < 2]
	return max(rows, key=lambda row: row.creation).name if rows else None


def is_draft(doctype: str, name: str) -> bool:
	return frappe.db.get_value(doctype, name, "docstatus") == 0


def link_to(doc: Document, decision: str) -> None:
	"""Link the document to the decision, with the key if no other document of the kind has it."""
	doc.coverage_decision = decision
	if doc.meta.has_field(KEY) and not frappe.db.exists(
		doc.doctype, {KEY: decision, "name": ("!=", doc.name or "")}
	):
		doc.set(KEY, decision)
	if doc.doctype == ORDER:
		# the visit has brought the parts, unless they are sold without one
		doc.skip_delivery_note = int(frappe.db.get_value(DECISION, decision, "stage") != SALE)


def _shown_by(doc: Document) -> list[str]:
	"""Decisions that link to the document."""
	if doc.get("is_return") or not doc.get("coverage_decision"):
		return []
	if doc.doctype == INVOICE:
		return list(dict.fromkeys((doc.coverage_decision, *checks.decisions_of(doc))))
	return [doc.coverage_decision]


def show(decision: str, doctype: str, without: str = "") -> None:
	"""Write the newest document of the kind into the decision's link."""
	frappe.db.set_value(DECISION, decision, LINK_OF[doctype], newest(doctype, decision, without))
