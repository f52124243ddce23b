"""Decides who pays for what a visit has done, and takes from contracts what that uses up. Two steps in
`support_service_visit_steps` (hooks.py).

A visit is submitted in a transaction of its own that locks what it may use before it reads anything
(`field_service/submission.py`): contracts first, each by name, then Bins. Two visits that want the last visit included
in a contract are thus submitted one after the other, and the second is charged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, fmt_money, getdate

from support_service.foundation import locks
from support_service.foundation.posting import Posting
from support_service.foundation.settings import company_default
from support_service.permissions import prices
from support_service.service_charging.decision import consent, decisions
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision.lines import Work, of_visit, priced
from support_service.service_charging.decision.store import (
	CASE,
	CURRENT,
	DECISION,
	DECLINED,
	WAITING,
	WORK_DONE,
)
from support_service.service_charging.rules import details as coverage_details
from support_service.service_charging.rules.outcome import Portion, uses_of
from support_service.service_coverage.contract import contracts
from support_service.service_coverage.contract import uses as contract_uses
from support_service.service_coverage.vocabulary import PARTS_VALUE, SourceKind

Covered = Mapping[str, float]  # part row → percent
CENTERS = {
	SourceKind.WARRANTY: "warranty_cost_center",
	SourceKind.CONTRACT: "contract_cost_center",
	SourceKind.OWN: "cost_center",
}


def decide(visit: Document, posting: Posting) -> None:
	"""A step of submitting a visit: decide who pays, take what it uses of contracts, and note who pays for which part row.

	Before its parts are drawn from stock, whose cost goes to the cost centre of whoever pays.

	:raises EntitlementUsedUpError: only inside a caller's transaction that had read before it locked.
	"""
	works = of_visit(visit)
	if not works:
		return
	case = _case_of(visit, posting.case or frappe.get_doc(CASE, visit.service_request))
	before = decision_store.handed_on(case.name)
	doc = decisions.decide_for_case(
		case,
		_priced(visit, case, works),
		stage=WORK_DONE,
		cause=before.exclusion if before else None,
		reason=before.exclusion_reason if before else None,
		visit=visit.name,
		before=before,
		signed=visit,
	)
	take_uses(doc)
	posting.decision = doc.name
	posting.covered = covered_rows(doc)
	posting.cost_centers = _cost_centers(doc)
	consent.check(visit, doc)


def expected(visit: Document) -> list[dict[str, Any]]:
	"""The lines of the decision that submitting `visit` as it is now would make; nothing is stored."""
	works = of_visit(visit)
	if not works:
		return []
	case = _case_of(visit, frappe.get_doc(CASE, visit.service_request))
	before = decision_store.handed_on(case.name)
	cause = before.exclusion if before else None
	return decisions.lines_for(case, _priced(visit, case, works), cause=cause, before=before)


def _case_of(visit: Document, stored: Document) -> Any:
	"""What a decision reads of the visit's case, with the unit of the visit."""
	case = frappe._dict({name: stored.get(name) for name in decisions.CASE_FIELDS})
	case.installed_unit = visit.installed_unit or case.installed_unit
	return case


def _priced(visit: Document, case: Any, works: Sequence[Work]) -> list[Work]:
	return priced(works, visit.company, case.customer, getdate(visit.left_at or visit.planned_start))


def withdraw(visit: Document, posting: Posting) -> None:
	"""A step of cancelling a visit: give back what it used of contracts, and reverse its decision."""
	contract_uses.reverse((visit.doctype, visit.name))
	of_visit = {"engineer_visit": visit.name, "status": CURRENT}
	for name in frappe.get_all(DECISION, filters=of_visit, pluck="name"):
		decision_store.reverse(frappe.get_doc(DECISION, name))


def contracts_of(visit: Document) -> list[str]:
	"""Names of the contracts that submitting the visit may use, or that cancelling it gives something back to."""
	if visit.docstatus.is_cancelled():
		return used_contracts(visit.name)
	case = frappe.db.get_value(CASE, visit.service_request, decisions.CASE_FIELDS, as_dict=True)
	if not case or not case.customer:
		return []
	unit = visit.installed_unit or case.installed_unit
	return contracts.in_force(unit, case.customer, getdate(case.raised_on))


