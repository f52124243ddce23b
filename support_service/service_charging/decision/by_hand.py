"""Decisions by people: about the work and cause they enter before it is done, and a line overridden by a lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate, nowdate

from support_service.foundation import locks
from support_service.service_charging.decision import acceptance, decisions, overrides
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision import visits as visit_decisions
from support_service.service_charging.decision.lines import Work, priced
from support_service.service_charging.decision.store import (
	ACCEPTED,
	BEFORE_WORK,
	CASE,
	CURRENT,
	DECISION,
	LINE,
	OPEN,
	WORK_DONE,
)
from support_service.service_charging.rules import details as coverage_details
from support_service.service_coverage.contract import uses as contract_uses
from support_service.service_coverage.vocabulary import Kind, SourceKind

MOST_LINES = 100
# event of a Coverage Decision that a person has made about the work of a visit
DECIDED_ANEW = "decided_anew"
ANSWER = ("acceptance", "answered_on", "answered_by", "answered_how", "answer_note")


class DecisionInputError(frappe.ValidationError):
	"""A decision was asked for with missing or contradictory input."""


class DecisionSettledError(frappe.ValidationError):
	"""The decision is not current any more, or its charge is on a Quotation, order or invoice already."""


def decide_before_work(
	request: str,
	lines: Sequence[dict[str, Any]],
	*,
	cause: str | None = None,
	reason: str | None = None,
) -> Document:
	"""Decide who pays for the work somebody expects on the case.

	lines: dicts of kind, qty and, for parts, item_code; rate where it is not that of the price list, replaces: the serial
	number of the part taken out. cause: an exclusion of a warranty or contract that was found to hold, with its `reason`.
	"""
	if cause and not (reason or "").strip():
		frappe.throw(_("Please say what shows that the cause is: {0}.").format(_(cause)), DecisionInputError)
	case = frappe.get_doc(CASE, request)
	works = priced(_works(lines), case.company, case.customer, getdate(nowdate()))
	before = decision_store.handed_on(case.name)
	return decisions.decide_for_case(
		case, works, stage=BEFORE_WORK, cause=cause or None, reason=reason, before=before
	)


def override(decision: str, line: str, share: float, reason: str) -> Document:
	"""Override one line: store a new decision that supersedes this one and names the rules' share, the reason and the user.

	After a visit, what it used of contracts is given back and taken anew by the new shares; the cost of parts stays on the
	cost centre it was booked to.

	line: name of the Coverage Decision Line. share: percent covered.
	"""
	if not 0 <= flt(share) <= 100:
		frappe.throw(_("A covered share lies between 0 and 100 %."), DecisionInputError)
	if not (reason or "").strip():
		frappe.throw(_("Please give a reason for deciding otherwise than the rules."), DecisionInputError)
	doc = _locked(decision)
	rows = [_copy(row) for row in doc.lines]
	chosen = next((row for row in rows if row["name"] == line), None)
	if not chosen:
		frappe.throw(
			_("This line is not part of the decision. Reload to see its present state."), DecisionInputError
		)
	overrides.put_on(chosen, share, reason.strip())
	for row in rows:
		del row["name"]
	case = frappe.db.get_value(CASE, doc.service_request, decisions.CASE_FIELDS, as_dict=True)
	case.installed_unit = doc.installed_unit
	made = decision_store.write(
		case,
		rows,
		stage=doc.stage,
		decided_for=doc.decided_for,
		engineer_visit=doc.engineer_visit,
		exclusion=doc.exclusion,
		exclusion_reason=doc.exclusion_reason,
		replaces=doc.name,
		**_answer_to(doc, rows),
	)
	if doc.stage == WORK_DONE:
		_settle_visit(made)
	return made


def _answer_to(doc: Document, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
	"""The columns of the customer's answer to what takes the place of `doc`: who accepted a charge accepted a lower one, too."""
	answer = acceptance.for_new_decision(doc.service_request, doc.stage, rows, doc.engineer_visit)
	lower = sum(row["charge"] for row in rows) <= doc.charged_amount
	if answer["acceptance"] == OPEN and doc.acceptance == ACCEPTED and lower:
		answer.update({name: doc.get(name) for name in ANSWER})
	return answer


def known_causes(unit: str | None, customer: str | None, on: Any) -> list[str]:
	"""Causes that the unit's warranties and the customer's contracts exclude, to choose from."""
	sources = decisions.sources_of(unit, customer, getdate(on))
	causes = {
		exclusion.cause for source in sources for exclusion in source.exclusions if not exclusion.item_group
	}
	return sorted(causes)


def _works(lines: Sequence[dict[str, Any]]) -> list[Work]:
	if not lines or len(lines) > MOST_LINES:
		frappe.throw(_("Please say what work you expect: at least one line."), DecisionInputError)
	works = []
	for place, line in enumerate(lines, 1):
		kind = line.get("kind")
		if kind not in list(Kind):
			frappe.throw(_("Row {0}: choose labour, travel or part.").format(place), DecisionInputError)
		if flt(line.get("qty")) <= 0:
			frappe.throw(_("Row {0}: enter how much.").format(place), DecisionInputError)
		if kind == Kind.PART and not line.get("item_code"):
			frappe.throw(_("Row {0}: choose the part.").format(place), DecisionInputError)
		rate = line.get("rate")
		works.append(
			Work(
				Kind(kind),
				flt(line["qty"]),
				line.get("item_code") if kind == Kind.PART else None,
				rate=flt(rate) if flt(rate) > 0 else None,
				replaces=line.get("replaces") or None,
			)
		)
	return works


def _locked(decision: str) -> Document:
	"""The decision, if it is current and charged nowhere; its contracts and case locked in the order a visit locks them."""
	found = frappe.db.get_value(DECISION, decision, ["service_request", "engineer_visit"], as_dict=True)
	if found and found.engineer_visit:
		names = set(visit_decisions.used_contracts(found.engineer_visit)) | _contracts_in(decision)
		visit_decisions.lock(sorted(names))
	if found:
		decision_store.lock_case(found.service_request)
	doc = locks.get_doc(DECISION, decision)
	if doc.status != CURRENT:
		frappe.throw(
			_("Decision {0} is not current any more. Open the latest one of the request.").format(doc.name),
			DecisionSettledError,
		)
	if doc.quotation or doc.sales_order or doc.sales_invoice:
		frappe.throw(
			_("The charge of {0} is on {1} already. Delete or cancel that document first.").format(
				doc.name, doc.sales_invoice or doc.sales_order or doc.quotation
			),
			DecisionSettledError,
		)
	return doc


def _contracts_in(decision: str) -> set[str]:
	rows = frappe.get_all(LINE, filters={"parent": decision}, pluck="details")
	return {
		portion.source
		for details in rows
		for portion in coverage_details.load(details).portions
		if portion.kind == SourceKind.CONTRACT
	}


def _copy(row: Document) -> dict[str, Any]:
	fields = [
		field.fieldname
		for field in row.meta.fields
		if field.fieldtype not in ("Section Break", "Column Break")
	]
	return {"name": row.name, **{name: row.get(name) for name in fields}}


def _settle_visit(made: Document) -> None:
	contract_uses.reverse(
		("Engineer Visit", made.engineer_visit), _("Decided otherwise: {0}").format(made.name)
	)
	visit_decisions.take_uses(made)
	made.run_method(DECIDED_ANEW)  # the visit shows it (hooks.py)
