"""Whitelisted functions: who pays for a case, and what a supplier is to pay. Each checks permissions first."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from support_service.constants.roles import LEAD, MANAGER
from support_service.permissions import named_links, prices, role_check
from support_service.service_charging import shown, supplier_claims
from support_service.service_charging.billing import charging, orders, visit_invoices
from support_service.service_charging.billing import earnings as case_earnings
from support_service.service_charging.decision import acceptance, sales
from support_service.service_charging.decision import by_hand as decisions_by_hand
from support_service.service_charging.decision import preview as coverage_preview
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision import visits as visit_decisions
from support_service.service_charging.decision.store import CASE, DECISION
from support_service.service_charging.supplier_claims import CLAIM, INVOICE, RECEIPT

DECIDERS = (LEAD, MANAGER)


@frappe.whitelist()
def preview(unit: str) -> dict[str, Any]:
	"""What work on the Installed Unit `unit` would be today; see decision/preview.py."""
	frappe.has_permission("Installed Unit", "read", doc=unit, throw=True)
	customer = frappe.db.get_value("Installed Unit", unit, "customer")
	return coverage_preview.preview(unit, customer)


@frappe.whitelist()
def of_case(request: str) -> dict[str, Any]:
	"""What the case's section Who Pays shows: its current decisions with a sentence per line, or a preview.

	Returns decisions, preview, may (decide, override, answer, charge), claims on suppliers and proof_of_purchase.
	"""
	frappe.has_permission(CASE, "read", doc=request, throw=True)
	case = frappe.db.get_value(
		CASE, request, ["installed_unit", "customer", "raised_on", "proof_of_purchase"], as_dict=True
	)
	current = [shown.describe(doc) for doc in decision_store.current_of(request)]
	unknown = not current and case.installed_unit
	return {
		"decisions": current,
		"preview": coverage_preview.preview(case.installed_unit, case.customer, getdate(case.raised_on))
		if unknown
		else None,
		"may": _may(request),
		"claims": frappe.get_list(
			CLAIM,
			filters={"service_request": request},
			fields=["name", "supplier", "status"],
			order_by="creation desc",
			limit=10,
		),
		"proof_of_purchase": case.proof_of_purchase,
	}


@frappe.whitelist()
def explain(decision: str) -> dict[str, Any]:
	"""A decision with a sentence per line, and what the caller may do with it."""
	doc = frappe.get_doc(DECISION, decision)
	doc.check_permission("read")
	return {**shown.describe(doc), "may": _may(doc.service_request)}


@frappe.whitelist()
def causes(request: str) -> list[str]:
	"""Causes that a warranty or contract of the case's unit excludes, to choose from."""
	frappe.has_permission(CASE, "read", doc=request, throw=True)
	case = frappe.db.get_value(CASE, request, ["installed_unit", "customer", "raised_on"], as_dict=True)
	return decisions_by_hand.known_causes(case.installed_unit, case.customer, case.raised_on)


@frappe.whitelist(methods=["POST"])
def decide_before_work(
	request: str, lines: list[dict[str, Any]] | str, cause: str | None = None, reason: str | None = None
) -> str:
	"""Decide who pays for the work expected on the case; see decision/by_hand.py. Returns the decision's name."""
	frappe.has_permission(CASE, "write", doc=request, throw=True)
	rows = frappe.parse_json(lines)
	for row in rows:
		named_links.require("Item", row.get("item_code"), _("Item"))
	return decisions_by_hand.decide_before_work(request, rows, cause=cause, reason=reason).name


@frappe.whitelist(methods=["POST"])
def sell_parts(request: str, lines: list[dict[str, Any]] | str, decision: str | None = None) -> str:
	"""Offer parts to the customer of the case, without work; see decision/sales.py. Returns the decision's name.

	decision: the sale that this one changes.
	"""
	frappe.has_permission(CASE, "write", doc=request, throw=True)
	rows = frappe.parse_json(lines)
	for row in rows:
		named_links.require("Item", row.get("item_code"), _("Item"))
	if decision:
		_check_case(decision, "write")
	return sales.offer(request, rows, replaces=decision).name


@frappe.whitelist(methods=["POST"])
def withdraw_sale(decision: str) -> None:
	"""Withdraw parts that were offered and not ordered; leads and managers only."""
	_check_case(decision, "write")
	_only_for_deciders()
	orders.withdraw(decision)


@frappe.whitelist(methods=["POST"])
def make_order(decision: str) -> str:
	"""A draft Sales Order of parts that the customer has accepted to buy, made once; leads and managers only. Returns its name."""
	_check_case(decision, "write")
	_only_for_deciders()
	return orders.order_of(decision)


@frappe.whitelist(methods=["POST"])
def override(decision: str, line: str, share: float, reason: str) -> str:
	"""Override one line of a decision; leads and managers only. Returns the new decision's name."""
	_check_case(decision, "write")
	_only_for_deciders()
	return decisions_by_hand.override(decision, line, share, reason).name


