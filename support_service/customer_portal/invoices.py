"""The customer's invoices for service: of their requests and contracts, made by our flows in ERPNext and submitted there."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import flt, fmt_money, getdate

from support_service.customer_portal import pages, words
from support_service.permissions.who import seen_in_part_by

INVOICE = "Sales Invoice"
LIMIT = 100
FIELDS = (
	"name",
	"posting_date",
	"due_date",
	"grand_total",
	"outstanding_amount",
	"currency",
	"is_return",
	"customer",
	"service_request",
	"service_contract",
)


def invoices(customers: frozenset[str]) -> list[dict[str, Any]]:
	"""The newest invoices of the customers, ready to print: name, day, amount, words, tone, case, contract, document (URL)."""
	shown: list[dict[str, Any]] = []
	start = 0
	# who sees their own requests only may have to look further back
	while len(shown) < LIMIT:
		rows = frappe.get_all(
			INVOICE,
			filters={"customer": ("in", sorted(customers)), "docstatus": 1},
			or_filters={"service_request": ("is", "set"), "service_contract": ("is", "set")},
			fields=list(FIELDS),
			order_by="posting_date desc, name desc",
			limit_start=start,
			limit=LIMIT,
		)
		shown += [_shown(row) for row in rows if _is_seen(row)]
		start += LIMIT
		if len(rows) < LIMIT:
			break
	return shown[:LIMIT]


def is_own(invoice: Any) -> bool:
	"""Whether an invoice of one of the user's customers is shown to them: submitted, of a request or a contract they see."""
	ours = invoice.get("service_request") or invoice.get("service_contract")
	return invoice.docstatus == 1 and bool(ours) and _is_seen(invoice)


def _is_seen(row: Any) -> bool:
	"""Of a customer whose people see their own requests only: invoices of these alone."""
	if row.customer not in seen_in_part_by(frappe.session.user):
		return True
	return bool(row.service_request) and pages.sees_case(row.service_request)


def _shown(row: Any) -> dict[str, Any]:
	said, tone = _state(row)
	sees = bool(row.service_request) and pages.sees_case(row.service_request)
	url = "/api/method/support_service.customer_portal.papers_api.invoice"
	return {
		"name": row.name,
		"day": words.day(row.posting_date),
		"amount": fmt_money(row.grand_total, currency=row.currency),
		"words": said,
		"tone": tone,
		"case": row.service_request if sees else None,
		"contract": row.service_contract,
		"document": f"{url}?name={row.name}",
	}


def _state(row: Any) -> tuple[str, str]:
	if row.is_return:
		return _("Credit note"), "gray"
	if flt(row.outstanding_amount) <= 0:
		return _("Paid"), "green"
	if row.due_date and getdate(row.due_date) < getdate():
		return _("Overdue"), "red"
	return _("to be paid until {0}").format(words.day(row.due_date)), "orange"
