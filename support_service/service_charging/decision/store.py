"""The one writer of Coverage Decisions, and of the columns in which a case shows its latest one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import flt, now_datetime

from support_service.foundation import currencies, locks, rows
from support_service.service_charging.decision import overrides
from support_service.service_charging.decision.lines import Work
from support_service.service_charging.rules import details as coverage_details
from support_service.service_charging.rules.outcome import LineDecision, result_of, result_of_all
from support_service.support_service import kept_columns

DECISION, LINE, CASE = "Coverage Decision", "Coverage Decision Line", "Service Request"
CURRENT, SUPERSEDED, REVERSED = "Current", "Superseded", "Reversed"
INTAKE, BEFORE_WORK, WORK_DONE = "Intake", "Before Work", "Work Done"
SALE = "Sale"  # of parts, beside the work on the case: the case does not show it as who pays
NOT_NEEDED, OPEN, ASKED, ACCEPTED, DECLINED = "Not Needed", "Open", "Asked", "Accepted", "Declined"
WAITING = (OPEN, ASKED)


def lock_case(request: str) -> Any:
	"""Lock the case's row and read it as committed: decisions on a case are made one after the other."""
	fields = ["name", "coverage_decision", "coverage_decisions"]
	return locks.get_value(CASE, request, fields, as_dict=True)


def lines_of(works: Sequence[Work], decided: Sequence[LineDecision], currency: str) -> list[dict[str, Any]]:
	"""The columns of the Coverage Decision Lines for works and what was decided about each."""
	digits = _decimals(currency, (work.amount for work in works))
	return [_line_of(work, line, currency, digits) for work, line in zip(works, decided, strict=True)]


def _decimals(currency: str | None, amounts: Iterable[float]) -> int | None:
	"""How the amounts are rounded. At intake no price is known, and reading the forms of ERPNext that say it takes long."""
	return currencies.amount_decimals(currency) if any(amounts) else None


def _line_of(work: Work, decided: LineDecision, currency: str, digits: int | None) -> dict[str, Any]:
	main = max(decided.portions, key=lambda portion: portion.share, default=None)
	used = next((portion for portion in decided.portions if portion.entitlement), None)
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
	case: Any,
	lines: Sequence[dict[str, Any]],
	*,
	stage: str,
	first: bool = False,
	computed: bool = False,
	replaces: str | None = None,
	**values: Any,
) -> Document:
	"""Store a decision of `lines` for `case`, whose row is locked here, and supersede the decision it replaces.

	first: the case is being created, so nobody else can see it and nothing was decided before. computed: nobody has typed
	anything that is stored, it follows from stored documents; Frappe need not check it.
	replaces: the sale that a new one changes; else the stages say what is superseded.
	values: engineer_visit, exclusion, exclusion_reason, decided_for, acceptance and the answer given before.
	"""
	visit = values.pop("engineer_visit", None)
	number, before = 1, None
	if not first:
		number = (lock_case(case.name).coverage_decisions or 0) + 1
		before = replaces if stage == SALE else superseded_by_new(case.name, visit)
	doc = _new(case, visit, number, before, {"stage": stage, "lines": list(lines), **values})
	sum_up(doc)
	doc.name = f"{case.name}-C{number}"
	if first:
		_insert_rows(doc)
	elif computed:
		_insert_with_events(_as_writer(doc))
	else:
		_as_writer(doc).insert(set_name=doc.name)
	if before:
		_change(before, status=SUPERSEDED, token_hash=None)
	if first:
		kept_columns.put(case, {**_shown(doc), "coverage_decisions": number}, later=True)
	elif stage == SALE:
		frappe.db.set_value(CASE, case.name, "coverage_decisions", number, update_modified=False)
	else:
		show_on_case(case.name, doc, number)
	return doc


def _new(case: Any, visit: str | None, number: int, before: str | None, values: dict[str, Any]) -> Document:
	"""The document of a decision, not stored yet. before: the decision it supersedes."""
	return frappe.get_doc(
		{
			"doctype": DECISION,
			"service_request": case.name,
			"engineer_visit": visit,
			"installed_unit": case.installed_unit,
			"customer": case.customer,
			"customer_name": case.customer_name,
			"company": case.company,
			"status": CURRENT,
			"decided_on": now_datetime(),
			"decided_by": frappe.session.user,
			"currency": currencies.of_company(case.company),
			"proof_of_purchase": case.proof_of_purchase,
			"supersedes": before,
			"number": number,
			"decision_key": f"{case.name}|{number}",
			"acceptance": NOT_NEEDED,
			**values,
		}
	)


def _insert_with_events(doc: Document) -> None:
	"""Insert what the app computed itself, with the events of the document, but all lines in one statement."""
	doc.set("__islocal", True)
	doc.set_user_and_timestamp()
	doc.check_if_latest()  # Frappe notes there that this is no submit
	doc.flags.in_insert = True
	doc.run_method("before_insert")
	doc.run_before_save_methods()
	_insert_rows(doc)
	doc.run_method("after_insert")
	doc.run_post_save_methods()
	doc.flags.in_insert = False


