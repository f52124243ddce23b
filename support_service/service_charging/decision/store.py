"""The one writer of Coverage Decisions and of what a case shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import flt, now_datetime

from support_service.foundation import currencies, rows
from support_service.service_charging.decision.lines import Work
from support_service.service_charging.rules import details as coverage_details
from support_service.service_charging.rules.outcome import LineDecision, result_of, result_of_all

DECISION, LINE, CASE = "Coverage Decision", "Coverage Decision Line", "Service Request"
CURRENT, SUPERSEDED, REVERSED = "Current", "Superseded", "Reversed"
INTAKE, BEFORE_WORK, WORK_DONE = "Intake", "Before Work", "Work Done"
NOT_NEEDED, OPEN, ASKED, ACCEPTED, DECLINED = "Not Needed", "Open", "Asked", "Accepted", "Declined"
WAITING = (OPEN, ASKED)


def lock_case(request: str) -> Any:
	"""The case's row, locked as it is committed now: decisions on a case are made one after the other."""
	fields = ["name", "coverage_decision", "coverage_decisions"]
	return frappe.db.get_value(CASE, request, fields, as_dict=True, for_update=True)


def line_of(work: Work, decided: LineDecision, currency: str) -> dict[str, Any]:
	"""A judged work as a row of the record."""
	main = max(decided.portions, key=lambda portion: portion.share, default=None)
	used = next((portion for portion in decided.portions if portion.entitlement), None)
	digits = currencies.of_amounts(currency)
	return {
		"kind": work.kind.value,
		"item_code": work.item,
		"description": (work.description or "")[:140],
		"qty": work.qty,
		"uom": work.uom,
		"rate": flt(work.rate),
		"amount": flt(work.amount, digits),
		"currency": currency,
		"result": decided.result.value,
		"covered_share": decided.share,
		"rule_share": decided.share,
		"charge": flt(decided.charge, digits),
		"source_doctype": main.kind.value if main else None,
		"source_name": main.source if main else None,
		"entitlement": used.entitlement if used else None,
		"entitlement_qty": used.used if used else 0,
		"details": coverage_details.dump(decided),
		"voucher_row": work.voucher_row,
	}


def write(
	case: Any, lines: Sequence[dict[str, Any]], *, stage: str, first: bool = False, **values: Any
) -> Document:
	"""Add a decision of `lines` to `case`, which is locked, and let it stand for what it supersedes.

	first: the case is being created, so nobody else can see it and nothing was decided before.
	values: visit, exclusion, exclusion_reason, decided_for, acceptance and the answer where it is carried on.
	"""
	visit = values.pop("engineer_visit", None)
	number, before = (1, None) if first else _place(case.name, visit)
	doc = frappe.get_doc(
		{
			"doctype": DECISION,
			"service_request": case.name,
			"engineer_visit": visit,
			"installed_unit": case.installed_unit,
			"customer": case.customer,
			"customer_name": case.customer_name,
			"company": case.company,
			"status": CURRENT,
			"stage": stage,
			"decided_on": now_datetime(),
			"decided_by": frappe.session.user,
			"currency": currencies.of_company(case.company),
			"proof_of_purchase": case.proof_of_purchase,
			"supersedes": before,
			"number": number,
			"decision_key": f"{case.name}|{number}",
			"lines": list(lines),
			"acceptance": NOT_NEEDED,
			**values,
		}
	)
	sum_up(doc)
	doc.name = f"{case.name}-C{number}"
	if first:
		_insert_rows(doc)
	else:
		_insert(doc)
	if before:
		_change(before, status=SUPERSEDED, token_hash=None)
	show(case.name, doc, number)
	return doc


def _place(request: str, visit: str | None) -> tuple[int, str | None]:
	"""The number of the next decision of the case, and the decision it takes the place of."""
	stored = lock_case(request)
	return (stored.coverage_decisions or 0) + 1, standing(request, visit)


def _insert(doc: Document) -> None:
	doc.flags.from_decision_writer = True
	doc.flags.ignore_links = True  # everything it names was read a moment ago
	# nobody has create permission: decisions are made by the app, for whoever may work on the case
	doc.insert(ignore_permissions=True, set_name=doc.name)