def used_contracts(visit: str) -> list[str]:
	"""Contracts the visit has used something of."""
	filters = {"reference_doctype": "Engineer Visit", "reference_name": visit}
	return frappe.get_all(contract_uses.USE, filters=filters, pluck="contract", distinct=True, order_by=None)


def lock(names: Sequence[str]) -> None:
	"""Lock contracts until the transaction ends; by name, so that two transactions using the same ones never deadlock."""
	for name in sorted(names):
		locks.get_value("Service Contract", name)


def take_uses(doc: Document) -> None:
	"""Take from contracts what the decision about a visit uses up; called again for the same decision it does nothing."""
	for (contract, kind), qty in sorted(uses_of(_paying(doc)).items()):
		contract_uses.use(
			contract,
			kind,
			_in_its_currency(contract, qty, doc) if kind == PARTS_VALUE else qty,
			on=getdate(doc.decided_for),
			key=f"{doc.name}|{contract}|{kind}",
			reference=("Engineer Visit", doc.engineer_visit),
			service_request=doc.service_request,
			unit=doc.installed_unit,
		)


def _in_its_currency(contract: str, amount: float, doc: Document) -> float:
	"""`amount` of the decision in the contract's currency: decisions are in the currency of the case's company."""
	terms = frappe.db.get_value("Service Contract", contract, ["company", "currency"], as_dict=True)
	worth = contracts.worth_of(terms, doc.currency, getdate(doc.decided_for))
	return flt(amount / worth, 6) if worth else amount


def covered_rows(doc: Document) -> Covered:
	"""Part row of the visit → percent of it that is covered; a row may have several lines."""
	amounts: dict[str, list[tuple[float, float]]] = defaultdict(list)
	for row in doc.lines:
		if row.voucher_row:
			amounts[row.voucher_row].append((row.qty, row.covered_share))
	return {
		name: sum(qty * share for qty, share in parts) / sum(qty for qty, _share in parts)
		for name, parts in amounts.items()
	}


def notice(visit: Document) -> str | None:
	"""What an engineer must know before work that the customer has not agreed to pay for; None where all is well."""
	doc = decision_store.latest(visit.service_request)
	if not doc or doc.acceptance not in (*WAITING, DECLINED):
		return None
	if not prices.sees_charges():
		return _notice_without_amount(doc)
	amount = fmt_money(doc.charged_amount, currency=doc.currency)
	if doc.acceptance == DECLINED:
		return _(
			"The customer has declined to pay {0} for this work. Speak to the After-Sales Lead first."
		).format(amount)
	if not doc.charged_amount:
		return _("This work will be charged, and the customer has not been asked yet.")
	return _("The customer has not accepted yet to pay {0} for this work.").format(amount)


def _notice_without_amount(doc: Document) -> str:
	if doc.acceptance == DECLINED:
		return _("The customer has declined to pay for this work. Speak to the After-Sales Lead first.")
	return _("This work is charged, and the customer has not accepted it yet.")


def _cost_centers(doc: Document) -> dict[str, str]:
	"""Part row → cost centre of whoever pays most of it, where that is at least half."""
	defaults = company_default(doc.company)
	centers: dict[str, str] = {}
	for row in doc.lines:
		portions = coverage_details.cut(coverage_details.portions_of(row.details), row.covered_share)
		paying = max(portions, key=lambda portion: portion.share, default=None)
		if not row.voucher_row or not paying or row.covered_share < 50:
			continue
		own = paying.cost_center
		if own and frappe.get_cached_value("Cost Center", own, "company") != doc.company:
			own = None  # of a contract or policy of another company of the group
		if center := own or defaults.get(CENTERS[paying.kind]):
			centers.setdefault(row.voucher_row, center)
	return centers


def _paying(doc: Document) -> list[Portion]:
	"""What the sources pay: the portions by the rules, reduced where a lead has overridden a line."""
	return [
		portion
		for row in doc.lines
		for portion in coverage_details.cut(coverage_details.portions_of(row.details), row.covered_share)
	]