@frappe.whitelist(methods=["POST"])
def ask(decision: str) -> str:
	"""Ask the customer to accept the charge, by mail and on the portal. Returns the acceptance: Asked."""
	_check_case(decision, "write")
	return acceptance.ask(decision).acceptance


@frappe.whitelist(methods=["POST"])
def record_answer(decision: str, accepted: bool, how: str, note: str) -> str:
	"""Store what the customer answered by phone or in writing. Returns the acceptance: Accepted or Declined."""
	_check_case(decision, "write")
	if how not in acceptance.BY_STAFF:
		frappe.throw(
			_("Choose whether the customer answered by phone or in writing."), acceptance.ChargeAnswerError
		)
	by = frappe.session.user
	return acceptance.answer(decision, accepted=accepted, how=how, by=by, note=note).acceptance


@frappe.whitelist()
def visit_notice(visit: str) -> str | None:
	"""What an engineer must know before charged work begins; None where nothing is."""
	doc = frappe.get_doc("Engineer Visit", visit)
	doc.check_permission("read")
	return visit_decisions.notice(doc)


@frappe.whitelist(methods=["POST"])
def make_quotation(decision: str) -> str:
	"""The charge as a draft Quotation, made once; leads and managers only. Returns its name."""
	_check_case(decision, "write")
	_only_for_deciders()
	return charging.quotation_of(decision)


@frappe.whitelist(methods=["POST"])
def make_invoice(decision: str) -> str:
	"""The charge as a draft Sales Invoice, made once; leads and managers only. Returns its name."""
	_check_case(decision, "write")
	_only_for_deciders()
	return charging.invoice_of(decision)


@frappe.whitelist(methods=["POST"])
def make_joint_invoice(decisions: list[str] | str) -> str:
	"""One draft Sales Invoice of what several visits charge, made once; leads and managers only. Returns its name."""
	names = [str(name) for name in frappe.parse_json(decisions)]
	for name in names:
		_check_case(name, "write")
	_only_for_deciders()
	return visit_invoices.invoice_of(names)


@frappe.whitelist()
def earnings(request: str) -> dict[str, Any]:
	"""What the case cost us, what it charges and what is left; for those who may know, see billing/earnings.py."""
	frappe.has_permission(CASE, "read", doc=request, throw=True)
	if not prices.sees_costs():
		frappe.throw(_("Costs are not shown to your roles."), frappe.PermissionError)
	return case_earnings.of_case(request)


@frappe.whitelist()
def claim_defaults(request: str) -> dict[str, Any]:
	"""Values of a new claim that comes from the case `request`."""
	frappe.has_permission(CASE, "read", doc=request, throw=True)
	frappe.has_permission(CLAIM, "create", throw=True)
	case = frappe.db.get_value(CASE, request, ["installed_unit", "company"], as_dict=True)
	unit = (
		frappe.db.get_value("Installed Unit", case.installed_unit, ["item_code", "serial_no"], as_dict=True)
		if case.installed_unit
		else None
	)
	return {"service_request": request, **case, **(unit or {})}


@frappe.whitelist(methods=["POST"])
def make_purchase_return(claim: str) -> str:
	"""Draft of the Purchase Receipt that sends back what is claimed; needs the right to make one. Returns its name."""
	frappe.has_permission(CLAIM, "read", doc=claim, throw=True)
	frappe.has_permission(RECEIPT, "create", throw=True)
	return supplier_claims.purchase_return_of(claim)


@frappe.whitelist(methods=["POST"])
def make_debit_note(claim: str) -> str:
	"""Draft of the Debit Note on the supplier; needs the right to make one. Returns its name."""
	frappe.has_permission(CLAIM, "read", doc=claim, throw=True)
	frappe.has_permission(INVOICE, "create", throw=True)
	return supplier_claims.debit_note_of(claim)


def _may(request: str) -> dict[str, bool]:
	write = bool(frappe.has_permission(CASE, "write", doc=request))
	decides = write and role_check.has_role(DECIDERS)
	return {
		"decide": write,
		"answer": write,
		"override": decides,
		"charge": decides,
		"costs": prices.sees_costs(),
	}


def _check_case(decision: str, right: str) -> None:
	"""Refuse who may not work on the decision's case; a decision that does not exist is refused in the same words."""
	frappe.has_permission(DECISION, "read", doc=decision, throw=True)
	request = frappe.db.get_value(DECISION, decision, "service_request")
	frappe.has_permission(CASE, right, doc=request, throw=True)


def _only_for_deciders() -> None:
	role_check.require_role(
		DECIDERS,
		_("Only {0} decide this. Ask one of them.").format(", ".join(_(role) for role in DECIDERS)),
	)