def _insert_rows(doc: Document) -> None:
	"""As rows, a quarter of the time: every intake waits for it. Whoever wants to hear of a new case listens to the case."""
	doc.set_user_and_timestamp()
	doc.db_insert()
	moment, user = doc.creation, doc.owner
	rows.insert(
		LINE,
		[
			{
				**{name: line.get(name) for name in line.meta.get_valid_columns()},
				"name": frappe.generate_hash(length=10),
				"parent": doc.name,
				"parenttype": DECISION,
				"parentfield": "lines",
				"idx": idx,
				"docstatus": 0,
				"owner": user,
				"modified_by": user,
				"creation": moment,
				"modified": moment,
			}
			for idx, line in enumerate(doc.lines, 1)
		],
	)


def standing(request: str, visit: str | None) -> str | None:
	"""The decision that a new one of `request` (for the work of `visit`, if given) takes the place of.

	What was decided for the work of other visits stays.
	"""
	found = frappe.get_all(
		DECISION,
		filters={"service_request": request, "status": CURRENT},
		fields=["name", "stage", "engineer_visit"],
		order_by="number desc",
	)
	same = [row.name for row in found if visit and row.engineer_visit == visit]
	ahead = [row.name for row in found if row.stage != WORK_DONE]
	return (same or ahead or [None])[0]


def standing_of(request: str) -> list[Document]:
	"""The decisions of the case that stand, the latest first: one ahead of the work, or one for each visit."""
	names = frappe.get_all(
		DECISION,
		filters={"service_request": request, "status": CURRENT},
		order_by="number desc",
		pluck="name",
	)
	return [frappe.get_doc(DECISION, name) for name in names]


def latest(request: str) -> Document | None:
	"""The last decision of the case that was not taken back."""
	found = frappe.get_all(
		DECISION,
		filters={"service_request": request, "status": ("!=", REVERSED)},
		order_by="number desc",
		limit=1,
		pluck="name",
	)
	return frappe.get_doc(DECISION, found[0]) if found else None


def sum_up(doc: Document) -> None:
	"""Totals and outcome from the lines."""
	digits = currencies.of_amounts(doc.currency)
	for row in doc.lines:
		row.result = result_of(row.covered_share).value
		row.charge = flt(row.amount * (100 - row.covered_share) / 100, digits)
	doc.total = flt(sum(row.amount for row in doc.lines), digits)
	doc.charged_amount = flt(sum(row.charge for row in doc.lines), digits)
	doc.covered_amount = flt(doc.total - doc.charged_amount, digits)
	doc.outcome = result_of_all(result_of(row.covered_share) for row in doc.lines).value


def show(request: str, doc: Document | None, number: int | None = None) -> None:
	"""Write to the case what its latest decision says. `modified` stays: an open form of the case is not out of date."""
	values = {
		"coverage": doc.outcome if doc else None,
		"coverage_decision": doc.name if doc else None,
	}
	if number:
		values["coverage_decisions"] = number
	frappe.db.set_value(CASE, request, values, update_modified=False)


def save(doc: Document) -> Document:
	"""Save what the app itself changes of a decision: the answer, links to what it is charged with."""
	doc.flags.from_decision_writer = True
	doc.flags.ignore_links = True
	# the one writer; the caller has checked what the user may do
	return doc.save(ignore_permissions=True)


def reverse(doc: Document) -> None:
	"""The work the decision is about did not take place: what it stood for stands again."""
	lock_case(doc.service_request)
	_change(doc.name, status=REVERSED, token_hash=None)
	before = doc.supersedes
	while before:
		row = frappe.db.get_value(DECISION, before, ["stage", "supersedes"], as_dict=True)
		if row.stage != WORK_DONE:
			if not standing(doc.service_request, None):  # nothing newer was decided ahead of the work
				_change(before, status=CURRENT)
			break
		_change(before, status=REVERSED)  # of the same visit, before it was decided otherwise
		before = row.supersedes
	latest = frappe.get_all(
		DECISION,
		filters={"service_request": doc.service_request, "status": CURRENT},
		order_by="number desc",
		limit=1,
		pluck="name",
	)
	show(doc.service_request, frappe.get_doc(DECISION, latest[0]) if latest else None)


def _change(name: str, **values: Any) -> None:
	frappe.db.set_value(DECISION, name, values)
