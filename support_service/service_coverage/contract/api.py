"""Whitelisted functions of contracts: template, what is used and left, invoices, renewal, termination."""

from typing import Any

import frappe
from frappe.utils import getdate

from support_service.foundation import locks
from support_service.service_coverage.contract import billing, content, contracts, ends, renewals

CONTRACT = "Service Contract"


@frappe.whitelist()
def template_values(template: str, start_date: str | None = None) -> dict[str, Any]:
	"""What a new contract takes over from `template`: fields, tables, and the end of its term."""
	frappe.has_permission(CONTRACT, "create", throw=True)
	frappe.has_permission("Service Contract Template", "read", template, throw=True)
	return content.template_values(template, start_date)


@frappe.whitelist()
def overview(contract: str) -> dict[str, Any]:
	"""What the form shows beside the contract itself.

	`left`: per entitlement kind, used, remaining (None: unlimited), included, share, period_start, period_end.
	`invoices`: see contract_billing.overview. `units`: how many units are covered today.
	"""
	frappe.has_permission(CONTRACT, "read", contract, throw=True)
	doc = frappe.get_doc(CONTRACT, contract)
	return {
		"left": [_left(*line) for line in contracts.left_of(doc, getdate())],
		"invoices": billing.overview(doc),
		"units": contracts.covered_units(doc, getdate()),
	}


@frappe.whitelist(methods=["POST"])
def make_invoices(contract: str) -> list[str]:
	"""Make the due invoices of a contract as drafts; returns their names, none where all are made."""
	frappe.has_permission(CONTRACT, "write", contract, throw=True)
	return billing.make_for(contract)


@frappe.whitelist(methods=["POST"])
def make_invoice_again(contract: str, no: int) -> str:
	"""Make the installment `no` again whose invoice was cancelled; returns the new invoice's name."""
	frappe.has_permission(CONTRACT, "write", contract, throw=True)
	return billing.make_again(contract, no)


@frappe.whitelist(methods=["POST"])
def renew(contract: str) -> str:
	"""Make the draft of the next term with its Quotation; returns the new contract's name."""
	frappe.has_permission(CONTRACT, "write", contract, throw=True)
	frappe.has_permission(CONTRACT, "create", throw=True)
	return renewals.renew(contract).name


@frappe.whitelist(methods=["POST"])
def quote_renewal(contract: str) -> str:
	"""Make the Quotation of a renewal again that was deleted or cancelled; returns its name."""
	frappe.has_permission(CONTRACT, "write", contract, throw=True)
	return renewals.quote(contract)


@frappe.whitelist(methods=["POST"])
def terminate(contract: str, on: str, reason: str) -> str:
	"""End a contract with the day `on`, which it still covers; returns its status."""
	frappe.has_permission(CONTRACT, "write", contract, throw=True)
	doc = locks.get_doc(CONTRACT, contract)
	ends.terminate(doc, getdate(on), reason)
	return doc.status


def _left(one: contracts.Included, period: Any, used: float, remaining: float | None) -> dict[str, Any]:
	first, last = period or (None, None)
	return {
		"kind": one.kind,
		"included": one.included,
		"share": one.share,
		"used": used,
		"remaining": remaining,
		"period_start": first,
		"period_end": last,
	}