def _insert_rows(doc: Document) -> None:
	"""Insert without the document's events, in a quarter of the time, for every intake waits for it.

	Who wants to know of a new case listens to the case.
	"""
	for row in doc.lines:
		row.name = frappe.generate_hash(length=10)
	doc.set_parent_in_children()
	rows.insert_documents([doc])
	rows.insert_documents(doc.lines)


def superseded_by_new(request: str, visit: str | None) -> str | None:
	"""Name of the decision that a new one of the case (for the work of `visit`, if given) supersedes.

	Decisions about the work of other visits stay current.
	"""
	found = frappe.get_all(
		DECISION,
		filters={"service_request": request, "status": CURRENT},
		fields=["name", "stage", "engineer_visit"],
		order_by="number desc",
	)
	same = [row.name for row in found if visit and row.engineer_visit == visit]
	ahead = [row.name for row in found if row.stage not in (WORK_DONE, SALE)]
	return (same or ahead or [None])[0]


def current_of(request: str) -> list[Document]:
	"""The current decisions of the case, the latest first: one made before the work, or one for each visit."""
	names = frappe.get_all(
		DECISION,
		filters={"service_request": request, "status": CURRENT},
		order_by="number desc",
		pluck="name",
	)
	return [frappe.get_doc(DECISION, name) for name in names]


def latest(request: str) -> Document | None:
	"""The last decision about work on the case that was not reversed, current or superseded."""
	row = _latest(request, ["name"])
	return frappe.get_doc(DECISION, row.name) if row else None


def handed_on(request: str) -> Any | None:
	"""What the decision that is the `latest` hands on to the next one.

	A row of its exclusion and exclusion_reason; `lines`: those with an override, with the columns that `overrides` reads.
	"""
	row = _latest(request, ["name", "exclusion", "exclusion_reason"])
	if row:
		row.lines = frappe.db.get_values(
			LINE,
			{"parent": row.name, "parenttype": DECISION, "overridden": 1},
			["kind", "item_code", "covered_share", *overrides.FIELDS],
			order_by="idx asc",
			as_dict=True,
		)
	return row


def _latest(request: str, fields: list[str]) -> Any | None:
	filters = {"service_request": request, "status": ("!=", REVERSED), "stage": ("!=", SALE)}
	return frappe.db.get_value(DECISION, filters, fields, order_by="number desc", as_dict=True)


def sum_up(doc: Document) -> None:
	"""Set totals and outcome from the lines."""
	digits = _decimals(doc.currency, (row.amount for row in doc.lines))
	for row in doc.lines:
		row.result = result_of(row.covered_share).value
		row.charge = flt(row.amount * (100 - row.covered_share) / 100, digits)
	doc.total = flt(sum(row.amount for row in doc.lines), digits)
	doc.charged_amount = flt(sum(row.charge for row in doc.lines), digits)
	doc.covered_amount = flt(doc.total - doc.charged_amount, digits)
	doc.outcome = result_of_all(result_of(row.covered_share) for row in doc.lines).value


def show_on_case(request: str, doc: Document | None, number: int | None = None) -> None:
	"""Write outcome and name of its latest decision to the case. `modified` stays, so that an open form can still be saved."""
	values = _shown(doc)
	if number:
		values["coverage_decisions"] = number
	frappe.db.set_value(CASE, request, values, update_modified=False)


def _shown(doc: Document | None) -> dict[str, Any]:
	return {"coverage": doc.outcome if doc else None, "coverage_decision": doc.name if doc else None}


def save(doc: Document) -> Document:
	"""Save what the app itself changes of a decision: the customer's answer."""
	return _as_writer(doc).save()


def _as_writer(doc: Document) -> Document:
	doc.flags.from_decision_writer = True
	doc.flags.ignore_links = True  # everything it names was read a moment ago
	# nobody has create or write permission: the app makes decisions for whoever may work on the case, as the callers check
	doc.flags.ignore_permissions = True
	return doc


def note(doc: Document, words: str) -> None:
	"""Write a remark about the customer's answer to a decision that was just made."""
	doc.answer_note = words
	_change(doc.name, answer_note=words)


def reverse(doc: Document) -> None:
	"""Reverse the decision about a cancelled visit; the one made before the work is current again."""
	lock_case(doc.service_request)
	_change(doc.name, status=REVERSED, token_hash=None)
	before = doc.supersedes
	while before:
		row = frappe.db.get_value(DECISION, before, ["stage", "supersedes"], as_dict=True)
		if row.stage != WORK_DONE:
			if not superseded_by_new(
				doc.service_request, None
			):  # nothing newer was decided ahead of the work
				_change(before, status=CURRENT)
			break
		_change(before, status=REVERSED)  # of the same visit, before a line was overridden
		before = row.supersedes
	latest = frappe.get_all(
		DECISION,
		filters={"service_request": doc.service_request, "status": CURRENT, "stage": ("!=", SALE)},
		order_by="number desc",
		limit=1,
		pluck="name",
	)
	show_on_case(doc.service_request, frappe.get_doc(DECISION, latest[0]) if latest else None)


def withdraw(doc: Document) -> None:
	"""Reverse a sale, whose case the caller has locked."""
	_change(doc.name, status=REVERSED, token_hash=None)


def _change(name: str, **values: Any) -> None:
	frappe.db.set_value(DECISION, name, values)
